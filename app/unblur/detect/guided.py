"""Coarse masks snapped to the edges of the photo, by the guided filter.

K. He, J. Sun and X. Tang, "Guided Image Filtering", ECCV 2010; and K. He and J. Sun, "Fast
Guided Filter", 2015: within a window the mask is a linear function of the guide, its
coefficients are smooth, so they are found on a small copy and enlarged.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import Mask, PixelImage
from unblur.document.geometry import Size
from unblur.imaging.opencv import cv2

_WORKING_SIDE = 1024  # on which the coefficients are found
_RADIUS = 1.5  # of the window there, in pixels of the coarse mask: its edges are so far wrong
_LEAST_RADIUS = 4
_SMOOTHNESS = 1e-4  # epsilon: a variance of the guide below this is no edge
_ROWS = 512  # of the photo at a time: floats of a large photo would take gigabytes

Floats = NDArray[np.floating[Any]]


def snapped(mask: Mask, pixels: PixelImage, off: float | None = None) -> Mask:
    """`mask`, of any size, at the photo's size with its edges on those of the photo.

    `off` is how far its edges may be wrong, in photo pixels; that is told from its size where
    it is not given: a small mask is as wrong as its pixels are large.
    """
    height, width = pixels.shape[:2]
    photo = Size(width, height)
    working = fitted(photo, min(_WORKING_SIDE, max(photo)))
    guide = _luminance(copy_of_size(pixels, working))
    coarse = np.asarray(
        cv2.resize(mask, tuple(working), interpolation=_interpolation(mask, working)), np.float32
    )
    wrong = _RADIUS * width / mask.shape[1] if off is None else off
    radius = max(_LEAST_RADIUS, math.ceil(wrong * working.width / width))
    slope, offset = coefficients(guide, coarse, radius, _SMOOTHNESS)
    out = np.empty((height, width), np.float32)
    for top in range(0, height, _ROWS):
        bottom = min(top + _ROWS, height)
        rows = _luminance(copy_of_size(pixels[top:bottom], Size(width, bottom - top)))
        area = (top, bottom, height)
        part = _enlarged(slope, width, area) * rows + _enlarged(offset, width, area)
        np.clip(part, 0.0, 1.0, out=out[top:bottom])
    return out


def coefficients(
    guide: Floats, mask: Mask, radius: int, smoothness: float
) -> tuple[Floats, Floats]:
    """Slope and offset of the mask as a function of the guide, both (H, W) in [0, 1]."""
    side = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Floats) -> Floats:
        averaged: Floats = cv2.boxFilter(values, -1, side, borderType=cv2.BORDER_REFLECT)
        return averaged

    mean_guide, mean_mask = mean(guide), mean(mask)
    covariance = mean(guide * mask) - mean_guide * mean_mask
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = covariance / (np.maximum(variance, 0.0) + np.float32(smoothness))
    offset = mean_mask - slope * mean_guide
    return mean(slope), mean(offset)


def _interpolation(mask: Mask, size: Size) -> int:
    return int(cv2.INTER_AREA if size.width < mask.shape[1] else cv2.INTER_LINEAR)


def _luminance(pixels: NDArray[np.uint8]) -> Floats:
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(gray, np.float32) / np.float32(255)


def _enlarged(values: Floats, width: int, area: tuple[int, int, int]) -> Floats:
    """Rows `top` to `bottom` of `values` enlarged to `width` × `height`, bilinear."""
    top, bottom, height = area
    rows, columns = values.shape
    y = ((np.arange(top, bottom, dtype=np.float32) + 0.5) * (rows / height) - 0.5)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) * (columns / width) - 0.5)[None, :]
    shape = (bottom - top, width)
    return np.asarray(
        cv2.remap(
            values,
            np.broadcast_to(x, shape).astype(np.float32),
            np.broadcast_to(y, shape).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )
