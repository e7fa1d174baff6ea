"""Sizes, points and rectangles in photo pixels.

Sizes are (width, height) and array shapes are (height, width), so neither is ever
passed as bare numbers: a swapped pair is a bug that only non-square photos show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def megapixels(self) -> float:
        """Area in millions of pixels."""
        return self.area / 1e6


class Point(NamedTuple):
    """A position in photo pixels; (0, 0) is the top left corner of the top left pixel."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """Whole pixels from (x, y) on, `width` × `height`; empty when either is zero."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of_size(cls, size: Size) -> Rect:
        """All pixels of a picture of `size`."""
        return cls(0, 0, size.width, size.height)

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> Rect:
        """Rectangle between edges; crossed edges give an empty rectangle."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @classmethod
    def around(cls, corner: Point, opposite: Point) -> Rect:
        """Smallest rectangle of whole pixels that covers two corners."""
        left, right = sorted((corner.x, opposite.x))
        top, bottom = sorted((corner.y, opposite.y))
        return cls.from_edges(
            math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
        )

    @property
    def left(self) -> int:
        """First column."""
        return self.x

    @property
    def top(self) -> int:
        """First row."""
        return self.y

    @property
    def right(self) -> int:
        """One past the last column."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.y + self.height

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def center(self) -> Point:
        """Middle of the rectangle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    @property
    def is_empty(self) -> bool:
        """Whether no pixel lies inside."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index that cuts these pixels out of an (H, W, …) array."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def intersected(self, other: Rect) -> Rect:
        """Pixels that lie in both."""
        return Rect.from_edges(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def united(self, other: Rect) -> Rect:
        """Smallest rectangle that holds both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Rect.from_edges(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def overlaps(self, other: Rect) -> bool:
        """Whether at least one pixel lies in both."""
        return not self.intersected(other).is_empty

    def contains(self, other: Rect) -> bool:
        """Whether every pixel of `other` lies inside."""
        return other.is_empty or self.intersected(other) == other

    def contains_point(self, point: Point) -> bool:
        """Whether the point lies on one of the pixels."""
        return self.left <= point.x < self.right and self.top <= point.y < self.bottom

    def expanded(self, margin: int, within: Rect) -> Rect:
        """Grow by `margin` on every side, but stay inside `within`."""
        grown = Rect(
            self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin
        )
        return grown.intersected(within)

    def translated(self, dx: int, dy: int) -> Rect:
        """The same size, moved."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def relative_to(self, other: Rect) -> Rect:
        """The same pixels, counted from the corner of `other`."""
        return self.translated(-other.x, -other.y)

    def shrunk_by(self, factor: int) -> Rect:
        """Smallest rectangle that covers these pixels in a picture `factor` times smaller."""
        return Rect.from_edges(
            self.left // factor,
            self.top // factor,
            -(-self.right // factor),
            -(-self.bottom // factor),
        )

    def enlarged_by(self, factor: int) -> Rect:
        """The pixels that these become in a picture `factor` times larger."""
        return Rect(self.x * factor, self.y * factor, self.width * factor, self.height * factor)
