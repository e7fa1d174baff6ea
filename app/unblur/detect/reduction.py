"""The small 8-bit copy of a photo that detectors and measurements look at."""

from __future__ import annotations

import numpy as np

from unblur.document.buffer import PixelImage, UInt8Image
from unblur.document.geometry import Size
from unblur.imaging.opencv import cv2
from unblur.imaging.pyramid import to_display


def fitted(photo: Size, side: int) -> Size:
    """The size of a photo whose long side is `side`; no side is shorter than a pixel."""
    factor = side / max(photo)
    return Size(max(1, round(photo.width * factor)), max(1, round(photo.height * factor)))


def copy_of_size(pixels: PixelImage, size: Size) -> UInt8Image:
    """RGB pixels at another size: averaged when smaller, interpolated when larger."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return to_display(pixels)
    is_smaller = size.width * size.height < width * height
    interpolation = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    return to_display(np.asarray(cv2.resize(pixels, tuple(size), interpolation=interpolation)))
