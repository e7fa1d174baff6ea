"""The arrow: a click selects what lies on top."""

from __future__ import annotations

from PySide6.QtCore import Qt

from unblur.document.geometry import Point, Rect
from unblur.document.shapes import BrushStroke, Mode, Rectangle, WholePhoto
from unblur.ui.tools.pan import PanTool
from unblur.ui.tools.select import SelectTool
from unblur.ui.tools.tool import Pointer


def test_a_click_selects_the_topmost_region_and_beside_all_none(make_context, make_region) -> None:
    below = make_region(Rectangle(Rect(0, 0, 200, 200)))
    above = make_region(BrushStroke((Point(150, 150),), 40))
    context = make_context(below, above)
    context.drag(SelectTool(), (150, 150))
    context.drag(SelectTool(), (20, 20))
    context.drag(SelectTool(), (500, 500))
    context.drag(SelectTool(), (-5, 20))
    assert context.picked == [above.id, below.id, None, None]
    assert context.commits == []


def test_what_was_erased_is_not_hit(make_context, make_region) -> None:
    region = make_region(WholePhoto(), BrushStroke((Point(100, 100),), 30, mode=Mode.SUBTRACT))
    context = make_context(region)
    context.drag(SelectTool(), (100, 100))
    assert context.picked == [None]


def test_a_drag_is_no_click(make_context, make_region) -> None:
    context = make_context(make_region(WholePhoto()))
    context.drag(SelectTool(), (100, 100), (300, 100))
    assert context.picked == []


def test_the_cursor_points_at_what_a_click_would_select(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 50, 50)))
    context = make_context(region)
    tool, inside = SelectTool(), Pointer(Point(10, 10))
    assert tool.cursor(context, inside) == Qt.CursorShape.PointingHandCursor
    context.selected = region.id
    assert tool.cursor(context, inside) == Qt.CursorShape.ArrowCursor


def test_the_hand_leaves_the_press_to_the_canvas(make_context) -> None:
    assert PanTool().begin(make_context(), Pointer(Point(1, 1))) is None
