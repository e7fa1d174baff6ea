"""The hyper-parameters of a NAFNet, read from the shapes of its published parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, require_colour, shape_of
from unblur_models.shapes import numbered

NAME = "NAFNet"

_FIRST, _LAST = "intro.weight", "ending.weight"
_ATTENTION = ".sca.1.weight"  # of every block; few other networks have a part of this name


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one NAFNet is made of.

    `width` is the channels of the first level; every level below has half as many places
    along a side and twice as many channels. `encoder[i]` is the blocks of level i on the way
    down, `decoder[i]` those of the i-th level on the way up, so of the lowest first.
    `dw_expand` and `ffn_expand` say how much wider a block is inside its two halves.
    """

    width: int
    encoder: tuple[int, ...]
    middle: int
    decoder: tuple[int, ...]
    dw_expand: int = 2
    ffn_expand: int = 2

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(2 ** len(self.encoder))

    def channels(self, level: int) -> int:
        """The channels at a level; 0 is the first."""
        return int(self.width * 2**level)


def is_nafnet(state: StateDict) -> bool:
    """Whether these parameters are named as a NAFNet's."""
    return {_FIRST, _LAST} <= state.keys() and any(name.endswith(_ATTENTION) for name in state)


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the names and shapes say. Raises ParametersDifferError when they cannot."""
    require_colour(state, _FIRST, _LAST, NAME)
    levels = numbered(state, "downs.")
    # Any block will do: they are all as wide inside, relative to their level.
    block = min(name for name in state if name.endswith(_ATTENTION)).removesuffix(_ATTENTION)
    inside, outside = shape_of(state, f"{block}.conv1.weight", NAME, 4)[:2]
    return Hyperparameters(
        width=shape_of(state, _FIRST, NAME, 4)[0],
        encoder=tuple(numbered(state, f"encoders.{level}.") for level in range(levels)),
        middle=numbered(state, "middle_blks."),
        decoder=tuple(numbered(state, f"decoders.{level}.") for level in range(levels)),
        dw_expand=max(inside // outside, 1),
        ffn_expand=max(shape_of(state, f"{block}.conv4.weight", NAME, 4)[0] // outside, 1),
    )
