"""What a person draws: vectors in photo pixels, so that they survive any zoom and any save.

A mask is made from a row of shapes, in order. Each adds to what came before, takes away from
it or keeps only what both have; `Invert` and `Grow` change all that was drawn so far. So a
mask stays a few numbers that can be undone, whatever was done to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from unblur.document.geometry import Point, Rect, Size

_NOTHING = Rect(0, 0, 0, 0)


class Mode(StrEnum):
    """How a shape is combined with what was drawn before it."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


class Pressure(StrEnum):
    """What the pressure of a tablet's pen changes along a stroke."""

    NOTHING = "nothing"
    SIZE = "size"
    OPACITY = "opacity"


@dataclass(frozen=True, slots=True)
class WholePhoto:
    """Every pixel of the photo."""

    def reach(self, photo: Size) -> Rect:
        """All of the photo."""
        return Rect.of_size(photo)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Whole pixels inside a rectangle."""

    rect: Rect
    mode: Mode = Mode.ADD

    def reach(self, photo: Size) -> Rect:
        """The part that lies on the photo."""
        return self.rect.intersected(Rect.of_size(photo))


@dataclass(frozen=True, slots=True)
class Ellipse:
    """The ellipse that touches the four sides of `rect`."""

    rect: Rect
    mode: Mode = Mode.ADD

    def reach(self, photo: Size) -> Rect:
        """The part of its rectangle that lies on the photo."""
        return self.rect.intersected(Rect.of_size(photo))


@dataclass(frozen=True, slots=True)
class Lasso:
    """The inside of a closed line; where it crosses itself, all that it goes around."""

    points: tuple[Point, ...]
    mode: Mode = Mode.ADD
    _box: Rect = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at every point once: the reach is asked for with every tile."""
        object.__setattr__(self, "_box", _box(self.points, 0.0))

    def reach(self, photo: Size) -> Rect:
        """Pixels on the photo that it can touch."""
        return self._box.intersected(Rect.of_size(photo))


@dataclass(frozen=True, slots=True)
class BrushStroke:
    """A round brush drawn along `points`.

    `hardness` in [0, 1] is the share of the radius that is fully painted. `pressures`, in
    [0, 1] and one for each point (none: full pressure), change what `pressure` says.
    """

    points: tuple[Point, ...]
    radius: float
    mode: Mode = Mode.ADD
    hardness: float = 1.0
    pressures: tuple[float, ...] = ()
    pressure: Pressure = Pressure.NOTHING
    _box: Rect = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at every point once: the reach is asked for with every tile."""
        if self.pressures and len(self.pressures) != len(self.points):
            raise ValueError(f"{len(self.pressures)} pressures for {len(self.points)} points")
        object.__setattr__(self, "_box", _box(self.points, self.radius))

    def reach(self, photo: Size) -> Rect:
        """Pixels on the photo that the stroke can change, whatever its mode."""
        return self._box.intersected(Rect.of_size(photo))

    def with_point(self, point: Point, pressure: float = 1.0) -> BrushStroke:
        """The stroke drawn on to `point`; the pressure counts where the stroke has any."""
        pressures = (*self.pressures, pressure) if self.pressures else ()
        return replace(self, points=(*self.points, point), pressures=pressures)

    def tail(self, count: int) -> BrushStroke:
        """The stroke from its point number `count` on."""
        return replace(self, points=self.points[count:], pressures=self.pressures[count:])

    def joined(self, later: BrushStroke) -> BrushStroke | None:
        """This stroke and one that goes on from its end, as one; None if it does not."""
        pressures = (*self.pressures, *later.pressures[1:])
        points = (*self.points, *later.points[1:])
        whole = replace(self, points=points, pressures=pressures)
        return whole if whole.tail(len(self.points) - 1) == later else None

    def continues(self, other: BrushStroke) -> bool:
        """Whether `other` is how this stroke began."""
        kept = len(other.points)
        begun = replace(self, points=self.points[:kept], pressures=self.pressures[:kept])
        return 0 < kept <= len(self.points) and begun == other


@dataclass(frozen=True, slots=True)
class FoundMask:
    """A mask that was found, not drawn: how much each pixel of `rect` belongs to it.

    `levels` are values from 0 to 255, row by row, packed with zlib (`document.found_masks`):
    bytes can be compared, shared between documents and saved, and are small.
    """

    rect: Rect
    levels: bytes = field(repr=False)
    mode: Mode = Mode.ADD

    def reach(self, photo: Size) -> Rect:
        """The part of its rectangle that lies on the photo."""
        return self.rect.intersected(Rect.of_size(photo))


@dataclass(frozen=True, slots=True)
class Invert:
    """What was drawn so far becomes empty, and the rest of the photo full."""


@dataclass(frozen=True, slots=True)
class Grow:
    """The edge of what was drawn so far moves outward by `pixels`, or inward if negative.

    The photo's border is no edge: what reaches it stays there.
    """

    pixels: float


Drawn: TypeAlias = Rectangle | Ellipse | Lasso | BrushStroke | FoundMask
"""What the tools draw and detectors find, in one of three modes."""

Shape: TypeAlias = WholePhoto | Drawn | Invert | Grow
"""One step in the making of a mask."""


def bounds_of(shapes: tuple[Shape, ...], photo: Size) -> Rect:
    """A rectangle outside of which the mask of `shapes` is zero, as small as can be told."""
    bounds = _NOTHING
    for shape in shapes:
        bounds = _bounds_after(bounds, shape, photo)
    return bounds


def _bounds_after(bounds: Rect, shape: Shape, photo: Size) -> Rect:
    if isinstance(shape, Invert):
        return Rect.of_size(photo)
    if isinstance(shape, Grow):
        return _grown(bounds, shape.pixels, photo)
    if isinstance(shape, WholePhoto) or shape.mode is Mode.ADD:
        return bounds.united(shape.reach(photo))
    return bounds if shape.mode is Mode.SUBTRACT else bounds.intersected(shape.reach(photo))


def _grown(bounds: Rect, pixels: float, photo: Size) -> Rect:
    if bounds.is_empty:
        return bounds
    if pixels >= 0:
        return bounds.expanded(math.ceil(pixels), Rect.of_size(photo))
    inward = math.floor(-pixels)
    return Rect.from_edges(
        bounds.left + (inward if bounds.left > 0 else 0),
        bounds.top + (inward if bounds.top > 0 else 0),
        bounds.right - (inward if bounds.right < photo.width else 0),
        bounds.bottom - (inward if bounds.bottom < photo.height else 0),
    )


def _box(points: tuple[Point, ...], radius: float) -> Rect:
    """Whole pixels that lie within `radius` of the points, and one more at the far sides."""
    if not points:
        return _NOTHING
    xs = [point.x for point in points]
    ys = [point.y for point in points]
    return Rect.from_edges(
        math.floor(min(xs) - radius),
        math.floor(min(ys) - radius),
        math.ceil(max(xs) + radius) + 1,
        math.ceil(max(ys) + radius) + 1,
    )
