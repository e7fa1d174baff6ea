"""The hyper-parameters of a deblurring autoencoder, read from the shapes of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, shape_of
from unblur_models.shapes import numbered

NAME = "deblurring autoencoder"

PREFIX = "autoencoder."
MARK = PREFIX + "encoder.0.first.weight"  # no other family of the zoo has this name


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one autoencoder is made of.

    `width` is the channels at full size. Each of `levels` levels below has half as many places
    along a side and twice as many channels.
    """

    width: int
    levels: int

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(2**self.levels)

    def channels(self, level: int) -> int:
        """The channels at a level; 0 is full size."""
        return int(self.width * 2**level)


def is_autoencoder(state: StateDict) -> bool:
    """Whether these parameters belong to a deblurring autoencoder."""
    return MARK in state


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the shapes and names say. Raises ParametersDifferError when they cannot."""
    return Hyperparameters(
        width=shape_of(state, MARK, NAME, 4)[0], levels=numbered(state, PREFIX + "decoder.")
    )
