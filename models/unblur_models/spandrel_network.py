"""Networks that spandrel knows and the zoo does not, where it is installed.

spandrel (MIT, chaiNNer's) recognises some forty architectures by their parameters, as the zoo
does its own. It comes with `unblur[spandrel]` and brings torchvision, which wants a PyTorch of
its own: so nothing here depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from unblur_models.errors import UnsuitableNetworkError

PREFIX = "spandrel "  # before an architecture's name: to load it again spandrel has to be there

_CHANNELS = 3
_TAKEN_OFF = "model."  # by `foreign`, as a wrapper's; some networks call a part of theirs so


class SpandrelNetwork(nn.Module):
    """A restoring network of spandrel's: one picture in, one of the same size out."""

    def __init__(self, descriptor: Any) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.network: nn.Module = descriptor.model

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures (N, 3, H, W) in [0, 1]. Raises ValueError for more than one stage."""
        if stages != 1:
            raise ValueError(f"a network of spandrel's has one stage, not {stages}")
        return torch.cat([self._descriptor(picture) for picture in torch.split(batch, 1)])


def recognised(state: Mapping[str, Tensor]) -> tuple[str, nn.Module] | None:
    """Name and network for these parameters; None where spandrel is not there, or knows neither.

    Raises UnsuitableNetworkError for a network that is no restorer: one that enlarges, wants a
    mask, or another number of channels than three; and for one that spandrel cannot build.
    """
    spandrel = _spandrel()
    if spandrel is None:
        return None
    descriptor = _descriptor(spandrel, state)
    if descriptor is None:
        return None
    name = f"{PREFIX}{descriptor.architecture.name}"
    channels = (descriptor.input_channels, descriptor.output_channels)
    is_restorer = isinstance(descriptor, spandrel.ImageModelDescriptor) and descriptor.scale == 1
    if not is_restorer or channels != (_CHANNELS, _CHANNELS):
        raise UnsuitableNetworkError(
            f"it is a {descriptor.architecture.name} that makes {channels[1]} channels of"
            f" {channels[0]}, {descriptor.scale} times as large, not one photo of another"
        )
    return name, SpandrelNetwork(descriptor)


def _descriptor(spandrel: ModuleType, state: Mapping[str, Tensor]) -> Any:
    for prefix in ("", _TAKEN_OFF):
        named = {f"{prefix}{name}": value for name, value in state.items()}
        try:
            return spandrel.ModelLoader().load_from_state_dict(named)
        except spandrel.UnsupportedModelError:
            continue
        except Exception as error:
            # Forty architectures of others, each with failures of its own.
            raise UnsuitableNetworkError(f"spandrel could not build it ({error})") from error
    return None


def _spandrel() -> ModuleType | None:
    try:
        import spandrel
    except (ImportError, RuntimeError):  # the latter of a torchvision for another torch
        return None
    module: ModuleType = spandrel
    return module
