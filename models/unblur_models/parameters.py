"""Between published parameters and a network: read hyper-parameters from shapes, then fill it.

What does not fit is named, tensor by tensor: "does not load" helps nobody who has a file from
somewhere and a network from somewhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from unblur_models.errors import ParametersDifferError

StateDict = Mapping[str, Tensor]
Network = TypeVar("Network", bound=nn.Module)
Hyperparameters = TypeVar("Hyperparameters")
Shape = tuple[int, ...]


def numbered(state: StateDict, prefix: str) -> int:
    """How many different words follow `prefix`: the layers of a list whose names begin so."""
    start = len(prefix)
    return len({name[start:].split(".")[0] for name in state if name.startswith(prefix)})


def shape_of(state: StateDict, name: str, architecture: str, dimensions: int) -> Shape:
    """The shape of a parameter that every network of the family has.

    Raises ParametersDifferError when it is missing, empty or has not so many dimensions.
    """
    if name not in state:
        raise ParametersDifferError(architecture, [f"{name} is missing"])
    shape = tuple(state[name].shape)
    if len(shape) != dimensions or 0 in shape:
        raise ParametersDifferError(
            architecture, [f"{name} is {shape}, expected {dimensions} dimensions, none of them 0"]
        )
    return shape


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
    make: Callable[[Hyperparameters], Network],
    hyperparameters: Hyperparameters,
    state: StateDict,
    architecture: str,
) -> Network:
    """A network with these parameters, in float32 and channels-last order.

    `make` is its class. It is made on the meta device, so that nothing is drawn at random
    only to be thrown away. Raises ParametersDifferError.
    """
    with torch.device("meta"):
        network = make(hyperparameters)
    fill(network, state, architecture, described=hyperparameters)
    in_channels_last(network)
    return network


def require_one_stage(stages: int, architecture: str) -> None:
    """Raises ValueError unless one stage is asked of a network that has no more."""
    if stages != 1:
        raise ValueError(f"{architecture} has one stage, not {stages}")


def fill(network: nn.Module, state: StateDict, architecture: str, *, described: object) -> None:
    """Give a network on the meta device these parameters, in float32.

    `described` is its hyper-parameters, which an error repeats: a shape that differs differs
    from what they ask for. Raises ParametersDifferError.
    """
    wanted = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    differences = [f"{name} is missing" for name in wanted if name not in found]
    differences += [f"{name} is unknown" for name in found if name not in wanted]
    differences += [
        f"{name} is {found[name]}, expected {shape}"
        for name, shape in wanted.items()
        if found.get(name, shape) != shape
    ]
    if differences:
        raise ParametersDifferError(architecture, differences, described=str(described))
    network.load_state_dict({name: value.float() for name, value in state.items()}, assign=True)


def in_channels_last(network: nn.Module) -> None:
    """Lay the weights of all convolutions out as pictures in channels-last order need them."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
