"""The hyper-parameters of a plain U-Net, read from the shapes of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, shape_of
from unblur_models.shapes import numbered

NAME = "plain U-Net"
MARK = "plain_unet.head.weight"  # no other family of the zoo has this name
PREFIX = "plain_unet."


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one plain U-Net is made of.

    `unshuffle` is the side of the square of pixels that becomes one place with
    3 · unshuffle² channels. `width` is the channels of the first level; every level below
    has half as many places along a side and twice as many channels. `encoder[i]`
    and `decoder[i]` are the residual blocks of level i on the way down and up, `middle`
    those at the bottom.
    """

    unshuffle: int
    width: int
    encoder: tuple[int, ...]
    middle: int
    decoder: tuple[int, ...]

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(self.unshuffle * 2 ** len(self.encoder))

    def channels(self, level: int) -> int:
        """The channels at a level; 0 is the first."""
        return int(self.width * 2**level)


def is_plain_unet(state: StateDict) -> bool:
    """Whether these parameters belong to a plain U-Net, folded or in training form."""
    return MARK in state


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the shapes and names say. Raises ParametersDifferError when they cannot."""
    width, channels = shape_of(state, MARK, NAME, 4)[:2]
    levels = numbered(state, PREFIX + "down.")
    return Hyperparameters(
        unshuffle=round((channels / 3) ** 0.5),
        width=width,
        encoder=tuple(numbered(state, f"{PREFIX}encoder.{level}.") for level in range(levels)),
        middle=numbered(state, PREFIX + "middle."),
        decoder=tuple(numbered(state, f"{PREFIX}decoder.{level}.") for level in range(levels)),
    )
