"""Painting a PSF: the frame that it lies in, and dabs of light on its pixels. Qt-free."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from unblur.document.deconvolution import MAX_SIDE, Blur
from unblur.engine.psf_weights import weights_of
from unblur_models.deconvolution.outlines import Weights

_SIDES = (15, 21, 31, 45, 65, 95, 135, 191, MAX_SIDE)
_MARGIN = 4  # dark pixels around a PSF, so that there is room to paint on
_RADIUS = 0.6  # pixels of a dab that are full; its edge is a pixel wide
_STEP = 0.4  # pixels between two dabs of a stroke


def frame_side(weights: Weights) -> int:
    """The side of the square in which a PSF is shown: it changes in steps, not with each pixel."""
    wanted = max(weights.shape) + 2 * _MARGIN
    return next((side for side in _SIDES if side >= wanted), MAX_SIDE)


def framed(blur: Blur, side: int | None = None) -> Weights:
    """The weights of a blur in the middle of its square, the brightest at one."""
    weights = weights_of(blur)
    side = max(side or frame_side(weights), *weights.shape)
    rows, columns = ((side - length) // 2 for length in weights.shape)
    square = np.zeros((side, side))
    square[rows : rows + weights.shape[0], columns : columns + weights.shape[1]] = weights
    return np.asarray(square / square.max())


def painted(square: Weights, points: Sequence[tuple[float, float]], *, is_erasing: bool) -> Weights:
    """The square after a stroke through `points`, (x, y) in its pixels, 0 at its left edge."""
    result = square.copy()
    for x, y in _along(points):
        dab = _dab(square.shape[0], x, y)
        result = result * (1 - dab) if is_erasing else np.maximum(result, dab)
    return result


def _along(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    places = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        count = max(1, int(np.ceil(np.hypot(x1 - x0, y1 - y0) / _STEP)))
        shares = np.arange(1, count + 1) / count
        places += [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in shares]
    return places


def _dab(side: int, x: float, y: float) -> Weights:
    centres = np.arange(side) + 0.5
    distance = np.hypot(centres[np.newaxis, :] - x, centres[:, np.newaxis] - y)
    return np.asarray(np.clip(_RADIUS + 0.5 - distance, 0.0, 1.0))
