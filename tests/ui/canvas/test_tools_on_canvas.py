"""Tools on the real canvas: one gesture commits once, and Esc takes everything back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from unblur.document.document import Document, diff
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import BrushStroke, Rectangle
from unblur.imaging.composite import result
from unblur.ui.canvas import backlog
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.qimage import rgb_array
from unblur.ui.tools.box import EllipseTool, RectangleTool, rect_of
from unblur.ui.tools.brush import BrushTool, EraserTool, ProtectTool
from unblur.ui.tools.lasso import LassoTool
from unblur.ui.tools.options import BrushTip, DrawMode, ToolOptions
from unblur.ui.tools.select import SelectTool

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(stage):
    """A photo exactly as large as the canvas, at 100 %."""
    stage.show(Document(stage.photo(Size(400, 300))))
    stage.look(CompareMode.RESULT, 1.0)
    stage.settle()
    return stage.canvas


def press(canvas, *points: tuple[int, int]) -> None:
    QTest.mousePress(canvas, LEFT, NO_KEY, QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, QPoint(*point))
        QApplication.processEvents()


def drag(canvas, *points: tuple[int, int]) -> None:
    press(canvas, *points)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(*points[-1]))


def test_a_rectangle_is_drawn_committed_once_and_selected(canvas, stage) -> None:
    canvas.set_tool(RectangleTool())
    drag(canvas, (50, 60), (80, 90), (150, 120))
    assert [text for _, text in stage.commits] == ["Draw Rectangle"]
    assert rect_of(stage.commits[0][0].regions[0]) == Rect(50, 60, 100, 60)
    assert stage.picked == [stage.commits[0][0].regions[0].id]
    drag(canvas, (100, 90), (110, 95))
    assert stage.commits[-1][1] == "Move Rectangle"
    assert rect_of(stage.canvas.document.regions[0]) == Rect(60, 65, 100, 60)


@pytest.mark.parametrize("tool", [RectangleTool(), BrushTool(20)])
def test_esc_takes_a_gesture_back(canvas, stage, tool) -> None:
    before = stage.shot()
    canvas.set_tool(tool)
    press(canvas, (50, 60), (90, 90), (150, 120))
    drawn = canvas.tool.extent(canvas.view, canvas.tools, None)
    assert canvas.tools.previewed is not None or drawn.width() > 90
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(150, 120))
    assert stage.commits == []
    assert canvas.tools.previewed is None
    QApplication.sendEvent(canvas, _left())
    np.testing.assert_array_equal(stage.shot(), before)


def test_a_brush_shows_what_it_restores_while_it_paints(canvas, stage) -> None:
    region = stage.region(BrushStroke((Point(60, 60),), 15))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_selected(region.id)
    canvas.set_tool(BrushTool(15))
    stage.settle()
    stage.layers.reads.clear()
    press(canvas, (60, 60), (100, 80), (160, 150))
    stage.settle()
    assert stage.layers.reads == []  # the pixels are there: only the mask is new
    shown = canvas.scene.document
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(160, 150))
    assert len(stage.commits) == 1
    assert stage.commits[0][0].regions[0] == shown.regions[0]
    QApplication.sendEvent(canvas, _left())
    wanted = result(stage.commits[0][0], stage.layers, Rect(0, 0, 400, 300))
    difference = np.abs(stage.shot().astype(int) - wanted).max(axis=2)
    assert (difference <= 1).mean() > 0.995


def test_the_eraser_takes_away_again(canvas, stage) -> None:
    region = stage.region(Rectangle(Rect(0, 0, 400, 300)))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_selected(region.id)
    canvas.set_tool(EraserTool(30))
    drag(canvas, (100, 100), (200, 100))
    QApplication.sendEvent(canvas, _left())
    shown = stage.shot()
    source = stage.canvas.document.photo.pixels
    np.testing.assert_array_equal(shown[90:110, 100:200], source[90:110, 100:200])
    np.testing.assert_array_equal(shown[200:, :], 255 - source[200:, :])


def test_a_click_selects_and_a_click_beside_deselects(canvas, stage) -> None:
    region = stage.region(Rectangle(Rect(20, 20, 100, 100)))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_tool(SelectTool())
    QTest.mouseClick(canvas, LEFT, NO_KEY, QPoint(60, 60))
    QTest.mouseClick(canvas, LEFT, NO_KEY, QPoint(300, 200))
    assert stage.picked == [region.id, None]


def test_an_edit_that_nobody_takes_disappears(canvas, stage) -> None:
    before = stage.shot()
    canvas.edit_committed.disconnect(stage._on_committed)
    canvas.region_picked.disconnect(stage._on_picked)
    canvas.set_tool(BrushTool(20))
    drag(canvas, (100, 100), (200, 150))
    QApplication.sendEvent(canvas, _left())
    assert canvas.scene.document is canvas.document
    np.testing.assert_array_equal(stage.shot(), before)


def test_a_brush_paints_across_the_divider_but_not_from_its_handle(canvas, stage) -> None:
    canvas.set_compare(CompareMode.SPLIT_VERTICAL, 0.5)
    canvas.set_tool(BrushTool(20))
    drag(canvas, (200, 40), (260, 90))
    assert len(stage.commits) == 1
    drag(canvas, (200, 150), (240, 150))
    assert len(stage.commits) == 1
    assert canvas.divider == pytest.approx(0.6)


def test_the_rectangle_tool_leaves_the_line_to_the_divider(canvas, stage) -> None:
    canvas.set_compare(CompareMode.SPLIT_VERTICAL, 0.5)
    canvas.set_tool(RectangleTool())
    drag(canvas, (195, 40), (235, 90))
    assert stage.commits == []
    assert canvas.divider == pytest.approx(0.6)


def test_side_by_side_both_halves_draw_the_same(canvas, stage) -> None:
    canvas.set_compare(CompareMode.SIDE_BY_SIDE)
    canvas.set_tool(RectangleTool())
    drag(canvas, (50, 60), (100, 120))
    canvas.set_selected(None)
    drag(canvas, (251, 60), (301, 120))
    first, second = (rect_of(region) for region in canvas.document.regions)
    assert first == second


def test_shift_and_wheel_size_the_brush(canvas, qtbot) -> None:
    brush = BrushTool(20)
    canvas.set_tool(brush)
    with qtbot.waitSignal(canvas.tool_resized) as resized:
        canvas.resize_tool(1)
    assert resized.args[0] == brush.radius > 20


def test_another_tool_or_photo_ends_the_gesture(canvas, stage) -> None:
    canvas.set_tool(BrushTool(20))
    press(canvas, (50, 60), (90, 90))
    canvas.set_tool(RectangleTool())
    assert canvas.tools.previewed is None
    press(canvas, (50, 60), (150, 90))
    stage.show(Document(stage.photo(Size(100, 100))))
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(150, 120))
    assert canvas.tools.previewed is None
    assert stage.commits == []


def test_an_undo_during_a_gesture_voids_it(canvas, stage) -> None:
    region = stage.region(Rectangle(Rect(20, 20, 100, 100)))
    before = canvas.document
    stage.show(before.with_region(region))
    canvas.set_tool(BrushTool(20))
    press(canvas, (200, 60), (250, 90))
    stage.show(before)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(250, 90))
    assert stage.commits == []
    assert canvas.scene.document is before


def test_outlines_and_tint_show_the_selected_region(canvas, stage) -> None:
    region = stage.region(BrushStroke((Point(100, 100),), 40))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_selected(region.id)
    plain = stage.shot()
    canvas.set_marks_visible(mask=True, outlines=True)
    stage.settle()
    marked = canvas.grab().toImage()
    assert marked.pixelColor(100, 100).getRgb()[:3] != tuple(plain[100, 100])
    assert marked.pixelColor(61, 100).lightness() > 200
    assert marked.pixelColor(300, 200).getRgb()[:3] == tuple(plain[200, 300])


def _left() -> QEvent:
    """The pointer leaves the canvas, and its ring with it."""
    return QEvent(QEvent.Type.Leave)


@pytest.mark.parametrize("tool", [EllipseTool(), LassoTool()])
def test_shapes_are_drawn_at_any_zoom(canvas, stage, tool) -> None:
    for scale in (0.5, 1.0, 3.0):
        stage.look(CompareMode.RESULT, scale)
        canvas.set_selected(None)
        canvas.set_tool(tool)
        corners = [canvas.view.to_view(Point(*p)) for p in ((20, 20), (80, 25), (75, 90))]
        drag(canvas, *((round(at.x), round(at.y)) for at in corners))
        reach = stage.commits[-1][0].regions[-1].bounds(Size(400, 300))
        assert abs(reach.left - 20) <= 2
        assert abs(reach.bottom - 90) <= 2


def test_shift_during_a_drag_makes_it_a_circle_at_once(canvas, stage) -> None:
    canvas.set_tool(EllipseTool())
    press(canvas, (50, 60), (150, 100))
    before = canvas.tool.extent(canvas.view, canvas.tools, None)
    # The keys that an event names are those that were down before it.
    shift = Qt.KeyboardModifier.ShiftModifier
    down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, NO_KEY)
    up = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Shift, shift)
    QApplication.sendEvent(canvas, down)
    after = canvas.tool.extent(canvas.view, canvas.tools, None)
    assert after.height() == pytest.approx(before.height() + 60)
    QApplication.sendEvent(canvas, up)
    assert canvas.tool.extent(canvas.view, canvas.tools, None) == before


def test_the_crosshairs_show_on_any_photo(canvas) -> None:
    canvas.set_tool(LassoTool())
    QTest.mouseMove(canvas, QPoint(90, 90))
    pixels = canvas.cursor().pixmap().toImage()
    shades = {
        pixels.pixelColor(x, y).lightness()
        for x in range(pixels.width())
        for y in range(pixels.height())
        if pixels.pixelColor(x, y).alpha() == 255
    }
    assert {0, 255} <= shades


def test_what_is_protected_shows_the_original_at_once_and_in_red(canvas, stage) -> None:
    stage.show(stage.canvas.document.with_region(stage.whole()))
    stage.settle()
    source = canvas.document.photo.pixels
    canvas.set_tool(ProtectTool(30))
    press(canvas, (100, 100), (200, 100))
    stage.settle()
    red = canvas.grab().toImage().pixelColor(150, 100)
    assert red.red() > red.green() + 40
    QTest.mouseRelease(canvas, LEFT, NO_KEY, QPoint(200, 100))
    assert len(stage.commits) == 1
    canvas.set_tool(SelectTool())
    QApplication.sendEvent(canvas, _left())
    shown = stage.shot()
    np.testing.assert_array_equal(shown[90:110, 100:200], source[90:110, 100:200])
    np.testing.assert_array_equal(shown[200:, :], 255 - source[200:, :])


@pytest.mark.parametrize("mode", list(DrawMode)[1:])
@pytest.mark.parametrize("is_protected", [False, True])
def test_many_moves_of_a_soft_brush_show_what_a_fresh_canvas_shows(
    canvas, stage, mode, is_protected
) -> None:
    first = BrushStroke((Point(40, 40), Point(300, 200)), 60, hardness=0.3)
    shield = (BrushStroke((Point(150, 60),), 50, hardness=0.5),) if is_protected else ()
    region = stage.region(Rectangle(Rect(0, 0, 200, 200)), first)
    stage.show(replace(stage.canvas.document.with_region(region), protection=shield))
    canvas.set_selected(region.id)
    stage.settle()
    options = ToolOptions(BrushTip(35, hardness=0.2), brush_mode=mode)
    canvas.set_tool(BrushTool(options=options))
    drag(canvas, (50, 150), (90, 120), (140, 140), (180, 90), (240, 160), (250, 220))
    QApplication.sendEvent(canvas, _left())
    shown = stage.shot()
    document = canvas.document
    canvas.show_document(None, diff(document, document), stage.layers)
    stage.show(document)
    stage.look(CompareMode.RESULT, 1.0)
    np.testing.assert_array_equal(shown, stage.shot())


def test_a_move_of_the_brush_paints_no_more_than_what_is_around_it(canvas, stage) -> None:
    region = stage.region(Rectangle(Rect(0, 0, 400, 300)))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_selected(region.id)
    canvas.set_tool(EraserTool(10))
    press(canvas, (50, 60), (60, 60))
    stage.settle()
    painted: list[QRect] = []
    paint = canvas._paint
    canvas._paint = lambda painter, event: (painted.append(event.rect()), paint(painter, event))
    QTest.mouseMove(canvas, QPoint(70, 60))
    stage.settle()
    del canvas._paint
    # `settle` repaints all; what the move itself asked for came first.
    assert painted[0].width() < 120
    assert painted[0].height() < 120


def test_a_new_region_is_tinted_while_it_is_drawn(canvas, stage) -> None:
    stage.show(Document(stage.flat(Size(400, 300), (128, 128, 128))))
    stage.look(CompareMode.RESULT, 1.0)
    canvas.set_tool(BrushTool(30))
    press(canvas, (100, 100), (200, 100))
    stage.settle()
    shown = canvas.grab().toImage().pixelColor(150, 100)
    assert shown.blue() > shown.red() + 40


def test_short_paints_leave_nothing_old_on_the_display(canvas, stage, monkeypatch, qtbot) -> None:
    # One step a paint: the two tiles that the stroke crosses are never done at once.
    monkeypatch.setattr(backlog, "_PAINT_MS", 0.0)
    monkeypatch.setattr(backlog, "_IDLE_PAINT_MS", 0.0)
    stage.look(CompareMode.ORIGINAL, 1.0)
    stage.settle()
    canvas.set_tool(BrushTool(30))
    press(canvas, (200, 100))
    for x in range(210, 330, 8):
        QTest.mouseMove(canvas, QPoint(x, 100 + x // 8))
        qtbot.wait(1)
        qtbot.waitUntil(lambda: canvas.is_complete)
        before = display(canvas)
        canvas.repaint()
        np.testing.assert_array_equal(before, display(canvas))


def display(canvas) -> np.ndarray:
    """What is on the screen now, without painting anything."""
    return rgb_array(canvas.screen().grabWindow(canvas.winId()).toImage())
