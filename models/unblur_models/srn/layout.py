"""The hyper-parameters of an SRN-DeblurNet, read from the names and shapes of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.errors import ParametersDifferError
from unblur_models.parameters import StateDict, shape_of
from unblur_models.shapes import numbered

NAME = "SRN-DeblurNet"
SCALES = 3  # they share all parameters, so no shape tells how many there are

_FIRST, _LAST = "encoder.0.entry.weight", "output.weight"
_UP, _MEMORY = "decoder.0.up.weight", "memory."
_PICTURES = (1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What one SRN-DeblurNet is made of.

    `picture` is the channels of its pictures: 3, or 1 for a network of grey pictures, which
    restores red, green and blue one by one. `widths` are the channels by level; every level
    below has half as many places along a side. `blocks` is the residual blocks of a level, on
    the way down and again on the way up. `side` is that of its convolutions, `memory_side`
    that of the convolution in the ConvLSTM at the bottom, which carries features from scale to
    scale; 0 without one.
    """

    picture: int = 3
    widths: tuple[int, ...] = (32, 64, 128)
    blocks: int = 3
    side: int = 5
    memory_side: int = 0

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(2 ** (SCALES - 1 + len(self.widths) - 1))


def is_srn(state: StateDict) -> bool:
    """Whether these parameters are named as an SRN-DeblurNet's."""
    return {_FIRST, _LAST, _UP, "encoder.0.blocks.0.first.weight"} <= state.keys()


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the names and shapes say. Raises ParametersDifferError when they cannot."""
    picture = shape_of(state, _LAST, NAME, 4)[0]
    if picture not in _PICTURES:
        difference = f"{_LAST} gives {picture} channels, but photos have 3"
        raise ParametersDifferError(NAME, [difference])
    has_memory = any(name.startswith(_MEMORY) for name in state)
    gates = f"{_MEMORY}gates.weight"
    entries = (f"encoder.{i}.entry.weight" for i in range(numbered(state, "encoder.")))
    return Hyperparameters(
        picture=picture,
        widths=tuple(shape_of(state, entry, NAME, 4)[0] for entry in entries),
        blocks=numbered(state, "encoder.0.blocks."),
        side=shape_of(state, _FIRST, NAME, 4)[-1],
        memory_side=shape_of(state, gates, NAME, 4)[-1] if has_memory else 0,
    )
