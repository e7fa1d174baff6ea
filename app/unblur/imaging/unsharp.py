"""Unsharp masking: what sharpening did before networks, and the least that one has to beat."""

from __future__ import annotations

import numpy as np

from unblur.document.buffer import FloatImage, UInt8Image
from unblur.imaging.opencv import cv2


def detail(pixels: UInt8Image, sigma: float) -> FloatImage:
    """What a Gaussian of `sigma` pixels takes away from (H, W, 3) pixels, in levels of 255."""
    values = pixels.astype(np.float32)
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    difference: FloatImage = values - blurred
    return difference


def sharpened(pixels: UInt8Image, detail: FloatImage, amount: float) -> UInt8Image:
    """`pixels` with their `detail` added `amount` times over, clipped and rounded."""
    values = pixels + np.float32(amount) * detail
    result: UInt8Image = np.rint(np.clip(values, 0.0, 255.0)).astype(np.uint8)
    return result
