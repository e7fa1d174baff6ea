"""The edges of a picture and how wide they are.

S. Zhuo and T. Sim, "Defocus Map Estimation from a Single Image", 2011: the gradient of an edge
of width σ, blurred once more by σ₀, shrinks by √(σ² + σ₀²) / σ. Here it is blurred by two
known widths, and their ratio is taken, so that noise counts less; and wide edges are measured
with wider ones. An edge alone is told exactly; in dense texture, where edges steepen each
other, it reads 0.6 to 0.9 of the true width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unblur.analysis.spectrum import Floats, Gray
from unblur.imaging.opencv import cv2

LEAST, MOST = 0.3, 12.0
"""Pixels of σ that can be told."""

_BLURS = (1.0, 2.5, 5.0)  # pixels: by which the picture is blurred
_NARROW = 2.0  # pixels of σ: up to here the first two tell it, beyond the last two
_EDGE = 6.0  # a gradient is an edge when it is so many times that of the noise
_STRONG = 0.25  # and at least this share of the strong ones


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edge pixels of a picture of `shape` (H, W): each value is of one of them.

    `rows` and `columns` say where it is, `sigma` how wide (pixels), and `across` in which
    direction it is crossed: radians, 0 to π, counter-clockwise from the right.
    """

    shape: tuple[int, int]
    rows: NDArray[np.intp] = field(repr=False)
    columns: NDArray[np.intp] = field(repr=False)
    sigma: Gray = field(repr=False)
    across: Floats = field(repr=False)


def find_edges(gray: Gray, noise: float) -> Edges:
    """The edges of a picture in levels of 0 to 255; `noise` is its standard deviation there."""
    slopes = _slopes(cv2.GaussianBlur(gray, (0, 0), _BLURS[0]))
    gradient = _steepness(slopes)
    where = _ridges(gradient, noise)
    first = gradient[where]
    second, third = (
        _steepness(_slopes(cv2.GaussianBlur(gray, (0, 0), sigma)))[where] for sigma in _BLURS[1:]
    )
    narrow = _width(first, second, _BLURS[0], _BLURS[1])
    wide = _width(second, third, _BLURS[1], _BLURS[2])
    rows, columns = np.nonzero(where)
    across = np.arctan2(-slopes[1][where], slopes[0][where]) % np.pi
    return Edges(gray.shape, rows, columns, np.where(narrow < _NARROW, narrow, wide), across)


def _width(fine: Gray, wide: Gray, by: float, more: float) -> Gray:
    """σ of edges from their gradients after blurs by two known widths."""
    squared = np.square(fine / np.maximum(wide, 1e-6))
    variance = (more**2 - squared * by**2) / np.maximum(squared - 1.0, 1e-3)
    return np.sqrt(np.clip(variance, LEAST**2, MOST**2))


def _slopes(gray: Gray) -> tuple[Gray, Gray]:
    """Across and down."""
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _steepness(slopes: tuple[Gray, Gray]) -> Gray:
    return np.asarray(cv2.magnitude(*slopes), np.float32)


def _ridges(gradient: Gray, noise: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where the gradient is highest, and neither noise nor faint."""
    # Smoothed by σ = 1, white noise has a Sobel gradient of about 1.3 times its deviation.
    strong = float(np.percentile(gradient[::3, ::3], 99))  # sorting all would take long
    least = max(_EDGE * 1.3 * max(noise, 0.3), _STRONG * strong)
    ridge = gradient >= cv2.dilate(gradient, np.ones((3, 3), np.uint8)) * 0.95
    return np.asarray(ridge & (gradient > least), np.bool_)
