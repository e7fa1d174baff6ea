"""What a person draws: vectors in photo pixels, so that they survive any zoom and any save."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from unblur.document.geometry import Point, Rect, Size


@dataclass(frozen=True, slots=True)
class WholePhoto:
    """Every pixel of the photo."""

    def bounds(self, photo: Size) -> Rect:
        """All of the photo."""
        return Rect.of_size(photo)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Whole pixels inside a rectangle."""

    rect: Rect

    def bounds(self, photo: Size) -> Rect:
        """The part that lies on the photo."""
        return self.rect.intersected(Rect.of_size(photo))


@dataclass(frozen=True, slots=True)
class BrushStroke:
    """A round brush drawn along `points`; `erase` takes away what earlier shapes covered."""

    points: tuple[Point, ...]
    radius: float
    erase: bool = False

    def bounds(self, photo: Size) -> Rect:
        """Pixels that the stroke can touch; none for an eraser, which covers nothing."""
        if self.erase or not self.points:
            return Rect(0, 0, 0, 0)
        return self.reach(photo)

    def reach(self, photo: Size) -> Rect:
        """Pixels that the stroke changes, whether it adds or takes away."""
        xs = [point.x for point in self.points]
        ys = [point.y for point in self.points]
        return Rect.from_edges(
            math.floor(min(xs) - self.radius),
            math.floor(min(ys) - self.radius),
            math.ceil(max(xs) + self.radius) + 1,
            math.ceil(max(ys) + self.radius) + 1,
        ).intersected(Rect.of_size(photo))

    def with_point(self, point: Point) -> BrushStroke:
        """The stroke drawn on to `point`."""
        return replace(self, points=(*self.points, point))


Shape: TypeAlias = WholePhoto | Rectangle | BrushStroke
"""Shapes are painted in order: each adds to the mask, an eraser takes away."""


def bounds_of(shapes: tuple[Shape, ...], photo: Size) -> Rect:
    """Smallest rectangle outside of which the mask of `shapes` is zero."""
    united = Rect(0, 0, 0, 0)
    for shape in shapes:
        united = united.united(shape.bounds(photo))
    return united
