"""The hyper-parameters of a compact network, read from the shapes of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, shape_of
from unblur_models.shapes import numbered

NAME = "compact network"

PREFIX = "compact."
MARK = PREFIX + "gate.weight"  # no other family of the zoo has this name


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one compact network is made of.

    `width` is its channels. `near` and `far` are the dilations of its residual blocks, before
    and after the place where features of middle reach are taken.
    """

    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]

    @property
    def size_multiple(self) -> int:
        """Pictures may have any size: nothing is halved."""
        return 1


def is_compact(state: StateDict) -> bool:
    """Whether these parameters belong to a compact network, folded or in training form."""
    return MARK in state


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the shapes and names say. Raises ParametersDifferError when they cannot."""
    return Hyperparameters(
        width=shape_of(state, PREFIX + "head.0.weight", NAME, 4)[0],
        near=_dilations(state, PREFIX + "near."),
        far=_dilations(state, PREFIX + "far."),
    )


def _dilations(state: StateDict, prefix: str) -> tuple[int, ...]:
    return tuple(_dilation(state, f"{prefix}{i}.") for i in range(numbered(state, prefix)))


def _dilation(state: StateDict, prefix: str) -> int:
    """A block of dilation d smooths over 2·d − 1 pixels first; one of dilation 1 does not."""
    layers = (f"{prefix}{layer}.smoothing.weight" for layer in ("first", "second"))
    smoothing = next((each for each in layers if each in state), None)
    return 1 if smoothing is None else (shape_of(state, smoothing, NAME, 4)[-1] + 1) // 2
