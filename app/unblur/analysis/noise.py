"""How noisy a photo is, from its plainest parts.

J. Immerkær, "Fast Noise Variance Estimation", 1996: a filter that is blind to planes and
edges along the axes leaves the noise. It is not blind to texture, so only tiles with little
of it are asked; and they are asked at half size, because JPEG wipes the finest noise out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from unblur.analysis.spectrum import Gray
from unblur.document.geometry import Rect
from unblur.imaging.opencv import cv2

LEVEL = 1  # the pyramid's level at which tiles are looked at
SIDE = 32  # of the tiles, in photo pixels
_FILTER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_GAIN = 6.0  # root of the sum of the filter's squares
_COUNT = 24
_DARKEST, _LIGHTEST = 12.0, 243.0  # levels: beyond, noise is cut off


def plain_tiles(gray: Gray, side: int) -> tuple[Rect, ...]:
    """Squares of `side` pixels with least detail that are neither black nor white."""
    height, width = gray.shape
    across, down = min(side, width), min(side, height)
    rows, columns = height // down, width // across
    whole = gray[: rows * down, : columns * across]
    means, squares = (
        cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA).ravel()
        for values in (whole, whole * whole)
    )
    detail = squares - means * means
    exposed = (means > _DARKEST) & (means < _LIGHTEST)
    if exposed.any():
        detail = np.where(exposed, detail, np.inf)
    order = np.argsort(detail, kind="stable")[: min(_COUNT, int(exposed.sum()) or _COUNT)]
    return tuple(
        Rect(int(n % columns) * across, int(n // columns) * down, across, down) for n in order
    )


def noise_of(tiles: Sequence[Gray]) -> float:
    """The standard deviation of a photo's noise, in levels of 255: the median of its tiles.

    `tiles` are the photo's at `LEVEL`, where a pixel is the mean of four.
    """
    said = [_immerkaer(tile) for tile in tiles if min(tile.shape) >= 3]
    return float(np.median(said)) * (1 << LEVEL) if said else 0.0


def _immerkaer(tile: Gray) -> float:
    left = cv2.filter2D(tile, cv2.CV_32F, _FILTER)[1:-1, 1:-1]
    return math.sqrt(math.pi / 2) * float(np.abs(left).mean()) / _GAIN
