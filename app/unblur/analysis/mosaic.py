"""Where a photo was pixelated: cells of one colour each, on a grid, as faces are made unknown.

Inside a cell nothing changes, between cells everything does. So the differences of neighbouring
pixels, averaged along the rows and the columns of a small window, stand on a comb. A window is
believed when nearly all teeth of its comb are there, across and down, with cells as wide as
high. JPEG and a little resizing leave that; an even tiling of the real world has lines between
its tiles, or something in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unblur.analysis.spectrum import Gray
from unblur.document.geometry import Rect
from unblur.imaging.opencv import cv2

_SIDE = 32  # pixels of a window
_STEP = 8  # from window to window
_CELLS = np.arange(4.8, 10.7, 0.2)  # pixels a side of a cell; larger ones show in smaller copies
_JPEG_CELL, _JPEG_PHASE = 8.0, 7.0  # where the blocks of a JPEG end
_TOOTH = 1.5  # levels that neighbouring cells have to differ by, in the mean
_JPEG_TOOTH = 8.0  # where they may be the blocks of strong compression
_UNEVEN = 1.3  # a profile's mean over its median, which lies between the teeth
_SHARE = 0.5  # of all differences that must lie on the comb, to look at a window closely
_PRESENT = 0.74  # of the teeth that must be there
_CLEAR = 2.0  # times as high as what lies between them
_LIKELY = 1.3  # the same beside windows that are sure: the place shall not end too early
_SQUARE = 0.1  # by how much the sides of a cell may differ, relative
_FEWEST = 3  # windows that have to agree

Floats = NDArray[np.float32]


class Mosaic(NamedTuple):
    """A pixelated area in pixels of the picture, and the side of its cells."""

    rect: Rect
    cell: float


class _Comb(NamedTuple):
    """For each window of a row the comb that fits its profile best."""

    cell: Floats
    phase: Floats
    clearness: Floats
    tooth: Floats


def mosaics(
    gray: Gray, proceed: Callable[[], None] = lambda: None, *, is_original: bool = True
) -> tuple[Mosaic, ...]:
    """The pixelated areas with cells of 5 to 10 pixels, the largest first.

    `gray` are levels of 0 to 255. In an original, not a smaller copy, the cells may be the
    blocks of a JPEG, which have to be high to be believed.
    """
    height, width = gray.shape
    if min(height, width) <= _SIDE:
        return ()
    rows = range(0, height - _SIDE, _STEP)
    cells = np.zeros((len(rows), len(range(0, width - _SIDE, _STEP))), np.float32)
    for number, top in enumerate(rows):
        proceed()
        cells[number] = _cells_of_row(gray[top : top + _SIDE + 1], is_original=is_original)
    return tuple(sorted(_areas(cells), key=lambda each: -each.rect.size.area))


def _cells_of_row(strip: Gray, *, is_original: bool) -> Floats:
    """The side of the cells in each window of a row of windows; 0 where there are none.

    It is negative where that is likely, but not sure.
    """
    across = np.abs(np.diff(strip[:_SIDE], axis=1))
    down = np.abs(np.diff(strip, axis=0))[:, : across.shape[1]]
    count = len(range(0, across.shape[1] + 1 - _SIDE, _STEP))
    places = np.arange(count)[:, None] * _STEP + np.arange(_SIDE)
    columns = across.mean(axis=0)[places]
    # Rows of a window: the mean over its columns, by running sums.
    sums = np.concatenate([np.zeros((_SIDE, 1)), np.cumsum(down, axis=1)], axis=1)
    starts = np.arange(count) * _STEP
    lines = ((sums[:, starts + _SIDE] - sums[:, starts]) / _SIDE).T.astype(np.float32)
    busy = _is_uneven(columns) & _is_uneven(lines)
    found = np.zeros(count, np.float32)
    if busy.any():
        combs = _comb(columns[busy]), _comb(lines[busy])
        found[busy] = _agreed(*combs, is_original=is_original)
    return found


def _is_uneven(profiles: Floats) -> NDArray[np.bool_]:
    """Which of (n, side) profiles may have teeth: a quick look that spares most of the work."""
    mean = profiles.mean(axis=1)
    return np.asarray((mean > _TOOTH / 12) & (mean > _UNEVEN * np.median(profiles, axis=1)))


def _agreed(one: _Comb, other: _Comb, *, is_original: bool) -> Floats:
    """The side of the cells where the combs across and down are the same; negative if unsure."""
    cell = (one.cell + other.cell) / 2
    is_square = np.abs(one.cell - other.cell) <= _SQUARE * cell
    is_jpeg = (_is_jpeg(one) | _is_jpeg(other)) & is_original
    is_clear = np.minimum(one.clearness, other.clearness) > _CLEAR
    least = np.where(is_jpeg, _JPEG_TOOTH, _TOOTH)
    is_strong = np.minimum(one.tooth, other.tooth) >= least
    is_likely = np.minimum(one.clearness, other.clearness) > _LIKELY
    sure = is_clear & is_square & is_strong
    return np.where(sure, cell, np.where(is_likely & is_square, -cell, np.float32(0)))


def _is_jpeg(comb: _Comb) -> NDArray[np.bool_]:
    """Whether the teeth are where JPEG's blocks meet; windows begin at its blocks."""
    away = (comb.phase - _JPEG_PHASE + comb.cell / 2) % comb.cell - comb.cell / 2
    return np.asarray((np.abs(away) <= 1.5) & (np.abs(comb.cell - _JPEG_CELL) < 0.5))


def _comb(profiles: Floats) -> _Comb:
    """The best comb of each of (n, side) profiles."""
    # The root keeps one strong edge from being a comb of its own.
    eased = np.sqrt(profiles)
    shares = eased @ _COMBS.T / (eased.sum(axis=1, keepdims=True) + 1e-6)
    best = (shares - _COMBS.mean(axis=1)).argmax(axis=1)
    clearness, tooth = np.zeros((2, len(profiles)), np.float32)
    for index in np.flatnonzero(shares[np.arange(len(best)), best] > _SHARE):
        clearness[index], tooth[index] = _teeth(profiles[index], *_PLACES[best[index]])
    cell, phase = np.array(_PLACES, np.float32)[best].T
    return _Comb(cell, phase, clearness, tooth)


def _teeth(profile: Floats, cell: float, phase: float) -> tuple[float, float]:
    """How many times nearly all teeth are higher than what is between, and their mean height."""
    centers = np.rint(np.arange(phase, _SIDE, cell)).astype(int)
    centers = centers[(centers > 0) & (centers < _SIDE - 1)]
    near = centers[:, None] + np.arange(-1, 2)
    between = np.ones(_SIDE, np.bool_)
    between[near.ravel()] = False
    teeth = profile[near].max(axis=1)
    if not len(teeth) or not between.any():
        return 0.0, 0.0
    floor = float(profile[between].mean()) + 0.05
    return float(np.quantile(teeth, 1 - _PRESENT)) / floor, float(teeth.mean())


def _combs() -> tuple[Floats, list[tuple[float, float]]]:
    """All combs as rows of weights, a tooth being two pixels wide; and their cell and phase."""
    weights, places = [], []
    for cell in _CELLS:
        for phase in np.arange(0.0, cell, 1.0):
            row = np.zeros(_SIDE, np.float32)
            at = np.arange(phase, _SIDE, cell)
            row[np.floor(at).astype(int)] = 1.0
            row[np.minimum(np.ceil(at).astype(int), _SIDE - 1)] = 1.0
            weights.append(row)
            places.append((float(cell), float(phase)))
    return np.stack(weights), places


_COMBS, _PLACES = _combs()


def _areas(cells: Floats) -> Iterator[Mosaic]:
    """What hangs together among the windows, as rectangles: sure ones with unsure neighbours."""
    is_found = (cells != 0).astype(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(is_found, connectivity=8)
    for label, (left, top, columns, lines, _) in enumerate(boxes.tolist()):
        sure = cells[(labels == label) & (cells > 0)]
        if label and len(sure) >= _FEWEST:
            size = (columns - 1) * _STEP + _SIDE, (lines - 1) * _STEP + _SIDE
            rect = Rect(left * _STEP, top * _STEP, *size)
            yield Mosaic(rect, float(np.median(sure)))
