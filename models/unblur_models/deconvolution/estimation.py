"""The PSF of a picture of which nothing but its blur is known, from coarse to fine.

At every scale a picture of few edges and the PSF are estimated in turns (Xu, Zheng and Jia,
CVPR 2013). At the coarsest the blur is hardly there, so that nothing has to be guessed; each
finer scale starts from the enlarged PSF.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.deconvolution.detail import luma, most_detailed
from unblur_models.deconvolution.fitting import fitted_psf
from unblur_models.deconvolution.fourier import differences, transfer_function
from unblur_models.deconvolution.l0 import few_edges
from unblur_models.deconvolution.observation import observe
from unblur_models.deconvolution.psf import Psf, identity_psf, similarity
from unblur_models.deconvolution.stopping import ShouldStop, never, raise_if

_SCALE_STEP = math.sqrt(0.5)
_COARSEST_SIDE = 5  # of the PSF
_ROUNDS = 5  # a scale
_EDGE_WEIGHT = 6e-3
_EDGE_WEIGHT_DECAY = 1.1
_LEAST_EDGE_WEIGHT = 1e-3
_RIDGE = 5e-3
_CHOSEN_SIDES = (17, 25, 37, 55)
_CROP = 384  # the side of the part that is looked at, if the PSF is small
_CROP_SIDES = 8  # the same in sides of the PSF
_LEAST_CROP = 16
_LEAST_CONTRAST = 2 / 255
_LARGEST_SIDE = 255


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated PSF.

    `confidence` in [0, 1] is how alike the PSFs of the two halves of the part that was looked
    at are, each estimated by itself: low where the blur differs from place to place, and where
    there is too little detail. `rows` and `columns` are that part.
    """

    psf: Psf
    confidence: float
    rows: slice
    columns: slice


def estimate_psf(
    picture: Tensor,
    side: int | None = None,
    *,
    crop: tuple[slice, slice] | None = None,
    should_stop: ShouldStop = never,
) -> Estimate:
    """The PSF of a blurred picture (1 or 3, H, W), floating, encoded in [0, 1], on any device.

    `side` (odd, 3 to 255) is the most that the PSF may measure; None tries 17, larger
    ones while the light reaches the rim, and takes the estimate of the most confidence. `crop`,
    rows and columns, is the part to look at; None chooses one with much detail. Of a part less
    than 16 pixels wide or high nothing can be said: the identity, with confidence 0. Raises
    ValueError for another shape or side, and Stopped.
    """
    if picture.ndim != 3 or picture.shape[0] not in (1, 3) or 0 in picture.shape:
        raise ValueError(f"a picture is (1 or 3, H, W), not {tuple(picture.shape)}")
    if side is not None and not (3 <= side <= _LARGEST_SIDE and side % 2):
        raise ValueError(f"a side is odd and from 3 to {_LARGEST_SIDE}, not {side}")
    with torch.inference_mode():
        grey = luma(picture.detach().float())
        if side is not None:
            return _estimated(grey, side, crop, should_stop)
        return _of_chosen_side(grey, crop, should_stop)


def _of_chosen_side(
    grey: Tensor, crop: tuple[slice, slice] | None, should_stop: ShouldStop
) -> Estimate:
    best = None
    for side in _CHOSEN_SIDES:
        estimate = _estimated(grey, side, crop, should_stop)
        # Too small a frame cuts the PSF off, too large a one is filled with errors.
        if best is None or estimate.confidence > best.confidence:
            best = estimate
        if max(estimate.psf.height, estimate.psf.width) < side - 2:
            break
    assert best is not None
    return best


def _estimated(
    grey: Tensor, side: int, crop: tuple[slice, slice] | None, should_stop: ShouldStop
) -> Estimate:
    length = max(_CROP, _CROP_SIDES * side)
    rows, columns = crop or most_detailed(grey, (length, length))
    part = grey[rows, columns]
    rows = slice(*rows.indices(grey.shape[0])[:2])
    columns = slice(*columns.indices(grey.shape[1])[:2])
    if min(part.shape) < _LEAST_CROP or float(part.max() - part.min()) < _LEAST_CONTRAST:
        return Estimate(identity_psf(), 0.0, rows, columns)
    psf = _coarse_to_fine(part, side, should_stop)
    axis = int(part.shape[1] > part.shape[0])
    halves = [half.contiguous() for half in part.chunk(2, axis)]
    if min(halves[-1].shape) < _LEAST_CROP:
        return Estimate(psf, 0.0, rows, columns)
    first, second = (_coarse_to_fine(half, side, should_stop) for half in halves)
    return Estimate(psf, similarity(first, second), rows, columns)


def _coarse_to_fine(part: Tensor, side: int, should_stop: ShouldStop) -> Psf:
    psf = identity_psf()
    weight = _EDGE_WEIGHT
    scales = _scales(side, min(part.shape))
    for i, scale in enumerate(scales):
        if i:
            psf = psf.resized(scale / scales[i - 1])
        scaled = _shrunk(part, scale)
        turn = _Turn(scaled, _odd(side * scale))
        for _ in range(_ROUNDS):
            raise_if(should_stop)
            psf = turn.fitted(turn.latent(psf, weight))
            weight = max(_LEAST_EDGE_WEIGHT, weight / _EDGE_WEIGHT_DECAY)
    return psf


class _Turn:
    """One scale of the picture, (H, W), and the turns that are taken at it."""

    def __init__(self, grey: Tensor, side: int) -> None:
        self._side = side
        # A torus for the largest PSF, so that pictures of all turns are as large.
        frame = torch.zeros(side, side)
        frame[side // 2, side // 2] = 1
        self._observation = observe(grey[None, None], Psf(frame), None)
        self._blurred = differences(self._observation.extended[0, 0])
        # Light from outside came no further in than this.
        margin = min(side // 2, (min(grey.shape) - 1) // 4)
        self._region = torch.zeros_like(self._observation.extended[0, 0])
        self._region[margin : grey.shape[0] - margin - 1, margin : grey.shape[1] - margin - 1] = 1

    def latent(self, psf: Psf, weight: float) -> Tensor:
        """The picture of few edges, (H', W')."""
        observation = self._observation
        transfer = transfer_function(psf, observation.torus, observation.seen.device)
        return few_edges(observation, transfer, weight)[0, 0]

    def fitted(self, latent: Tensor) -> Psf:
        """The PSF between that picture and the blurred one."""
        return fitted_psf(differences(latent), self._blurred, self._region, self._side, _RIDGE)


def _scales(side: int, length: int) -> list[float]:
    """From the coarsest to one: there the PSF has few pixels, but the picture enough."""
    least = max(_COARSEST_SIDE / side, _LEAST_CROP / length)
    steps = max(0, math.floor(math.log(least) / math.log(_SCALE_STEP)))
    return [_SCALE_STEP**step for step in range(steps, -1, -1)]


def _shrunk(grey: Tensor, scale: float) -> Tensor:
    if scale == 1:
        return grey
    size = [max(1, round(side * scale)) for side in grey.shape]
    return functional.interpolate(
        grey[None, None], size=size, mode="bilinear", antialias=True, align_corners=False
    )[0, 0]


def _odd(side: float) -> int:
    """The nearest odd number, three at least."""
    return max(3, 2 * math.floor(side / 2) + 1)
