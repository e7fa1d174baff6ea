"""The families that can be trained: from a table of a configuration to a network that ships.

A network in training is in its training form, where its family has one; what a person gets is
built by the registry, which knows a family by its parameters and folds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from torch import Tensor, nn

from unblur_models.compact.layout import Hyperparameters as CompactShape
from unblur_models.compact.network import Compact
from unblur_models.human.layout import Hyperparameters as HumanShape
from unblur_models.human.network import HumanAware
from unblur_models.plain_unet.layout import Hyperparameters as PlainShape
from unblur_models.plain_unet.network import PlainUnet
from unblur_models.registry import architecture_of
from unblur_models.training.errors import ConfigError
from unblur_models.training.reading import read_config
from unblur_models.unet.layout import Hyperparameters as UnetShape
from unblur_models.unet.network import Unet

NetworkShape = PlainShape | UnetShape | CompactShape | HumanShape
"""The hyper-parameters of a network that can be trained; their type tells the family."""

_DEFAULT = "plain-unet"


@dataclass(frozen=True, slots=True)
class _Family:
    shape: type[NetworkShape]
    in_training: Callable[[Any], nn.Module]
    takes_mask: bool = False


_FAMILIES = {
    "plain-unet": _Family(PlainShape, lambda shape: PlainUnet(shape=shape, is_training_form=True)),
    "unet": _Family(UnetShape, lambda shape: Unet(shape=shape)),
    "compact": _Family(CompactShape, lambda shape: Compact(shape=shape, is_training_form=True)),
    "human": _Family(
        HumanShape, lambda shape: HumanAware(shape=shape, is_training_form=True), takes_mask=True
    ),
}


def read_shape(table: Mapping[str, Any]) -> NetworkShape:
    """From a table of hyper-parameters and, unless it is a plain U-Net, its `family`.

    Raises ConfigError.
    """
    values = dict(table)
    name = values.pop("family", _DEFAULT)
    if name not in _FAMILIES:
        raise ConfigError("network.family", f"{name!r} is none of {', '.join(_FAMILIES)}")
    return read_config(_FAMILIES[name].shape, values, "network")


def in_training(shape: NetworkShape) -> nn.Module:
    """A new network of this shape that is ready to learn."""
    return _family(shape).in_training(shape)


def takes_mask(shape: NetworkShape) -> bool:
    """Whether its networks are called with a mask of the thing in front, too."""
    return _family(shape).takes_mask


def finished(state: Mapping[str, Tensor]) -> nn.Module:
    """The network that a person would get from the parameters of one in training: folded."""
    copies = {name: value.detach().clone() for name, value in state.items()}
    return architecture_of(copies).build(copies).eval()


def shape_of(network: nn.Module) -> NetworkShape:
    """The hyper-parameters of a network of one of the families."""
    return cast(NetworkShape, network.shape)


def _family(shape: NetworkShape) -> _Family:
    return next(each for each in _FAMILIES.values() if isinstance(shape, each.shape))
