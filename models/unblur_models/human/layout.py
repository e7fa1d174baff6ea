"""The hyper-parameters of a human-aware network, read from the shapes of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, shape_of
from unblur_models.shapes import numbered

NAME = "human-aware network"

PREFIX = "human."
MARK = PREFIX + "head.weight"  # no other family of the zoo has this name


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one human-aware network is made of.

    `unshuffle` and `width` are as in a plain U-Net: the side of the square of pixels that
    becomes one place, and the channels of the first level. `encoder[i]` are the residual
    blocks of level i on the way down and `middle` those at the bottom. On the way up,
    `branches[i]` are those of the person's decoder and as many of the background's, and
    `fusion[i]` those of the decoder that joins them.
    """

    unshuffle: int
    width: int
    encoder: tuple[int, ...]
    middle: int
    branches: tuple[int, ...]
    fusion: tuple[int, ...]

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(self.unshuffle * 2 ** len(self.encoder))

    def channels(self, level: int) -> int:
        """The channels at a level; 0 is the first."""
        return int(self.width * 2**level)


def is_human_aware(state: StateDict) -> bool:
    """Whether these parameters belong to a human-aware network, folded or in training form."""
    return MARK in state


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the shapes and names say. Raises ParametersDifferError when they cannot."""
    width, channels = shape_of(state, MARK, NAME, 4)[:2]
    levels = range(numbered(state, PREFIX + "down."))

    def blocks(decoder: str) -> tuple[int, ...]:
        return tuple(numbered(state, f"{PREFIX}{decoder}.{level}.") for level in levels)

    return Hyperparameters(
        unshuffle=round((channels / 3) ** 0.5),
        width=width,
        encoder=blocks("encoder"),
        middle=numbered(state, PREFIX + "middle."),
        branches=blocks("person.blocks"),
        fusion=blocks("fusion.blocks"),
    )
