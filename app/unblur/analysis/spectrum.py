"""The mean log spectrum of a photo's most detailed tiles, on a polar grid.

A blur multiplies every tile's spectrum by the same function; the content of the tiles differs
and averages out in the mean of the logarithms (Stockham, Cannon and Ingebretsen, 1975; Cannon,
"Blind Deconvolution of Spatially Invariant Image Blurs with Phase", 1976). What is left is the
spectrum of pictures in general, a power law, times that of the blur.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur.document.geometry import Rect, Size
from unblur.imaging.opencv import cv2

Floats = NDArray[np.floating[Any]]
Gray = NDArray[np.float32]

TILE = 256
SMALLEST_TILE = 64
MOST_TILES = 24
_FEWEST_TILES = 6
_WORTH = 0.3  # of the detail of the best tiles: tiles with less are of another blur, or empty

_RINGS = 33
_ANGLES = 48
_LOWEST = 0.012  # cycles a pixel; three periods in a tile of 256
_HIGHEST = 0.2625  # beyond it JPEG decides what is left
_PERIODS = 3.0  # at least, in a tile


@dataclass(frozen=True, eq=False)
class PolarGrid:
    """Where a spectrum is sampled: rings in geometric steps, angles over half a turn.

    `frequency` (cycles a pixel) and `angle` (radians, counter-clockwise from the right) hold
    one value for each of the `shape` = (rings, angles) samples, flattened; `across` and `up` say
    the same in cycles a pixel along the axes.
    """

    shape: tuple[int, int]
    frequency: Floats = field(repr=False)
    angle: Floats = field(repr=False)
    across: Floats = field(repr=False)
    up: Floats = field(repr=False)


@cache
def grid_of(tile: int) -> PolarGrid:
    """The grid for tiles of so many pixels a side: small ones know no low frequencies."""
    rings = np.geomspace(max(_LOWEST, _PERIODS / tile), _HIGHEST, _RINGS)
    angles = np.arange(_ANGLES) * (np.pi / _ANGLES)
    frequency, angle = np.meshgrid(rings, angles, indexing="ij")
    across, up = frequency * np.cos(angle), frequency * np.sin(angle)
    return PolarGrid(frequency.shape, frequency.ravel(), angle.ravel(), across.ravel(), up.ravel())


def tile_side(size: Size) -> int:
    """The largest tile that fits into a picture; the smallest where none does."""
    side = TILE
    while side > SMALLEST_TILE and side > min(size):
        side //= 2
    return side


def detailed_tiles(gray: Gray, side: int) -> tuple[Rect, ...]:
    """Squares of `side` pixels with most detail, the best first, overlapping by half.

    They hold at least 0.3 times the detail of the best ones: a sharp face in front of a
    blurred room is judged by the face.
    """
    height, width = gray.shape
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    step = max(1, side // 2)
    tops, lefts = _starts(height, side, step), _starts(width, side, step)
    tiles = [Rect(left, top, side, side) for top in tops for left in lefts]
    means = cv2.blur(cv2.magnitude(across, down), (side, side), anchor=(0, 0))
    detail = means[np.ix_(tops, lefts)].ravel()
    order = np.argsort(-detail, kind="stable")[:MOST_TILES]
    worth = _WORTH * detail[order[min(2, len(order) - 1)]]
    kept = [n for rank, n in enumerate(order) if rank < _FEWEST_TILES or detail[n] >= worth]
    return tuple(tiles[n] for n in kept)


def mean_log_spectrum(tiles: Sequence[Gray], proceed: Callable[[], None]) -> Floats:
    """The mean over square `tiles` (levels of 0 to 255) of the log of their power spectra.

    Sampled on `grid_of` their side, flattened. `proceed` is called between tiles.
    """
    side = tiles[0].shape[0]
    window = _window(side)
    total = np.zeros((side, side), np.float32)
    for tile in tiles:
        proceed()
        centred = (tile - tile.mean()) * window
        spectrum = cv2.dft(centred, flags=cv2.DFT_COMPLEX_OUTPUT)
        # One is far below the power of rounding to whole levels: it only keeps log from zero.
        total += cv2.log(spectrum[..., 0] ** 2 + spectrum[..., 1] ** 2 + 1.0)
    centred = np.roll(total / len(tiles), (side // 2, side // 2), (0, 1))
    smooth = cv2.GaussianBlur(centred, (0, 0), 0.7)
    x, y = _places(side)
    sampled: Floats = cv2.remap(smooth, x, y, cv2.INTER_LINEAR).ravel().astype(np.float64)
    return sampled


def _starts(length: int, side: int, step: int) -> list[int]:
    """Where tiles begin along an axis; the last one ends where the picture ends."""
    last = max(0, length - side)
    return sorted({*range(0, last + 1, step), last})


@cache
def _window(side: int) -> Gray:
    """Hann: a tile's borders are no edges of the photo."""
    ramp = np.hanning(side + 2)[1:-1]
    return np.outer(ramp, ramp).astype(np.float32)


@cache
def _places(side: int) -> tuple[Gray, Gray]:
    """The grid's samples as columns and rows of a centred spectrum."""
    grid = grid_of(side)
    x = grid.across * side + side // 2
    y = -grid.up * side + side // 2
    return x.reshape(grid.shape).astype(np.float32), y.reshape(grid.shape).astype(np.float32)
