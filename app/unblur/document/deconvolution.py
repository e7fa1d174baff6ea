"""How a region is deconvolved: the PSF, as a person describes it, and how to solve with it.

Plain values, so that undo, saving and recovery keep them. Lengths are in photo pixels.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

MAX_SIDE = 255
"""Pixels that a PSF measures at most in an edit: more blur than this nobody undoes."""

LEAST_NOISE, MOST_NOISE = 0.004, 0.25
DEFAULT_NOISE = 0.03
"""Right for a PSF that is not quite right; see docs/deconvolution.md."""

_WHITE = 65535
_LONGEST = MAX_SIDE - 8.0


class PsfOrigin(StrEnum):
    """Where the picture of a PSF comes from."""

    DRAWN = "drawn"
    ESTIMATED = "estimated"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class MotionBlur:
    """A straight movement; `angle` in degrees, anticlockwise from the right."""

    length: float
    angle: float

    def __post_init__(self) -> None:
        """Refuse what no PSF can be made of."""
        _check(0.0 <= self.length <= _LONGEST and math.isfinite(self.angle), self)


@dataclass(frozen=True, slots=True)
class DiscBlur:
    """A missed focus through a round aperture."""

    radius: float

    def __post_init__(self) -> None:
        """Refuse what no PSF can be made of."""
        _check(0.0 <= self.radius <= _LONGEST / 2, self)


@dataclass(frozen=True, slots=True)
class GaussianBlur:
    """A soft blur all around, of this standard deviation."""

    deviation: float

    def __post_init__(self) -> None:
        """Refuse what no PSF can be made of."""
        _check(0.0 <= self.deviation <= _LONGEST / 8, self)


@dataclass(frozen=True, slots=True)
class PsfPicture:
    """A PSF of any shape: `levels` are its weights, row by row, 16 bits, the lowest byte first.

    Sides are odd, the middle pixel is the origin, the brightest level is 65535. `confidence` in
    [0, 1] is how sure an estimate is; None for anything else.
    """

    width: int
    height: int
    levels: bytes
    origin: PsfOrigin
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no PSF."""
        sides = (self.width, self.height)
        _check(all(0 < side <= MAX_SIDE and side % 2 for side in sides), sides)
        _check(len(self.levels) == 2 * self.width * self.height, "levels do not fit the sides")
        _check(any(self.levels), "a PSF without light")
        _check(self.confidence is None or 0.0 <= self.confidence <= 1.0, self.confidence)


Blur: TypeAlias = MotionBlur | DiscBlur | GaussianBlur | PsfPicture


@dataclass(frozen=True, slots=True)
class Deconvolution:
    """How to deconvolve. `noise` is the deviation to reckon with, the photo's range being one:
    more gives a smoother result. With `is_linear` it is done in linear light.
    """

    blur: Blur
    noise: float = DEFAULT_NOISE
    is_linear: bool = False

    def __post_init__(self) -> None:
        """Refuse noise that no solver takes."""
        _check(LEAST_NOISE <= self.noise <= MOST_NOISE, self.noise)

    @property
    def reach(self) -> int:
        """How wide the PSF is, in pixels: the context that a place has to see."""
        blur = self.blur
        if isinstance(blur, MotionBlur):
            return math.ceil(blur.length) + 1
        if isinstance(blur, DiscBlur):
            return 2 * math.ceil(blur.radius) + 1
        if isinstance(blur, GaussianBlur):
            return 2 * math.ceil(2 * blur.deviation) + 1
        return max(blur.width, blur.height)


def picture_of(
    weights: NDArray[np.floating], origin: PsfOrigin, confidence: float | None = None
) -> PsfPicture:
    """Weights (h, w), not negative and not all zero, as a value of an edit.

    An even side gets an empty row below or column to the right; an empty rim goes. Raises
    ValueError for weights that are no PSF, or one over 255 pixels wide or high.
    """
    if weights.ndim != 2 or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("weights are two-dimensional, finite and not negative")
    if not weights.any():
        raise ValueError("a PSF without light")
    levels = np.rint(weights / weights.max() * _WHITE)
    levels = np.pad(levels, [(0, 1 - side % 2) for side in levels.shape])
    middle = np.array(levels.shape) // 2
    down, right = (int(reach) for reach in np.abs(np.argwhere(levels) - middle).max(0))
    kept = levels[
        middle[0] - down : middle[0] + down + 1, middle[1] - right : middle[1] + right + 1
    ]
    if max(kept.shape) > MAX_SIDE:
        raise ValueError(f"{kept.shape[1]} × {kept.shape[0]} pixels are over {MAX_SIDE}")
    data = np.ascontiguousarray(kept.astype("<u2")).tobytes()
    return PsfPicture(kept.shape[1], kept.shape[0], data, origin, confidence)


def levels_of(picture: PsfPicture) -> NDArray[np.uint16]:
    """The levels (h, w) of a picture, read-only."""
    levels = np.frombuffer(picture.levels, "<u2").reshape(picture.height, picture.width)
    return levels if sys.byteorder == "little" else levels.astype(np.uint16)


def _check(is_fine: bool, what: object) -> None:  # noqa: FBT001
    if not is_fine:
        raise ValueError(f"not a PSF to solve with: {what}")
