"""The protect brush: what it paints belongs to the document, not to a region."""

from __future__ import annotations

from unblur.document.geometry import Point, Rect
from unblur.document.shapes import BrushStroke, Mode, Rectangle
from unblur.ui.tools.brush import ProtectTool
from unblur.ui.tools.tool import Pointer

LINE = [(100 + x, 200) for x in range(50)]


def test_a_stroke_protects_and_leaves_the_regions_alone(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    context.drag(ProtectTool(20), *LINE)
    document, text = context.commits[0]
    assert len(context.commits) == 1
    assert text == "Protect"
    assert document.regions == (region,)
    (stroke,) = document.protection
    assert stroke.mode is Mode.ADD
    assert context.picked == []


def test_alt_and_the_other_end_of_a_pen_take_protection_away(make_context) -> None:
    context = make_context()
    assert ProtectTool().begin(context, Pointer(Point(5, 5), is_eraser=True)) is None
    context.drag(ProtectTool(20), *LINE)
    context.drag(ProtectTool(5), *LINE, presses="alt")
    assert context.commits[-1][1] == "Unprotect"
    assert [shape.mode for shape in context.document.protection] == [Mode.ADD, Mode.SUBTRACT]
    start = Pointer(Point(5, 5), is_eraser=True)
    ProtectTool(3).begin(context, start).release(start)
    assert context.document.protection[-1] == BrushStroke((Point(5, 5),), 3, Mode.SUBTRACT)


def test_cancelling_leaves_no_trace(make_context) -> None:
    context = make_context()
    gesture = ProtectTool(10).begin(context, Pointer(Point(50, 50)))
    gesture.move(Pointer(Point(90, 90)))
    assert context.previewed.protection
    gesture.cancel()
    assert context.previewed is None
    assert context.commits == []
