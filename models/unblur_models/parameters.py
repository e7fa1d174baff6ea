"""Between published parameters and a network: read hyper-parameters from shapes, then fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from unblur_models.errors import ParametersDifferError
from unblur_models.shapes import Shape, require_same, shape_in

StateDict = Mapping[str, Tensor]
Network = TypeVar("Network", bound=nn.Module)


def shapes_of(state: StateDict) -> dict[str, Shape]:
    """The shape of every parameter."""
    return {name: tuple(value.shape) for name, value in state.items()}


def shape_of(state: StateDict, name: str, architecture: str, dimensions: int) -> Shape:
    """The shape of a parameter that every network of the family has.

    Raises ParametersDifferError when it is missing, empty or has not so many dimensions.
    """
    here = {name: tuple(state[name].shape)} if name in state else {}
    return shape_in(here, name, architecture, dimensions)


def require_colour(state: StateDict, first: str, last: str, architecture: str) -> None:
    """Raises ParametersDifferError unless the convolutions see and give three channels."""
    seen = shape_of(state, first, architecture, 4)[1]
    given = shape_of(state, last, architecture, 4)[0]
    if (seen, given) == (3, 3):
        return
    pair = " (the two views of a dual-pixel sensor)" if seen == 6 else ""
    raise ParametersDifferError(
        architecture,
        [f"{first} sees {seen} channels{pair} and {last} gives {given}, but photos have 3"],
    )


def filled(
    make: Callable[[], Network], state: StateDict, architecture: str, *, described: object
) -> Network:
    """What `make` makes, with these parameters, in float32 and channels-last order.

    It is made on the meta device, so that nothing is drawn at random only to be thrown away.
    `described` is its hyper-parameters, which an error repeats: a shape that differs differs
    from what they ask for. Raises ParametersDifferError.
    """
    with torch.device("meta"):
        network = make()
    require_same(
        shapes_of(network.state_dict()), shapes_of(state), architecture, described=described
    )
    network.load_state_dict({name: value.float() for name, value in state.items()}, assign=True)
    in_channels_last(network)
    return network


def draw_for_relu(weight: Tensor) -> None:
    """Draw the weights of a convolution before ReLU at random (He et al., ICCV 2015).

    On the meta device nothing is drawn: there a normal distribution brings in torch's compiler,
    which takes seconds to import and is not in the bundle.
    """
    if not weight.is_meta:
        nn.init.kaiming_normal_(weight, nonlinearity="relu")


def require_one_stage(stages: int, architecture: str) -> None:
    """Raises ValueError unless one stage is asked of a network that has no more."""
    if stages != 1:
        raise ValueError(f"{architecture} has one stage, not {stages}")


def in_channels_last(network: nn.Module) -> None:
    """Lay the weights of all convolutions out as pictures in channels-last order need them."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
