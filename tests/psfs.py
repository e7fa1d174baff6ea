"""Sharp scenes, and the blurs of a camera that moved or was out of focus."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unblur.imaging.codec import decode
from unblur.imaging.opencv import cv2

Pixels = NDArray[np.uint8]
Psf = NDArray[np.float64]

SCENES = Path(__file__).parent / "data" / "scenes"


@cache
def scene(name: str) -> Pixels:
    """A sharp scene, (448, 576, 3), read-only."""
    return np.asarray(decode(SCENES / f"{name}.jpg").pixels, np.uint8)


def motion(length: float, angle: float) -> Psf:
    """A line of `length` pixels, `angle` degrees counter-clockwise from the right."""
    side = int(np.ceil(length)) // 2 * 2 + 5
    steps = np.linspace(-length / 2, length / 2, int(32 * length))
    return _path(side, steps * np.cos(np.radians(angle)), -steps * np.sin(np.radians(angle)))


def shaken(length: float) -> Psf:
    """What a hand leaves: a curve over `length` pixels, slow at its ends, mostly from the left."""
    time = np.linspace(-np.pi / 2, np.pi / 2, int(32 * length))
    x = length / 2 * np.sin(time)
    return _path(2 * int(length), x, 1.6 * x**2 / length - length / 5)


def _path(side: int, x: Psf, y: Psf) -> Psf:
    """Equal times at places (pixels from the middle) of a PSF of `side` pixels."""
    psf = np.zeros((side, side))
    x, y = x + side // 2, y + side // 2
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for dx in (0, 1):
        for dy in (0, 1):
            share = np.abs(1 - dx - (x - left)) * np.abs(1 - dy - (y - top))
            np.add.at(psf, (top + dy, left + dx), share)
    return psf / psf.sum()


def disc(radius: float) -> Psf:
    """An open aperture, eight samples a pixel."""
    side = 2 * int(np.ceil(radius)) + 3
    place = (np.arange(8 * side) + 0.5) / 8 - side / 2
    inside = place[:, None] ** 2 + place[None, :] ** 2 <= radius**2
    psf = inside.reshape(side, 8, side, 8).mean(axis=(1, 3))
    return psf / psf.sum()


def gaussian(sigma: float) -> Psf:
    """A Gaussian, cut at three and a half sigma."""
    line = cv2.getGaussianKernel(2 * int(np.ceil(3.5 * sigma)) + 1, sigma)
    return np.asarray(line @ line.T)


def photographed(pixels: Pixels, *psfs: Psf, noise: float = 1.0) -> Pixels:
    """Blurred as a camera does it, with noise (levels) and the losses of JPEG."""
    blurred = pixels.astype(np.float32)
    for psf in psfs:
        # A PSF is convolved; filter2D correlates.
        blurred = cv2.filter2D(blurred, -1, psf[::-1, ::-1], borderType=cv2.BORDER_REFLECT)
    noisy = blurred + np.random.default_rng(5).normal(0, noise, blurred.shape)
    rounded = np.rint(np.clip(noisy, 0, 255)).astype(np.uint8)
    packed = cv2.imencode(".jpg", rounded, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
