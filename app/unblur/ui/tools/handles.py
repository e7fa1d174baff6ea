"""The eight handles of a rectangle: pure arithmetic in photo pixels."""

from __future__ import annotations

from enum import Enum

from unblur.document.geometry import Point, Rect


class Handle(Enum):
    """An edge or a corner: the sides that it moves, -1 left or top, 1 right or bottom."""

    TOP_LEFT = (-1, -1)
    TOP_RIGHT = (1, -1)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM_LEFT = (-1, 1)
    TOP = (0, -1)
    RIGHT = (1, 0)
    BOTTOM = (0, 1)
    LEFT = (-1, 0)


def handle_points(rect: Rect) -> dict[Handle, Point]:
    """Where each handle lies."""
    middle = rect.center
    xs = {-1: float(rect.left), 0: middle.x, 1: float(rect.right)}
    ys = {-1: float(rect.top), 0: middle.y, 1: float(rect.bottom)}
    return {handle: Point(xs[handle.value[0]], ys[handle.value[1]]) for handle in Handle}


def handle_at(rect: Rect, point: Point, reach: float) -> Handle | None:
    """The handle under `point`; corners go before edges, and an edge is grabbed anywhere."""
    is_near_x = rect.left - reach <= point.x <= rect.right + reach
    is_near_y = rect.top - reach <= point.y <= rect.bottom + reach
    if not (is_near_x and is_near_y):
        return None
    # In a small rectangle the middle is left free for moving it.
    grip_x, grip_y = min(reach, rect.width / 4), min(reach, rect.height / 4)
    x = -1 if point.x < rect.left + grip_x else 1 if point.x > rect.right - grip_x else 0
    y = -1 if point.y < rect.top + grip_y else 1 if point.y > rect.bottom - grip_y else 0
    return Handle((x, y)) if (x, y) != (0, 0) else None


def moved(rect: Rect, dx: int, dy: int, within: Rect) -> Rect:
    """The rectangle moved, as far as it stays inside `within`."""
    inside_x = max(within.left - rect.left, min(within.right - rect.right, dx))
    inside_y = max(within.top - rect.top, min(within.bottom - rect.bottom, dy))
    return rect.translated(inside_x, inside_y)


def resized(rect: Rect, handle: Handle, dx: int, dy: int, within: Rect, smallest: int) -> Rect:
    """The rectangle with the handle's sides moved, never below `smallest` nor turned over."""
    left, right = _moved_side(
        (rect.left, rect.right), handle.value[0], dx, (within.left, within.right), smallest
    )
    top, bottom = _moved_side(
        (rect.top, rect.bottom), handle.value[1], dy, (within.top, within.bottom), smallest
    )
    return Rect.from_edges(left, top, right, bottom)


def _moved_side(
    sides: tuple[int, int], which: int, delta: int, limits: tuple[int, int], smallest: int
) -> tuple[int, int]:
    low, high = sides
    if which < 0:
        low = max(limits[0], min(low + delta, max(limits[0], high - smallest)))
    elif which > 0:
        high = min(limits[1], max(high + delta, min(limits[1], low + smallest)))
    return low, high
