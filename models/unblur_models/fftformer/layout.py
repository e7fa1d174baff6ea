"""The hyper-parameters of an FFTformer, read from the shapes of its published parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.parameters import StateDict, require_colour, shape_of
from unblur_models.shapes import numbered

NAME = "FFTformer"

_FIRST, _LAST = "patch_embed.proj.weight", "output.weight"
_STAGES = ("encoder_level1", "encoder_level2", "encoder_level3")
_FUSIONS = ("fuse1", "fuse2")
_SPECTRUM = "encoder_level1.0.ffn.fft"


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one FFTformer is made of.

    `dim` is the channels of the first level; every level below has half as many places along
    a side and twice as many channels. By level, `blocks` is the number of blocks (as many on
    the way up as down) and `hidden` the channels that leave the gate inside one; `fused` is
    the same where a skip is joined. `refinement` is the number of blocks after the way up.
    Spectra are of patches of `side` places square. The layers have biases if `has_bias`.
    """

    dim: int
    blocks: tuple[int, ...]
    refinement: int
    hidden: tuple[int, ...]
    fused: tuple[int, ...]
    side: int
    has_bias: bool

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(self.side * 2 ** (len(self.blocks) - 1))


def is_fftformer(state: StateDict) -> bool:
    """Whether these parameters are named as an FFTformer's."""
    return {_FIRST, _LAST, "fuse1.conv2.weight"} <= state.keys() and any(
        name.endswith(".ffn.fft") for name in state
    )


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the names and shapes say. Raises ParametersDifferError when they cannot."""
    require_colour(state, _FIRST, _LAST, NAME)

    def hidden(block: str) -> int:
        return shape_of(state, f"{block}.ffn.project_out.weight", NAME, 4)[1]

    return Hyperparameters(
        dim=shape_of(state, _FIRST, NAME, 4)[0],
        blocks=tuple(numbered(state, f"{stage}.") for stage in _STAGES),
        refinement=numbered(state, "refinement."),
        hidden=tuple(hidden(f"{stage}.0") for stage in _STAGES),
        fused=tuple(hidden(f"{fusion}.att_channel") for fusion in _FUSIONS),
        side=shape_of(state, _SPECTRUM, NAME, 5)[3],
        # Asked of all blocks: one that lacks its bias is to be named, not to speak for all.
        has_bias=any(name.endswith(".ffn.project_in.bias") for name in state),
    )
