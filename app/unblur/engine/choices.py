"""What a region's choice of a model means for its tiles. No torch: the window asks, too."""

from __future__ import annotations

from typing import NamedTuple

from unblur.document.deconvolution import Deconvolution
from unblur.document.grid import LayerKey, TileGrid
from unblur.document.region import ModelChoice, Scale
from unblur.document.shapes import FoundMask
from unblur.engine.tiling import TilingPolicy, policy_for
from unblur_models import catalog

# A solver looks further than its PSF is wide, as far as its ringing carries. On a GoPro picture
# with a motion blur of 9 pixels tiles with a halo of twice its width step by less than 0.5 levels
# where they meet; with half its width, of 21 pixels, they are 5 to 9 levels off at their edges.
_HALO_IN_REACHES = 2
_LEAST_HALO, _LEAST_OVERLAP, _MOST_OVERLAP = 24, 16, 64
_TILE, _LARGE_TILE = 640, 1024
_QUICK_TILE = 384  # of a smaller copy, which is solved to be seen at once
_LARGE_REACH = 40  # pixels of a PSF from which small tiles would be mostly halo
_STEP = 8  # a PSF that grows by a pixel shall not need another grid


class SolverFacts(NamedTuple):
    """How a solver wants to be fed: what a card says of a network."""

    tile: int
    halo: int
    overlap: int
    size_multiple: int = 1
    far_halo: int = 0


def solver_facts(recipe: Deconvolution, factor: int) -> SolverFacts:
    """How to feed the solver of `recipe` at a work scale."""
    reach = -(-recipe.reach // (factor * _STEP)) * _STEP
    overlap = min(max(reach, _LEAST_OVERLAP), _MOST_OVERLAP)
    halo = max(_LEAST_HALO, _HALO_IN_REACHES * reach) + overlap // 2
    usual = _TILE if factor == 1 else _QUICK_TILE
    return SolverFacts(_LARGE_TILE if reach > _LARGE_REACH else usual, halo, overlap)


def policy_of(choice: ModelChoice, factor: int) -> TilingPolicy:
    """How the chosen model wants to be fed. Raises UnknownModelError."""
    if choice.deconvolution is not None:
        return policy_for(solver_facts(choice.deconvolution, factor))
    return policy_for(catalog.card(choice.model_id))


def wanted_scale(choice: ModelChoice) -> Scale:
    """The work scale that was chosen; automatic is full size for a solver.

    It is quick, and what it gains lies in the finest detail.
    """
    is_free = choice.deconvolution is not None and choice.scale is Scale.AUTO
    return Scale.FULL if is_free else choice.scale


def takes_people(choice: ModelChoice) -> bool:
    """Whether the chosen model can be told where people are. Raises UnknownModelError."""
    return choice.deconvolution is None and catalog.card(choice.model_id).takes_mask


def key_of(choice: ModelChoice, grid: TileGrid, people: FoundMask | None = None) -> LayerKey:
    """Where the pixels that the choice gives on this grid are kept.

    `people` are those of the photo, told to a model that can be. Raises UnknownModelError.
    """
    told = people if people is not None and takes_people(choice) else None
    return LayerKey(choice.model_id, choice.quality, grid, choice.deconvolution, told)
