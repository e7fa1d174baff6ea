"""How wide the edges are that cross each direction: blur that follows no formula.

A hand does not move evenly along a line, and what it leaves differs over the photo: no single
spectrum explains it. But it widens the edges that it crosses, wherever they are. In a sharp
photo some edges of every direction are narrow somewhere; in one with shallow depth of field
they are so in the subject; where all edges of a direction are wide in all places, it moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unblur.analysis.edges import Edges
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.spectrum import Floats, Gray

_DIRECTIONS = 12  # edges count for the one they cross and for its neighbour: 30° at a time
_CELL = 128  # pixels: a place where something may be sharp
_NARROW = 0.35  # quantile: shadows and rounded things are wide in any photo
_FEWEST, _FEWEST_HERE = 100, 25  # edge pixels of a direction that can speak, and of it in a cell
_SHARPEST = 0.1  # of the cells: one alone may be wrong, or something pasted in

# docs/selection.md has what these give on real photographs.
_WIDE = 1.15  # pixels of σ: from here on a direction is blurred
_NOWHERE_SHARP = 0.8  # and from here on in the sharpest place, it is everywhere
_ROUND = 1.43  # times the narrowest direction: less is no motion
_LENGTH = 5.0  # of a motion, in units of the width; for even motion it is 4.6


@dataclass(frozen=True, slots=True)
class Softness:
    """The direction whose edges are widest. Widths are σ in pixels of the measured picture.

    `width` is that of its narrower edges all over the picture, `sharpest` the same where the
    picture is sharpest across it, and `least` that of the direction with the narrowest edges.
    `angle` is the direction in degrees, 0 to 180, counter-clockwise from the right.
    """

    width: float
    sharpest: float
    least: float
    angle: float

    @property
    def is_soft(self) -> bool:
        """Whether some direction is blurred in most of the picture."""
        return self.width > _WIDE

    @property
    def is_throughout(self) -> bool:
        """Whether no place is sharp in all directions."""
        return self.is_soft and self.sharpest > _NOWHERE_SHARP

    @property
    def is_round(self) -> bool:
        """Whether edges of all directions are about as wide: nothing moved."""
        return self.width < _ROUND * self.least

    def motion(self, sigma: float) -> Blur:
        """The motion that widened them; `sigma` is what a spectrum told of the blur across it."""
        return Blur(BlurKind.MOTION, sigma, _LENGTH * self.width, self.angle, is_even=False)


def softness(edges: Edges) -> Softness | None:
    """The direction that the blur widens most; None where there are too few edges to say."""
    sector = (edges.across * (_DIRECTIONS / math.pi)).astype(int) % _DIRECTIONS
    place = (edges.rows // _CELL) * (edges.shape[1] // _CELL + 1) + edges.columns // _CELL
    found = []
    for first in range(_DIRECTIONS):
        here = (sector == first) | (sector == (first + 1) % _DIRECTIONS)
        sigma = edges.sigma[here]
        if len(sigma) < _FEWEST:
            continue
        angle = ((first + 1) * 180.0 / _DIRECTIONS) % 180.0
        found.append((_narrow(sigma), angle, _sharpest(sigma, place[here])))
    sharpest = [each for *_, each in found if each is not None]
    if not sharpest:
        return None
    width, angle, _ = max(found)
    return Softness(width, max(sharpest), min(found)[0], angle)


def _narrow(sigma: Gray) -> float:
    rank = int(_NARROW * (len(sigma) - 1))
    return float(np.partition(sigma, rank)[rank])


def _sharpest(sigma: Gray, place: Floats) -> float | None:
    """The width where it is least, of places with enough edges; None where there are none."""
    order = np.lexsort((sigma, place))
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    counts = np.diff(starts, append=len(order))
    widths = sigma[order][starts + (_NARROW * (counts - 1)).astype(int)]
    widths = np.sort(widths[counts >= _FEWEST_HERE])
    return float(widths[int(_SHARPEST * len(widths))]) if len(widths) else None
