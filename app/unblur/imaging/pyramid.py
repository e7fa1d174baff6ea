"""Smaller copies of a rectangle, by area average, and pixels that a screen can show.

Level L is the photo at 1/2^L of its size. Its pixels lie on a fixed grid that starts at
the photo's corner, so that neighbouring rectangles join without a seam.
"""

from __future__ import annotations

import numpy as np

from unblur.document.buffer import PixelImage, UInt8Image
from unblur.document.geometry import Rect, Size
from unblur.imaging.opencv import cv2


def reduced(pixels: PixelImage, rect: Rect, level: int) -> PixelImage:
    """Pixels of `rect` (photo pixels, inside the photo) at `level` and native depth.

    They cover `rect.shrunk_by(2**level)`. A pixel at the photo's right or bottom border
    is the mean of what the photo has there.
    """
    factor = 1 << level
    if factor == 1:
        return pixels[rect.slices]
    height, width = pixels.shape[:2]
    target = rect.shrunk_by(factor)
    covered = target.enlarged_by(factor).intersected(Rect.of_size(Size(width, height)))
    source = pixels[covered.slices]
    out = np.empty((target.height, target.width, 3), pixels.dtype)
    rows, columns = covered.height // factor, covered.width // factor
    bottom, right = rows * factor, columns * factor
    if rows and columns:
        out[:rows, :columns] = _halved(source[:bottom, :right], level)
    _average(source[bottom:, :right], out[rows:, :columns])
    _average(source[:bottom, right:], out[:rows, columns:])
    _average(source[bottom:, right:], out[rows:, columns:])
    return out


def display_pixels(pixels: PixelImage, rect: Rect, level: int) -> UInt8Image:
    """The same as 8 bits, rounded: (h, w, 3), colours as in the file."""
    return to_display(reduced(pixels, rect, level))


def to_display(pixels: PixelImage) -> UInt8Image:
    """Pixels of any depth as 8 bits, rounded and clipped to [0, 1]."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, np.uint8)
    if pixels.dtype == np.uint16:
        return np.asarray(cv2.convertScaleAbs(pixels, alpha=1 / 257), np.uint8)
    # convertScaleAbs would make negatives positive.
    return np.asarray(cv2.convertScaleAbs(np.clip(pixels, 0.0, 1.0), alpha=255.0), np.uint8)


def _halved(pixels: PixelImage, times: int) -> PixelImage:
    """Halve a picture whose sides are multiples of 2**times.

    OpenCV averages squares of four with vector instructions and larger ones without: ten
    times quicker in steps, at the price of rounding once a step.
    """
    for _ in range(times):
        height, width = pixels.shape[:2]
        pixels = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return pixels


def _average(source: PixelImage, out: PixelImage) -> None:
    """Shrink `source` to the size of `out`, each pixel the mean of those that it covers."""
    if out.size:
        size = (out.shape[1], out.shape[0])
        out[...] = cv2.resize(source, size, interpolation=cv2.INTER_AREA)
