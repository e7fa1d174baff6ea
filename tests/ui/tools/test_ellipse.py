"""The ellipse tool, and the keys that constrain a drag or choose its mode."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Ellipse, Mode, Rectangle, WholePhoto
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.qimage import rgb_array
from unblur.ui.tools.box import EllipseTool, RectangleTool
from unblur.ui.tools.options import DrawMode, ToolOptions
from unblur.ui.tools.tool import Pointer


def drawn(context) -> Ellipse:
    assert len(context.commits) == 1
    return context.commits[0][0].regions[-1].shapes[-1]


def test_a_drag_draws_one_ellipse_and_selects_it(make_context) -> None:
    context = make_context()
    context.drag(EllipseTool(), (10.4, 20.6), (30, 30), (60.3, 90.2))
    assert drawn(context) == Ellipse(Rect(10, 21, 50, 69))
    assert context.commits[0][1] == "Draw Ellipse"
    assert context.picked == [context.commits[0][0].regions[0].id]


def test_shift_draws_a_circle_alt_from_the_middle_and_both_both(make_context) -> None:
    cases = {
        (True, False): Rect(200, 200, 80, 80),
        (False, True): Rect(120, 160, 160, 80),
        (True, True): Rect(120, 120, 160, 160),
    }
    for (is_shift, is_alt), rect in cases.items():
        context = make_context()
        context.drag(EllipseTool(), (200, 200), (280, 240), is_shift=is_shift, is_alt=is_alt)
        assert drawn(context) == Ellipse(rect)


def test_an_ellipse_that_reaches_beyond_the_photo_keeps_its_form(make_context) -> None:
    context = make_context()
    context.drag(EllipseTool(), (700, 500), (900, 700))
    assert drawn(context) == Ellipse(Rect(700, 500, 200, 200))


def test_beside_the_photo_nothing_is_drawn(make_context) -> None:
    context = make_context()
    context.drag(EllipseTool(), (900, 700), (990, 790))
    assert context.commits == []


@pytest.mark.parametrize(
    ("presses", "mode", "text"),
    [
        ("shift", Mode.ADD, "Add Ellipse"),
        ("alt", Mode.SUBTRACT, "Subtract Ellipse"),
        ("shift alt", Mode.INTERSECT, "Intersect Ellipse"),
    ],
)
def test_keys_at_the_press_choose_the_mode_and_constrain_nothing(
    make_context, make_region, presses, mode, text
) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    keys = {f"is_{name}": True for name in presses.split()}
    context.drag(EllipseTool(), (100, 100), (180, 140), **keys)
    assert drawn(context) == Ellipse(Rect(100, 100, 80, 40), mode)
    assert context.commits[0][1] == text
    assert len(context.document.regions) == 1
    assert context.picked == []


def test_a_key_that_was_let_go_and_pressed_again_constrains(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    gesture = EllipseTool().begin(context, Pointer(Point(100, 100), is_shift=True))
    gesture.move(Pointer(Point(150, 120), is_shift=True))
    gesture.move(Pointer(Point(160, 130)))
    gesture.release(Pointer(Point(180, 140), is_shift=True))
    assert drawn(context) == Ellipse(Rect(100, 100, 80, 80))


@pytest.mark.parametrize("chosen", [DrawMode.ADD, DrawMode.SUBTRACT, DrawMode.INTERSECT])
def test_the_chosen_mode_draws_into_the_selected_region(make_context, make_region, chosen) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    # Inside the selected box: no handle and no move, for the mode asks to draw.
    context.drag(EllipseTool(ToolOptions(shape_mode=chosen)), (100, 100), (180, 140))
    assert drawn(context) == Ellipse(Rect(100, 100, 80, 40), chosen.mode)


def test_adding_without_a_region_begins_one_and_taking_away_begins_nothing(make_context) -> None:
    context = make_context()
    assert (
        EllipseTool(ToolOptions(shape_mode=DrawMode.SUBTRACT)).begin(context, Pointer(Point(5, 5)))
        is None
    )
    context.drag(EllipseTool(ToolOptions(shape_mode=DrawMode.ADD)), (100, 100), (180, 140))
    assert context.commits[0][1] == "Draw Ellipse"


def test_to_the_whole_photo_nothing_is_added_but_a_part_can_be_kept(
    make_context, make_region
) -> None:
    region = make_region(WholePhoto())
    context = make_context(region)
    context.selected = region.id
    context.drag(EllipseTool(ToolOptions(shape_mode=DrawMode.ADD)), (100, 100), (180, 140))
    assert len(context.document.regions) == 2
    context.selected = region.id
    context.drag(EllipseTool(ToolOptions(shape_mode=DrawMode.INTERSECT)), (100, 100), (180, 140))
    assert context.document.regions[0].shapes[-1].mode is Mode.INTERSECT


def test_a_cleared_region_is_drawn_anew(make_context, make_region) -> None:
    region = make_region()
    context = make_context(region)
    context.selected = region.id
    context.drag(RectangleTool(), (100, 100), (180, 140))
    (after,) = context.document.regions
    assert after.id == region.id
    assert after.shapes == (Rectangle(Rect(100, 100, 80, 40)),)


def test_the_selected_ellipse_is_moved_and_resized(make_context, make_region) -> None:
    region = make_region(Ellipse(Rect(100, 120, 200, 160)))
    context = make_context(region)
    context.selected = region.id
    tool = RectangleTool()  # either tool takes hold of either box
    context.drag(tool, (200, 200), (210, 190))
    assert context.commits[-1][1] == "Move Ellipse"
    context.drag(tool, (310, 270), (320, 270))
    assert context.commits[-1][1] == "Resize Ellipse"
    assert context.document.regions[0].shapes == (Ellipse(Rect(110, 110, 210, 160)),)


def test_cancelling_leaves_no_trace(make_context) -> None:
    context, tool = make_context(), EllipseTool()
    view = ViewTransform(Size(800, 600), Size(800, 600))
    gesture = tool.begin(context, Pointer(Point(50, 50)))
    gesture.move(Pointer(Point(150, 150)))
    assert tool.extent(view, context, None).width() > 100
    gesture.cancel()
    assert tool.extent(view, context, None).isEmpty()
    assert context.commits == []
    assert context.previewed is None


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (127, 127, 127)])
def test_the_line_that_is_drawn_is_visible_on_any_background(make_context, colour) -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(*colour))
    context, tool = make_context(), EllipseTool()
    tool.begin(context, Pointer(Point(20, 20))).move(Pointer(Point(80, 80)))
    painter = QPainter(image)
    view = ViewTransform(Size(100, 100), Size(100, 100))
    tool.paint(painter, view, context, None)
    painter.end()
    row = rgb_array(image)[50, :50].astype(int)
    assert np.abs(row - colour).max() > 100


def test_the_cursor_is_a_cross_until_there_is_something_to_take_hold_of(
    make_context, make_region
) -> None:
    region = make_region(Ellipse(Rect(100, 120, 200, 160)))
    context, tool = make_context(region), EllipseTool()
    assert tool.cursor(context, Pointer(Point(200, 200))) == Qt.CursorShape.CrossCursor
    context.selected = region.id
    assert tool.cursor(context, Pointer(Point(200, 200))) == Qt.CursorShape.SizeAllCursor
    adding = Pointer(Point(200, 200), is_shift=True)
    assert tool.cursor(context, adding) == Qt.CursorShape.CrossCursor
