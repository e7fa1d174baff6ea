"""Brush and eraser: one stroke, one edit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import BrushStroke, Mode, Rectangle, WholePhoto
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.qimage import rgb_array
from unblur.ui.tools.brush import BrushTool, EraserTool
from unblur.ui.tools.options import MAX_RADIUS, MIN_RADIUS
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
