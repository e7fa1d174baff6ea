"""Masks with their edge moved outward or inward, by the exact distance to it.

A soft mask is moved level by level, as the contours of a map are, so that a soft edge stays
as soft as it was: each of the contours is moved by the same distance. (The threshold
decomposition of grey-scale dilation by a disc: J. Serra, "Image Analysis and Mathematical
Morphology", 1982.)
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import Mask
from unblur.imaging.opencv import cv2

_LEVELS = 8
_WIDEST = 32.0  # pixels between two contours; wider slopes become a little steeper
_FAR = np.float32(1e6)  # more than any photo is wide

Pixels = NDArray[np.bool_]


def margin_of(pixels: float, *, is_soft: bool) -> int:
    """How far a pixel's outcome depends on pixels around it."""
    return math.ceil(abs(pixels)) + 2 + (math.ceil(_WIDEST) if is_soft else 0)


def grown(mask: Mask, pixels: float, *, is_soft: bool) -> Mask:
    """`mask` with its edge `pixels` further out, or further in if negative.

    With `is_soft` false a mask counts as in or out, by its half. The array's border is no
    edge. At whole pixels a straight edge moves by exactly that many.
    """
    if pixels < 0:
        complement: Mask = np.float32(1.0) - mask
        shrunk: Mask = np.float32(1.0) - grown(complement, -pixels, is_soft=is_soft)
        return shrunk
    if not is_soft:
        return _share(pixels, distance_outside(mask >= np.float32(0.5)))
    # The contours from the highest, which lies innermost, to the lowest.
    thresholds = (np.arange(_LEVELS, 0, -1) - 0.5) / _LEVELS
    outcome = np.zeros_like(mask)
    inner: Mask | None = None
    for threshold in thresholds:
        distance = distance_outside(mask >= np.float32(threshold))
        # Between two contours the mask falls evenly from the one level to the next.
        width = None if inner is None else np.clip(inner - distance, 1.0, _WIDEST)
        outcome += _share(pixels, distance, width)
        inner = distance
    outcome *= np.float32(1.0 / _LEVELS)
    return outcome


def distance_outside(inside: Pixels) -> Mask:
    """Distance from each pixel's centre to the nearest centre inside; 0 inside.

    Where nothing is inside it is far.
    """
    if inside.all():
        return np.zeros(inside.shape, np.float32)
    if not inside.any():
        return np.full(inside.shape, _FAR, np.float32)
    return exact_distance(np.logical_not(inside))


def exact_distance(of: Pixels) -> Mask:
    """Distance from the centre of each pixel `of` to the nearest centre of another one.

    OpenCV's square roots differ in the last bit with the size of the array; the squares are
    whole numbers, and numpy's roots of them are exact.
    """
    distance: Mask = cv2.distanceTransform(
        np.ascontiguousarray(of).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    distance *= distance
    np.rint(distance, out=distance)
    np.sqrt(distance, out=distance)
    return distance


def _share(pixels: float, distance: Mask, width: Mask | None = None) -> Mask:
    """One up to `pixels` away, falling to zero over `width` (one pixel) beyond."""
    share = np.float32(pixels + 1) - distance
    if width is not None:
        share /= width
    clipped: Mask = np.clip(share, 0.0, 1.0)
    return clipped
