"""The rectangle tool: one gesture, one edit, whole pixels."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from unblur.document.geometry import Point, Rect
from unblur.document.shapes import Rectangle
from unblur.ui.tools.box import RectangleTool, rect_of
from unblur.ui.tools.handles import Handle, handle_at, handle_points, moved, resized
from unblur.ui.tools.tool import Pointer

RECT = Rect(100, 120, 200, 160)
PHOTO = Rect(0, 0, 800, 600)


@pytest.fixture
def context(make_context, make_region):
    region = make_region(Rectangle(RECT))
    context = make_context(region)
    context.selected = region.id
    return context


def only_rect(context) -> Rect:
    assert len(context.commits) == 1
    return rect_of(context.commits[0][0].regions[-1])


def test_a_drag_draws_one_rectangle_of_whole_pixels_and_selects_it(make_context) -> None:
    context = make_context()
    context.drag(RectangleTool(), (10.4, 20.6), (30, 30), (60.3, 90.2))
    assert only_rect(context) == Rect(10, 21, 50, 69)
    assert context.picked == [context.commits[0][0].regions[0].id]


def test_it_can_be_drawn_from_any_corner_and_ends_at_the_photo(make_context) -> None:
    context = make_context()
    context.drag(RectangleTool(), (780, 590), (900, 700))
    assert only_rect(context) == Rect(780, 590, 20, 10)


def test_shift_draws_a_square(make_context) -> None:
    context = make_context()
    context.drag(RectangleTool(), (100, 100), (60, 170), is_shift=True)
    assert only_rect(context) == Rect(30, 100, 70, 70)


def test_a_slip_of_the_hand_draws_nothing_and_selects(context) -> None:
    context.selected = None
    context.drag(RectangleTool(), (150, 150), (155, 153))
    context.drag(RectangleTool(), (20, 20), (22, 20))
    assert context.commits == []
    assert context.picked == [context.document.regions[0].id, None]
    assert context.previewed is None


def test_the_inside_moves_it_and_the_photo_stops_it(context) -> None:
    context.drag(RectangleTool(), (200, 200), (210, 190), (190, 170))
    assert only_rect(context) == RECT.translated(-10, -30)
    context.commits.clear()
    context.drag(RectangleTool(), (200, 200), (-900, 9000))
    assert only_rect(context) == Rect(0, 440, 200, 160)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ((100, 120), Rect(105, 127, 195, 153)),
        ((300, 280), Rect(100, 120, 205, 167)),
        ((200, 120), Rect(100, 127, 200, 153)),
        ((300, 200), Rect(100, 120, 205, 160)),
    ],
)
def test_handles_move_their_sides(context, start, expected) -> None:
    context.drag(RectangleTool(), start, (start[0] + 5, start[1] + 7))
    assert only_rect(context) == expected


def test_a_side_never_passes_its_opposite() -> None:
    assert resized(RECT, Handle.LEFT, 999, 0, PHOTO, 8) == Rect(292, 120, 8, 160)
    assert resized(RECT, Handle.BOTTOM_RIGHT, -999, -999, PHOTO, 8) == Rect(100, 120, 8, 8)
    assert resized(RECT, Handle.TOP, 0, -999, PHOTO, 8) == Rect(100, 0, 200, 280)


def test_every_handle_is_found_where_it_is_drawn() -> None:
    for handle, point in handle_points(RECT).items():
        assert handle_at(RECT, point, 4.0) is handle
    assert handle_at(RECT, Point(200, 200), 4.0) is None
    assert handle_at(RECT, Point(500, 120), 4.0) is None


def test_a_tiny_rectangle_can_still_be_moved() -> None:
    tiny = Rect(50, 50, 8, 8)
    assert handle_at(tiny, Point(54, 54), 40.0) is None
    assert moved(tiny, 3, -2, PHOTO) == Rect(53, 48, 8, 8)


def test_putting_it_back_is_no_edit(context) -> None:
    context.drag(RectangleTool(), (200, 200), (240, 240), (200, 200))
    assert context.commits == []


def test_cancelling_leaves_no_trace(context) -> None:
    gesture = RectangleTool().begin(context, Pointer(Point(200, 200), 4.0))
    gesture.move(Pointer(Point(300, 300), 4.0))
    assert context.previewed is not None
    gesture.cancel()
    assert context.previewed is None
    assert context.commits == []


def test_the_cursor_says_what_a_press_would_do(context) -> None:
    tool = RectangleTool()
    shapes = [
        tool.cursor(context, Pointer(Point(*point), 4.0))
        for point in ((100, 120), (300, 120), (100, 200), (200, 120), (200, 200), (500, 500))
    ]
    assert shapes == [
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeBDiagCursor,
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.SizeVerCursor,
        Qt.CursorShape.SizeAllCursor,
        Qt.CursorShape.CrossCursor,
    ]
