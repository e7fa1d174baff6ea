"""What blurs do to a log spectrum: motion along a line, an open aperture, a Gaussian.

Each is log |K|² of a PSF of one parameter or two, at the samples of a polar grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from unblur.analysis.spectrum import Floats, PolarGrid, grid_of

# The zeros of a real blur are no zeros: motion is never quite even, nor an aperture quite round.
_FLOOR = 0.004

LENGTHS = np.geomspace(3.0, 44.0, 30)
"""Lengths of motion that are tried, in pixels."""
DIRECTIONS = np.arange(36) * (np.pi / 36)
"""Directions of motion that are tried, in radians."""
RADII = np.geomspace(1.2, 13.0, 28)
"""Radii of discs that are tried, in pixels."""


def motion(grid: PolarGrid, length: float, direction: float) -> Floats:
    """Even motion over `length` pixels: a sinc across the direction (radians)."""
    along = grid.across * (length * np.cos(direction)) + grid.up * (length * np.sin(direction))
    return np.asarray(np.log(np.sinc(along) ** 2 + _FLOOR))


def disc(grid: PolarGrid, radius: float) -> Floats:
    """A disc of `radius` pixels, as an open aperture makes of a point out of focus."""
    x, values = _jinc_table()
    transfer = np.interp(2 * np.pi * radius * grid.frequency, x, values)
    return np.asarray(np.log(transfer**2 + _FLOOR))


def motion_and_disc(grid: PolarGrid, length: float, direction: float, radius: float) -> Floats:
    """Both at once: a camera that moved and was not in focus."""
    return motion(grid, length, direction) + disc(grid, radius)


@dataclass(frozen=True, slots=True)
class Blur:
    """A family of PSFs: log |K|² on a grid from its parameters, and how far those may go."""

    log_power: Callable[..., Floats]
    limits: tuple[tuple[float, float], ...]
    has_disc: bool


_LENGTH, _TURN, _RADIUS = (2.0, 60.0), (-math.inf, math.inf), (0.8, 16.0)

MOTION = Blur(motion, (_LENGTH, _TURN), has_disc=False)
DISC = Blur(disc, (_RADIUS,), has_disc=True)
MOTION_AND_DISC = Blur(motion_and_disc, (_LENGTH, _TURN, _RADIUS), has_disc=True)


@cache
def motions(tile: int) -> Floats:
    """All lengths by all directions, one a row, as float32."""
    grid = grid_of(tile)
    rows = [motion(grid, length, angle) for length in LENGTHS for angle in DIRECTIONS]
    return np.array(rows, np.float32)


@cache
def discs(tile: int) -> Floats:
    """All radii, one a row, as float32."""
    return np.array([disc(grid_of(tile), radius) for radius in RADII], np.float32)


@cache
def _jinc_table() -> tuple[Floats, Floats]:
    """2 J₁(x) / x, with J₁ from Bessel's integral."""
    x = np.linspace(0.0, 80.0, 8001)
    turns = (np.arange(400) + 0.5) * (np.pi / 400)
    bessel = np.cos(turns - np.multiply.outer(x, np.sin(turns))).mean(axis=1)
    values = np.divide(2 * bessel, x, out=np.ones_like(x), where=x > 0)
    return x, values
