"""How near a picture is to the true one: PSNR and SSIM, as deblurring results are published.

The convention, for both: 8-bit RGB as encoded in the file, a data range of 255, all pixels and
all three channels together. SSIM is that of Wang et al. (TIP 2004): Gaussian windows of
σ 1.5 and 11 × 11 pixels, K₁ = 0.01, K₂ = 0.03, population variances, the mean over every place
where the whole window lies on the picture, channel by channel. These are the numbers of
scikit-image's `peak_signal_noise_ratio(…, data_range=255)` and `structural_similarity(…,
data_range=255, channel_axis=-1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur.document.buffer import PixelImage, UInt8Image, quantized, to_float

HIGHEST_PSNR = 100.0
"""What equal pictures get, in dB: their PSNR is infinite, and no mean would survive it."""

SSIM_WINDOW = 11
"""Side of the smallest picture that has an SSIM, in pixels."""

_SIGMA = 1.5
_RANGE = 255.0
_C1 = (0.01 * _RANGE) ** 2
_C2 = (0.03 * _RANGE) ** 2
_STRIP_ROWS = 64  # of one channel: the five filtered maps stay in the cache

Floats = NDArray[np.float64]


def eight_bits(pixels: PixelImage) -> UInt8Image:
    """Pixels of any depth at 8 bits, rounded: what `psnr` and `ssim` compare."""
    if pixels.dtype == np.uint8:
        return pixels  # type: ignore[return-value]
    return quantized(to_float(pixels), np.uint8)  # type: ignore[return-value]


def psnr(picture: UInt8Image, sharp: UInt8Image) -> float:
    """Peak signal-to-noise ratio of two pictures (H, W, 3) in dB, at most `HIGHEST_PSNR`.

    Raises ValueError when they differ in shape or are not uint8.
    """
    _check(picture, sharp)
    # Squares up to 255² in whole numbers: exact, and the rows together never overflow 64 bits.
    difference = picture.astype(np.int32)
    difference -= sharp
    error = int(np.einsum("ijk,ijk->", difference, difference, dtype=np.int64)) / picture.size
    if error == 0:
        return HIGHEST_PSNR
    return min(HIGHEST_PSNR, 10 * math.log10(_RANGE * _RANGE / error))


def ssim(picture: UInt8Image, sharp: UInt8Image) -> float:
    """Structural similarity of two pictures (H, W, 3): 1 when they are equal, about 0 for noise.

    Raises ValueError when they differ in shape, are not uint8, or have a side shorter than
    `SSIM_WINDOW`.
    """
    _check(picture, sharp)
    height, width, channels = picture.shape
    if min(height, width) < SSIM_WINDOW:
        raise ValueError(f"{width} × {height} pixels are fewer than the window of {SSIM_WINDOW}")
    total = 0.0
    for channel in range(channels):
        for top in range(0, height - SSIM_WINDOW + 1, _STRIP_ROWS):
            # A strip needs the rest of its last row's window.
            rows = slice(top, top + _STRIP_ROWS + SSIM_WINDOW - 1)
            similarity = _similarity(picture[rows, :, channel], sharp[rows, :, channel])
            total += float(similarity.sum())
    places: int = (height - SSIM_WINDOW + 1) * (width - SSIM_WINDOW + 1) * channels
    return total / places


def _check(picture: UInt8Image, sharp: UInt8Image) -> None:
    if picture.shape != sharp.shape or picture.ndim != 3:
        raise ValueError(f"{picture.shape} and {sharp.shape} cannot be compared")
    if picture.dtype != np.uint8 or sharp.dtype != np.uint8:
        raise ValueError(f"{picture.dtype} and {sharp.dtype} are not 8 bits")


def _similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Floats:
    """SSIM of a channel (h, w) at every place of the window, (h - 10, w - 10)."""
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y, square_x, square_y, product = _filtered(np.stack((x, y, x * x, y * y, x * y)))
    variance_x = square_x - mean_x * mean_x
    variance_y = square_y - mean_y * mean_y
    covariance = product - mean_x * mean_y
    likeness = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    similarity: Floats = likeness / (
        (mean_x * mean_x + mean_y * mean_y + _C1) * (variance_x + variance_y + _C2)
    )
    return similarity


def _filtered(maps: Floats) -> Floats:
    """Maps (N, h, w) under the Gaussian window, where it lies on them whole."""
    height, width = (length - SSIM_WINDOW + 1 for length in maps.shape[1:])
    down: Any = sum(weight * maps[:, i : i + height] for i, weight in enumerate(_WINDOW))
    across: Floats = sum(weight * down[:, :, i : i + width] for i, weight in enumerate(_WINDOW))
    return across


def _gaussian() -> tuple[float, ...]:
    """One side of the window, summing to one."""
    half = SSIM_WINDOW // 2
    weights = [math.exp(-0.5 * (i / _SIGMA) ** 2) for i in range(-half, half + 1)]
    return tuple(weight / sum(weights) for weight in weights)


_WINDOW = _gaussian()
