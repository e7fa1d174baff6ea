"""How original and result share the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from unblur.document.geometry import Point, Rect, Size
from unblur.ui.canvas.view import DevicePoint

MIN_DIVIDER, MAX_DIVIDER = 0.0, 1.0
GAP = 2  # device pixels between the two halves side by side


class CompareMode(StrEnum):
    """What the canvas shows; the original is always on the left or on top."""

    SPLIT_VERTICAL = "split-vertical"  # a vertical divider
    SPLIT_HORIZONTAL = "split-horizontal"
    SIDE_BY_SIDE = "side-by-side"
    RESULT = "result"
    ORIGINAL = "original"

    @property
    def is_split(self) -> bool:
        """Whether a divider lies over the photo."""
        return self in (CompareMode.SPLIT_VERTICAL, CompareMode.SPLIT_HORIZONTAL)


@dataclass(frozen=True, slots=True)
class Pane:
    """A part of the canvas that shows one of the two, in device pixels.

    The viewport's corner lies at (`origin_x`, `origin_y`) of the canvas.
    """

    area: Rect
    is_result: bool
    origin_x: int = 0
    origin_y: int = 0


def viewport_of(mode: CompareMode, canvas: Size) -> Size:
    """The viewport's size: the canvas, or half of it side by side."""
    if mode is CompareMode.SIDE_BY_SIDE:
        return Size(max(1, (canvas.width - GAP) // 2), max(1, canvas.height))
    return Size(max(1, canvas.width), max(1, canvas.height))


def divider_position(mode: CompareMode, divider: float, canvas: Size) -> int:
    """Column (or row) of device pixels at which the result begins."""
    length = canvas.height if mode is CompareMode.SPLIT_HORIZONTAL else canvas.width
    return round(min(MAX_DIVIDER, max(MIN_DIVIDER, divider)) * length)


def panes_of(mode: CompareMode, divider: float, canvas: Size) -> tuple[Pane, ...]:
    """The panes that together fill the canvas (but for the gap side by side)."""
    whole = Rect.of_size(canvas)
    at = divider_position(mode, divider, canvas)
    if mode is CompareMode.SPLIT_VERTICAL:
        return (
            Pane(Rect(0, 0, at, canvas.height), is_result=False),
            Pane(Rect.from_edges(at, 0, canvas.width, canvas.height), is_result=True),
        )
    if mode is CompareMode.SPLIT_HORIZONTAL:
        return (
            Pane(Rect(0, 0, canvas.width, at), is_result=False),
            Pane(Rect.from_edges(0, at, canvas.width, canvas.height), is_result=True),
        )
    if mode is CompareMode.SIDE_BY_SIDE:
        half = viewport_of(mode, canvas)
        return (
            Pane(Rect(0, 0, *half), is_result=False),
            Pane(Rect(half.width + GAP, 0, *half), is_result=True, origin_x=half.width + GAP),
        )
    return (Pane(whole, is_result=mode is CompareMode.RESULT),)


def in_viewport(panes: Sequence[Pane], place: Point) -> DevicePoint:
    """A place of the canvas, in device pixels, as one of the viewport that its pane shows."""
    pane = next((each for each in panes if each.area.contains_point(place)), None)
    if pane is None:
        return DevicePoint(place.x, place.y)
    return DevicePoint(place.x - pane.origin_x, place.y - pane.origin_y)
