"""How wide the blur of one region is, which need not be that of the photo.

What `measurement` tells of a photo is that of its sharpest part; a background, or somebody who
moved, is blurred more, and nothing is blurred less. So the largest square inside the region's
mask is measured by itself, and counts where it tells of a wider blur: a part is read less surely
than the whole. Where it tells nothing, the map inside the mask is compared with the whole map:
its values are rough, but their ratio holds where the blur is of one kind.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unblur.analysis.advice import span
from unblur.analysis.blur_map import BlurMap
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement, measure
from unblur.document.buffer import Mask, PixelImage
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Shape, WholePhoto, bounds_of
from unblur.imaging.masks import rasterize
from unblur.imaging.opencv import cv2

_LEAST_SIDE = 96  # photo pixels of a square that can tell something
_MOST_OF_SIDE = 1 / 3  # how much of a square a blur may span to be told in it
_DRAWN = 256  # pixels of the small mask in which a square is looked for
_HALF = 0.5  # of a mask: above it a pixel belongs to the region
_MOST_RATIO = 4.0  # between a region and the photo: the map is no better than that
_LEAST_SPAN = 4.0  # photo pixels of one that the map alone tells: sharp places read up to that
_NEAR = 0.02  # support of a cell that speaks for itself, not for far edges


def region_span(
    pixels: PixelImage,
    shapes: tuple[Shape, ...],
    measured: Measurement,
    proceed: Callable[[], None] = lambda: None,
) -> float | None:
    """Photo pixels that a point is spread over inside the mask of `shapes`.

    `measured` is what was measured of all `pixels` (H, W, 3). None when nothing can be told, or
    when there is no blur. What `proceed` raises ends it. Safe in any thread.
    """
    of_photo = _span_of(measured.blur)
    if shapes == (WholePhoto(),):
        return of_photo
    square = _largest_square(shapes, measured.photo)
    proceed()
    side = min(square.size)
    if side >= _LEAST_SIDE and (of_photo or 0.0) <= _MOST_OF_SIDE * side:
        inside = _span_of(measure(pixels[square.slices], proceed).blur)
        if inside is not None and inside <= _MOST_OF_SIDE * side:
            return max(inside, of_photo or 0.0)
    return _span_by_map(measured, shapes)


def _span_of(blur: Blur | None) -> float | None:
    return None if blur is None or blur.kind is BlurKind.SHARP else span(blur)


def _largest_square(shapes: tuple[Shape, ...], photo: Size) -> Rect:
    """The largest square inside a mask, or all of its bounds where it fills them."""
    bounds = bounds_of(shapes, photo)
    factor = 1
    while max(bounds.size) > _DRAWN * factor:
        factor *= 2
    drawn = rasterize(shapes, 0.0, bounds, photo, factor) > _HALF
    if not drawn.any():
        return Rect(0, 0, 0, 0)
    if drawn.all():
        return bounds
    inside = np.pad(drawn.astype(np.uint8), 1)
    distance = cv2.distanceTransform(inside, cv2.DIST_C, 3)
    row, column = np.unravel_index(int(distance.argmax()), distance.shape)
    half = (int(distance[row, column]) - 1) * factor
    corner = bounds.shrunk_by(factor)
    x, y = ((corner.x + int(column) - 1) * factor, (corner.y + int(row) - 1) * factor)
    return Rect(x - half, y - half, 2 * half, 2 * half).intersected(Rect.of_size(photo))


def _span_by_map(measured: Measurement, shapes: tuple[Shape, ...]) -> float | None:
    of_photo = _span_of(measured.blur)
    local, overall = _sigmas(measured.map, shapes, measured.photo)
    if of_photo is None:
        # A sharp photo with a blurred region: only the map has seen it.
        pixels = span(Blur(BlurKind.DEFOCUS, local)) if local is not None else 0.0
        return pixels if pixels >= _LEAST_SPAN else None
    if local is None or overall is None:
        return of_photo
    return of_photo * float(np.clip(local / overall, 1.0, _MOST_RATIO))


def _sigmas(
    found: BlurMap | None, shapes: tuple[Shape, ...], photo: Size
) -> tuple[float | None, float | None]:
    """The median σ of the map inside a mask, and that of the whole map; None without edges."""
    if found is None:
        return None, None
    near = np.where(found.support > _NEAR, found.support, 0.0)
    mask = _on_cells(rasterize(shapes, 0.0, Rect.of_size(photo), photo, found.cell), near.shape)
    return _median(found.sigma, near * mask), _median(found.sigma, near)


def _on_cells(mask: Mask, cells: tuple[int, ...]) -> Mask:
    """The mask with one value a cell; the map's last cells may reach beyond the photo."""
    rows, columns = cells[0] - mask.shape[0], cells[1] - mask.shape[1]
    padded = np.pad(mask, ((0, max(0, rows)), (0, max(0, columns))), mode="edge")
    return padded[: cells[0], : cells[1]]


def _median(values: Mask, weights: NDArray[np.floating]) -> float | None:
    """The weighted median; None without weights."""
    order = np.argsort(values, axis=None)
    total = np.cumsum(weights.ravel()[order], dtype=np.float64)
    if not total.size or total[-1] <= 0:
        return None
    return float(values.ravel()[order[np.searchsorted(total, total[-1] / 2)]])
