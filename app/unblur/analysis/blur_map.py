"""Where a photo is blurred, and how much: measured at its edges, interpolated between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from unblur.analysis.edges import Edges
from unblur.analysis.spectrum import Gray
from unblur.document.buffer import Mask
from unblur.imaging.opencv import cv2

CELL = 8  # pixels of the measured picture
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


def blur_map(edges: Edges, factor: int) -> BlurMap | None:
    """The map of a picture that is `factor` times smaller than its photo; None without edges."""
    if not len(edges.sigma):
        return None
    weights, sums = np.zeros(edges.shape, np.float32), np.zeros(edges.shape, np.float32)
    weights[edges.rows, edges.columns] = 1.0
    sums[edges.rows, edges.columns] = np.log(edges.sigma)
    values, support = _spread(_cells(sums), _cells(weights))
    return BlurMap(np.exp(values) * np.float32(factor), support, CELL * factor)


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
