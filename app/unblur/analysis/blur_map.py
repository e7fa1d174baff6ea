"""Where a photo is blurred, and how much: measured at its edges, interpolated between them.

S. Zhuo and T. Sim, "Defocus Map Estimation from a Single Image", 2011: the gradient of an edge
of width σ, blurred once more by σ₀, shrinks by √(σ² + σ₀²) / σ. Here it is blurred by two
known widths, and their ratio is taken, so that noise counts less; and wide edges are measured
with wider ones. An edge alone is told exactly; in dense texture, where edges steepen each
other, the map reads 0.6 to 0.9 of the true width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from unblur.analysis.spectrum import Gray
from unblur.document.buffer import Mask
from unblur.imaging.opencv import cv2

CELL = 8  # pixels of the measured picture
_BLURS = (1.0, 2.5, 5.0)  # pixels: by which the picture is blurred
_NARROW = 2.0  # pixels of σ: up to here the first two tell it, beyond the last two
_LEAST, _MOST = 0.3, 12.0  # pixels of σ that can be told
_EDGE = 6.0  # a gradient is an edge when it is so many times that of the noise
_STRONG = 0.25  # and at least this share of the strong ones
_REACHES = (1.5, 4.0, 12.0, 40.0)  # cells: edges speak for their surroundings, farther if alone
_FADE = 0.02  # how much less a farther reach counts


@dataclass(frozen=True, slots=True, eq=False)
class BlurMap:
    """The blur over a photo: `sigma` is (H, W) in photo pixels, one value a cell.

    A cell is `cell` photo pixels a side; the last of a row or column may reach beyond the
    photo. `support` in [0, 1] says how near the edges are that a value comes from.
    """

    sigma: Mask = field(repr=False)
    support: Mask = field(repr=False)
    cell: int


def blur_map(gray: Gray, factor: int, noise: float) -> BlurMap | None:
    """The map of a picture that is `factor` times smaller than its photo; None without edges.

    `gray` are levels of 0 to 255, `noise` its standard deviation in the same.
    """
    gradients = [_gradient(cv2.GaussianBlur(gray, (0, 0), sigma)) for sigma in _BLURS]
    where = _edges(gradients[0], noise)
    if not where.any():
        return None
    first, second, third = (gradient[where] for gradient in gradients)
    narrow = _width(first, second, _BLURS[0], _BLURS[1])
    sigma = np.where(narrow < _NARROW, narrow, _width(second, third, _BLURS[1], _BLURS[2]))
    weights, sums = np.zeros(gray.shape, np.float32), np.zeros(gray.shape, np.float32)
    weights[where], sums[where] = 1.0, np.log(sigma)
    values, support = _spread(_cells(sums), _cells(weights))
    return BlurMap(np.exp(values) * np.float32(factor), support, CELL * factor)


def _width(fine: Gray, wide: Gray, by: float, more: float) -> Gray:
    """σ of edges from their gradients after blurs by two known widths."""
    squared = np.square(fine / np.maximum(wide, 1e-6))
    variance = (more**2 - squared * by**2) / np.maximum(squared - 1.0, 1e-3)
    return np.sqrt(np.clip(variance, _LEAST**2, _MOST**2))


def _gradient(gray: Gray) -> Gray:
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _edges(gradient: Gray, noise: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Ridges of the gradient that are neither noise nor faint."""
    # Smoothed by σ = 1, white noise has a Sobel gradient of about 1.3 times its deviation.
    strong = float(np.percentile(gradient[::3, ::3], 99))  # sorting all would take long
    least = max(_EDGE * 1.3 * max(noise, 0.3), _STRONG * strong)
    ridge = gradient >= cv2.dilate(gradient, np.ones((3, 3), np.uint8)) * 0.95
    return np.asarray(ridge & (gradient > least))


def _cells(values: Gray) -> Gray:
    """The sum over each cell."""
    height, width = values.shape
    padded = cv2.copyMakeBorder(
        values, 0, -height % CELL, 0, -width % CELL, cv2.BORDER_CONSTANT, value=0.0
    )
    rows, columns = padded.shape[0] // CELL, padded.shape[1] // CELL
    return np.asarray(padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3)), np.float32)


def _spread(sums: Gray, weights: Gray) -> tuple[Gray, Gray]:
    """Normalised convolution: near edges decide where there are any, farther ones elsewhere."""
    total, weight = np.zeros_like(sums), np.zeros_like(sums)
    share, support = 1.0, np.zeros_like(sums)
    for reach in _REACHES:
        blurred = cv2.GaussianBlur(weights, (0, 0), reach, borderType=cv2.BORDER_REPLICATE)
        if reach == _REACHES[0]:
            support = np.minimum(blurred, 1.0)
        total += share * cv2.GaussianBlur(sums, (0, 0), reach, borderType=cv2.BORDER_REPLICATE)
        weight += share * blurred
        share *= _FADE
    mean = float(sums.sum() / weights.sum())
    least = np.float32(1e-9)
    return (total + least * mean) / (weight + least), support
