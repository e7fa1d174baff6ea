"""Where something was blurred on purpose: a smooth oval or rectangle in sharp surroundings.

An open aperture blurs whole planes of a photo, which reach its border or end at a sharp edge of
what is nearer. Somebody who makes a face or a number plate unknown blurs a compact place of a
plain shape, and all around it the photo stays as sharp as it was. Inside there is still
something, but only in broad strokes: a clear sky between roofs has nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from unblur.analysis.spectrum import Gray
from unblur.document.geometry import Rect
from unblur.imaging.opencv import cv2

_FINE = 1.0  # pixels: σ of the blur that takes detail away
_NEAR = 7  # pixels a side over which detail is averaged
_SMOOTH = 0.8  # levels of detail, up to which a place is smooth
_SHARP = 2.2  # levels from which it is sharp
_BREAK = 9  # pixels: thinner links between smooth places are cut
_LEAST, _MOST = 26, 0.08  # a smudge's shorter side in pixels, and its share of the photo
_PLAIN = 0.87  # of a smudge and the oval or rectangle that fits it, their common part
_LINES = 0.05  # of a smudge may be sharp: a sign has letters on it
_CONTENT = 8.0  # levels of deviation inside
_SLOPE = 0.3  # levels a pixel, in the mean
_GAP, _RING = 4, 12  # pixels: the edge of a smudge, and how far around it is looked
_MARGIN = _GAP + _RING
_SECTORS, _SHARP_SECTORS = 12, 11
_SHARP_SHARE = 0.5  # of a sector's pixels

Flags = NDArray[np.bool_]


def smudges(gray: Gray) -> tuple[Rect, ...]:
    """The smudged places of a picture of about a megapixel, in levels of 0 to 255."""
    detail = cv2.blur(np.abs(gray - cv2.GaussianBlur(gray, (0, 0), _FINE)), (_NEAR, _NEAR))
    return tuple(_found(gray, np.asarray(detail, np.float32)))


def _found(gray: Gray, detail: Gray) -> Iterator[Rect]:
    smooth = (detail < _SMOOTH).astype(np.uint8)
    smooth = np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_OPEN, _disc(_BREAK)))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    photo = Rect(0, 0, gray.shape[1], gray.shape[0])
    for label, (x, y, width, height, count) in enumerate(boxes.tolist()):
        rect = Rect(x, y, width, height)
        if not label or min(width, height) < _LEAST or count > _MOST * gray.size:
            continue
        around = rect.expanded(_MARGIN, photo)
        if around.size != (width + 2 * _MARGIN, height + 2 * _MARGIN):
            continue  # at the border, where nobody can say what is around it
        shape = _filled((labels[around.slices] == label).astype(np.uint8))
        lines = float((detail[around.slices][shape > 0] > _SMOOTH).mean())
        if (
            lines < _LINES
            and _is_plain(shape)
            and _has_content(gray[around.slices], shape)
            and _is_surrounded(detail[around.slices], shape)
        ):
            yield rect


def _filled(shape: NDArray[np.uint8]) -> NDArray[np.uint8]:
    outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(shape), outlines, -1, 1, cv2.FILLED))


def _is_plain(shape: NDArray[np.uint8]) -> bool:
    """Whether it is an oval or an upright rectangle."""
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    box = np.zeros_like(shape)
    box[top:bottom, left:right] = 1
    oval = np.zeros_like(shape)
    center = ((left + right - 1) / 2, (top + bottom - 1) / 2)
    cv2.ellipse(oval, (center, (float(right - left), float(bottom - top)), 0.0), 1, cv2.FILLED)
    return max(_common(shape, box), _common(shape, oval)) >= _PLAIN


def _common(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _has_content(gray: Gray, shape: NDArray[np.uint8]) -> bool:
    inside = shape > 0
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *order, ksize=3) / 8 for order in ((1, 0), (0, 1)))
    slope = float(cv2.magnitude(across, down)[inside].mean())
    return float(gray[inside].std()) > _CONTENT and slope > _SLOPE


def _is_surrounded(detail: Gray, shape: NDArray[np.uint8]) -> bool:
    """Whether the photo is sharp all around, in nearly every direction."""
    inner = cv2.dilate(shape, _disc(2 * _GAP + 1))
    ring = (cv2.dilate(inner, _disc(2 * _RING + 1)) > 0) & (inner == 0)
    rows, columns = np.nonzero(ring)
    where = np.nonzero(shape)
    middle_y, middle_x = where[0].mean(), where[1].mean()
    angle = np.arctan2(rows - middle_y, columns - middle_x)
    sector = ((angle / (2 * np.pi) + 0.5) * _SECTORS).astype(int) % _SECTORS
    is_sharp = detail[rows, columns] > _SHARP
    sharp = np.bincount(sector, is_sharp, _SECTORS)
    total = np.bincount(sector, minlength=_SECTORS)
    return int((sharp >= _SHARP_SHARE * np.maximum(total, 1)).sum()) >= _SHARP_SECTORS


def _disc(diameter: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter)))
