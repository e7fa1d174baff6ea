"""The weights of PSFs by their shape, in numpy: whoever only shows one needs no torch.

Every function returns float64 (h, w), both sides odd, of sum one, the origin in the middle and
no empty rim. `shapes` has the same as PSFs to solve with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unblur_models.deconvolution.errors import InvalidPsfError

MAX_SIDE = 1023
"""Pixels: far above any blur that can be undone, far below any size that hurts."""

Weights = NDArray[np.float64]

_STEPS_A_PIXEL = 16
_GAUSS_REACH = 4.0  # standard deviations; beyond lies less than a 16-bit step


def motion_weights(length: float, angle: float) -> Weights:
    """A straight, even movement over `length` pixels; see `shapes.motion_psf`."""
    _check_extent(length, "length")
    x = math.cos(math.radians(angle)) * length / 2
    y = -math.sin(math.radians(angle)) * length / 2
    return path_weights([(-x, -y), (x, y)])


def disc_weights(radius: float) -> Weights:
    """An even disc of `radius` pixels; see `shapes.disc_psf`."""
    _check_extent(2 * radius, "radius")
    side = 2 * math.ceil(radius) + 1
    axis = np.arange(side) - side // 2
    distance = np.sqrt(axis[:, None] ** 2.0 + axis**2.0)
    return trimmed(np.clip(radius + 0.5 - distance, 0.0, 1.0))


def gaussian_weights(deviation: float) -> Weights:
    """A round Gaussian of this standard deviation; see `shapes.gaussian_psf`."""
    _check_extent(2 * _GAUSS_REACH * deviation, "deviation")
    if deviation == 0:
        return np.ones((1, 1))
    side = 2 * math.ceil(_GAUSS_REACH * deviation) + 1
    edges = (np.arange(side + 1) - side / 2) / (deviation * math.sqrt(2))
    profile = np.diff([math.erf(edge) for edge in edges])
    whole = np.multiply.outer(profile, profile)
    return np.asarray(whole / whole.sum())


def path_weights(points: Sequence[tuple[float, float]]) -> Weights:
    """The path of a light over one exposure; see `shapes.drawn_psf`."""
    path = np.array([[float(x), float(y)] for x, y in points])
    if not len(path):
        raise InvalidPsfError("a path has at least one point")
    if not np.isfinite(path).all():
        raise InvalidPsfError("some points of the path are not finite")
    _check_extent(float((path.max(0) - path.min(0)).max()), "path")
    lights = _evenly(path)
    lights = lights - lights.mean(0)
    reach = np.ceil(np.abs(lights).max(0)).astype(int) + 1
    weights = np.zeros((2 * reach[1] + 1, 2 * reach[0] + 1))
    # Each light falls on the four pixels around it, by its distance to them.
    corner = np.floor(lights)
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        place = corner + np.array((right, down))
        share = (1 - np.abs(lights - place)).prod(1)
        columns, rows = (place.astype(int) + reach).T
        np.add.at(weights, (rows, columns), share)
    return trimmed(weights)


def trimmed(weights: Weights) -> Weights:
    """Weights (h, w), odd, divided by their sum and without the empty rim around them.

    Raises InvalidPsfError where all are zero.
    """
    lit = np.argwhere(weights > 0)
    if not len(lit):
        raise InvalidPsfError("all weights are zero")
    middle = np.array(weights.shape) // 2
    down, right = np.abs(lit - middle).max(0)
    kept = weights[
        middle[0] - down : middle[0] + down + 1, middle[1] - right : middle[1] + right + 1
    ]
    return np.asarray(kept / kept.sum())


def _evenly(path: Weights) -> Weights:
    """Points at even distances along a path (n, 2)."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    travelled = np.concatenate(([0.0], lengths.cumsum()))
    total = float(travelled[-1])
    if total == 0:
        return path[:1]
    count = max(2, math.ceil(total * _STEPS_A_PIXEL))
    wanted = (np.arange(count) + 0.5) * (total / count)
    across, down = (np.interp(wanted, travelled, path[:, axis]) for axis in (0, 1))
    return np.stack((across, down), 1)


def _check_extent(extent: float, name: str) -> None:
    if not 0 <= extent < MAX_SIDE - 4:
        raise InvalidPsfError(f"a {name} that is not from 0 to {MAX_SIDE} pixels across")
