"""Brush and eraser: one stroke, one edit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import BrushStroke, Mode, Pressure, Rectangle, WholePhoto
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.qimage import rgb_array
from unblur.ui.tools.brush import BrushTool, EraserTool
from unblur.ui.tools.options import MAX_RADIUS, MIN_RADIUS, BrushTip, DrawMode, ToolOptions
from unblur.ui.tools.tool import Pointer

LINE = [(100 + x, 200) for x in range(50)]


def test_a_stroke_without_a_region_begins_one_and_selects_it(make_context) -> None:
    context = make_context()
    context.drag(BrushTool(20), *LINE)
    document, text = context.commits[0]
    assert len(context.commits) == 1
    assert text == "Brush"
    assert context.picked == [document.regions[0].id]
    (stroke,) = document.regions[0].shapes
    assert stroke.radius == 20
    assert stroke.points[0] == (100, 200)
    assert stroke.points[-1] == (149, 200)


def test_points_that_change_nothing_are_left_out(make_context) -> None:
    context = make_context()
    context.drag(BrushTool(40), *LINE)
    (stroke,) = context.commits[0][0].regions[0].shapes
    assert len(stroke.points) < 12


def test_a_click_is_a_dot(make_context) -> None:
    context = make_context()
    context.drag(BrushTool(12), (5, 5))
    assert context.commits[0][0].regions[0].shapes == (BrushStroke((Point(5, 5),), 12),)


def test_a_stroke_goes_into_the_selected_region(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 50, 50)))
    context = make_context(region)
    context.selected = region.id
    context.drag(BrushTool(10), *LINE)
    (after,) = context.commits[0][0].regions
    assert after.id == region.id
    assert after.shapes[0] == region.shapes[0]
    assert len(after.shapes) == 2


def test_painting_beside_a_whole_photo_begins_a_region(make_context, make_region) -> None:
    region = make_region(WholePhoto())
    context = make_context(region)
    context.selected = region.id
    context.drag(BrushTool(10), *LINE)
    assert len(context.commits[0][0].regions) == 2


def test_the_eraser_takes_away_from_the_region_under_the_pointer(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(90, 180, 100, 50)))
    context = make_context(region)
    context.drag(EraserTool(10), *LINE)
    document, text = context.commits[0]
    assert text == "Erase"
    assert document.regions[0].shapes[-1].mode is Mode.SUBTRACT
    assert EraserTool().begin(context, Pointer(Point(700, 500))) is None


def test_cancelling_leaves_no_trace(make_context) -> None:
    context = make_context()
    gesture = BrushTool(10).begin(context, Pointer(Point(50, 50)))
    gesture.move(Pointer(Point(90, 90)))
    assert context.previewed is not None
    gesture.cancel()
    assert context.previewed is None
    assert context.commits == []


def test_the_size_keeps_within_its_limits() -> None:
    brush = BrushTool(20)
    brush.resize(1)
    assert brush.radius == pytest.approx(23)
    brush.resize(-1)
    assert brush.radius == pytest.approx(20)
    brush.resize(1000)
    assert brush.radius == MAX_RADIUS
    brush.resize(-1000)
    assert brush.radius == MIN_RADIUS


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (127, 127, 127)])
def test_the_ring_is_visible_on_any_background(make_context, colour) -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(*colour))
    painter = QPainter(image)
    view = ViewTransform(Size(100, 100), Size(100, 100))
    BrushTool(30).paint(painter, view, make_context(), Pointer(Point(50, 50)))
    painter.end()
    row = rgb_array(image)[50, :50].astype(int)
    assert np.abs(row - colour).max() > 100


def test_size_hardness_and_pressure_go_into_the_stroke(make_context) -> None:
    options = ToolOptions(BrushTip(25, hardness=0.4, pressure=Pressure.OPACITY))
    context = make_context()
    gesture = BrushTool(options=options).begin(context, pressed(100, 100, 0.25))
    gesture.move(pressed(120, 100, 0.75))
    gesture.release(pressed(121, 100, 0.0))
    (stroke,) = context.commits[0][0].regions[0].shapes
    assert (stroke.radius, stroke.hardness, stroke.pressure) == (25, 0.4, Pressure.OPACITY)
    # The pen is lifted at the end: it presses no more, but what it drew stays as wide.
    assert stroke.pressures == (0.25, 0.75, 0.75)


@pytest.mark.parametrize("pressure", [None, 0.3])
def test_a_mouse_or_a_pen_that_is_not_felt_presses_fully(make_context, pressure) -> None:
    wanted = Pressure.SIZE if pressure is None else Pressure.NOTHING
    options = ToolOptions(BrushTip(25, pressure=wanted))
    context = make_context()
    gesture = BrushTool(options=options).begin(context, pressed(100, 100, pressure))
    gesture.release(pressed(150, 100, pressure))
    (stroke,) = context.commits[0][0].regions[0].shapes
    assert stroke.pressures == ()


def test_the_other_end_of_a_pen_erases(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    start = Pointer(Point(100, 100), pressure=1.0, is_eraser=True)
    BrushTool(10).begin(context, start).release(start)
    assert context.commits[0][1] == "Erase"
    assert context.document.regions[0].shapes[-1].mode is Mode.SUBTRACT


@pytest.mark.parametrize(
    ("presses", "mode", "text"),
    [
        ("shift", Mode.ADD, "Brush"),
        ("alt", Mode.SUBTRACT, "Erase"),
        ("shift alt", Mode.INTERSECT, "Intersect Brush"),
    ],
)
def test_keys_at_the_press_choose_the_mode(make_context, make_region, presses, mode, text) -> None:
    region = make_region(Rectangle(Rect(0, 0, 300, 300)))
    context = make_context(region)
    context.selected = region.id
    context.drag(BrushTool(10), *LINE, presses=presses)
    assert context.commits[0][1] == text
    assert context.document.regions[0].shapes[-1].mode is mode


def test_the_eraser_needs_no_key_and_nothing_to_take_away_is_no_gesture(make_context) -> None:
    options = ToolOptions(brush_mode=DrawMode.INTERSECT)
    assert EraserTool(options=options).begin(make_context(), Pointer(Point(9, 9))) is None
    assert BrushTool(options=options).begin(make_context(), Pointer(Point(9, 9))) is None


def test_a_tiny_brush_shows_a_cross(make_context) -> None:
    view = ViewTransform(Size(100, 100), Size(100, 100))
    row = painted(BrushTool(1), view, make_context())[50]
    assert row[45].min() > 150  # an arm of the cross, beyond the ring
    assert painted(BrushTool(20), view, make_context())[50][45].max() < 10


def test_a_soft_brush_shows_where_it_is_hard(make_context) -> None:
    view = ViewTransform(Size(100, 100), Size(100, 100))
    soft = BrushTool(options=ToolOptions(BrushTip(40, hardness=0.5)))
    assert painted(soft, view, make_context())[50][30].max() > 80
    assert painted(BrushTool(40), view, make_context())[50][30].max() < 10


def test_the_ring_stays_within_what_is_painted_again(make_context) -> None:
    view = ViewTransform(Size(100, 100), Size(100, 100))
    for radius in (1, 13, 30):
        brush = BrushTool(radius)
        shown = painted(brush, view, make_context()).max(axis=2) > 0
        extent = brush.extent(view, make_context(), Pointer(Point(50, 50)))
        rows, columns = np.nonzero(shown)
        assert extent.left() <= columns.min()
        assert extent.right() >= columns.max()
        assert extent.top() <= rows.min()
        assert extent.bottom() >= rows.max()


def painted(brush: BrushTool, view: ViewTransform, context) -> np.ndarray:
    """What the brush paints at the middle of a black picture."""
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    brush.paint(painter, view, context, Pointer(Point(50, 50)))
    painter.end()
    return rgb_array(image)


def pressed(x: float, y: float, pressure: float | None) -> Pointer:
    return Pointer(Point(x, y), pressure=pressure)
