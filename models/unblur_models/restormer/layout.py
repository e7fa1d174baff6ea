"""The hyper-parameters of a Restormer, read from the shapes of its published parameters."""

from __future__ import annotations

from dataclasses import dataclass

from unblur_models.errors import ParametersDifferError
from unblur_models.parameters import StateDict, require_colour, shape_of
from unblur_models.shapes import numbered

NAME = "Restormer"
LEVELS = 4

_FIRST, _LAST = "patch_embed.proj.weight", "output.weight"
_STAGES = ("encoder_level1", "encoder_level2", "encoder_level3", "latent")


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What one Restormer is made of.

    `dim` is the channels of the first level; every level below has half as many places along
    a side and twice as many channels. By level, `blocks` is the number of blocks (as many on
    the way up as down), `heads` the groups of channels that attend among themselves and
    `hidden` the channels inside the gated network of a block. `refinement` is the number of
    blocks after the way up. The layers have biases if `has_bias`; the norms shift if
    `norm_shifts`.
    """

    dim: int
    blocks: tuple[int, ...]
    refinement: int
    heads: tuple[int, ...]
    hidden: tuple[int, ...]
    has_bias: bool
    norm_shifts: bool

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture are multiples of this, in pixels."""
        return int(2 ** (LEVELS - 1))


def is_restormer(state: StateDict) -> bool:
    """Whether these parameters are named as a Restormer's."""
    return {_FIRST, _LAST, "reduce_chan_level3.weight"} <= state.keys() and any(
        name.endswith(".attn.temperature") for name in state
    )


def hyperparameters(state: StateDict) -> Hyperparameters:
    """What the names and shapes say. Raises ParametersDifferError when they cannot.

    One that looks at the two views of a dual-pixel sensor is refused: photos have one.
    """
    require_colour(state, _FIRST, _LAST, NAME)
    dim = shape_of(state, _FIRST, NAME, 4)[0]
    return Hyperparameters(
        dim=dim,
        blocks=tuple(numbered(state, f"{stage}.") for stage in _STAGES),
        refinement=numbered(state, "refinement."),
        heads=tuple(
            _heads(state, f"{stage}.0.attn.temperature", dim * 2**level)
            for level, stage in enumerate(_STAGES)
        ),
        hidden=tuple(
            shape_of(state, f"{stage}.0.ffn.project_out.weight", NAME, 4)[1] for stage in _STAGES
        ),
        # Asked of all blocks: one that lacks its bias is to be named, not to speak for all.
        has_bias=any(name.endswith(".attn.qkv.bias") for name in state),
        norm_shifts=any(name.endswith(".norm1.body.bias") for name in state),
    )


def _heads(state: StateDict, temperature: str, width: int) -> int:
    heads = shape_of(state, temperature, NAME, 3)[0]
    if width % heads:
        difference = f"{temperature} has {heads} heads, which do not share {width} channels"
        raise ParametersDifferError(NAME, [difference])
    return heads
