"""Wheel, drags, keys and drops on the canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from unblur.document.document import Document
from unblur.document.geometry import Size
from unblur.ui.canvas.compare import CompareMode

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(stage):
    stage.show(Document(stage.photo(Size(1200, 900)), (stage.whole(),)))
    stage.canvas.zoom_to(1.0)
    stage.settle()
    return stage.canvas


def turn(canvas, at, notches=0.0, *, pixels=None, keys=NO_KEY) -> None:
    event = QWheelEvent(
        QPointF(*at),
        canvas.mapToGlobal(QPointF(*at)),
        QPoint(*(pixels or (0, 0))),
        QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def drag(canvas, start, end, button=LEFT) -> None:
    QTest.mousePress(canvas, button, NO_KEY, QPoint(*start))
    for step in range(1, 5):
        x = start[0] + (end[0] - start[0]) * step // 4
        y = start[1] + (end[1] - start[1]) * step // 4
        QTest.mouseMove(canvas, QPoint(x, y))
    QTest.mouseRelease(canvas, button, NO_KEY, QPoint(*end))


@pytest.mark.parametrize("keys", [NO_KEY, Qt.KeyboardModifier.ControlModifier])
def test_the_wheel_zooms_at_the_pointer(canvas, keys) -> None:
    before = canvas.to_photo(QPointF(90, 60))
    turn(canvas, (90, 60), 1, keys=keys)
    assert canvas.view.scale == pytest.approx(2**0.25)
    after = canvas.to_photo(QPointF(90, 60))
    assert after == pytest.approx(before, abs=0.5)


def test_the_wheel_stops_at_100_percent_on_its_way(canvas) -> None:
    canvas.zoom_to(0.9)
    turn(canvas, (200, 150), 1)
    assert canvas.view.scale == pytest.approx(1.0)
    turn(canvas, (200, 150), 1)
    assert canvas.view.scale > 1.1


def test_two_fingers_pan_and_with_ctrl_they_zoom(canvas) -> None:
    before = canvas.view
    turn(canvas, (200, 150), pixels=(-30, -12))
    assert canvas.view.scale == before.scale
    assert canvas.view.offset == (before.offset.x - 30, before.offset.y - 12)
    turn(canvas, (200, 150), pixels=(0, 30), keys=Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.scale > before.scale


def test_the_middle_button_and_the_space_key_pan(canvas) -> None:
    before = canvas.view.offset
    drag(canvas, (100, 100), (60, 90), MIDDLE)
    assert canvas.view.offset == (before.x - 40, before.y - 10)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(canvas, (200, 100), (180, 90))  # on the divider, too
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view.offset == (before.x - 60, before.y - 20)


def test_the_divider_follows_the_pointer_and_stays_in_the_canvas(canvas, qtbot) -> None:
    canvas.set_compare(CompareMode.SPLIT_VERTICAL, 0.5)
    with qtbot.waitSignal(canvas.divider_moved):
        drag(canvas, (208, 40), (308, 80))
    assert canvas.divider == pytest.approx(0.75)
    drag(canvas, (300, 40), (-500, 80))
    assert canvas.divider == 0.0
    canvas.set_compare(CompareMode.SPLIT_HORIZONTAL, 0.5)
    drag(canvas, (20, 150), (60, 75))
    assert canvas.divider == pytest.approx(0.25)


def test_esc_puts_a_dragged_divider_back(canvas) -> None:
    canvas.set_compare(CompareMode.SPLIT_VERTICAL, 0.5)
    QTest.mousePress(canvas, LEFT, NO_KEY, QPoint(200, 40))
    QTest.mouseMove(canvas, QPoint(300, 40))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.divider == pytest.approx(0.5)


def test_the_keyboard_moves_divider_and_photo(canvas) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert canvas.divider == pytest.approx(0.52)
    before = canvas.view.offset
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.view.offset == (before.x - 64, before.y + 64)


def test_a_double_click_goes_between_fit_and_100_percent(canvas) -> None:
    canvas.fit()
    QTest.mouseDClick(canvas, LEFT, NO_KEY, QPoint(60, 60))
    assert canvas.view.scale == 1.0
    QTest.mouseDClick(canvas, LEFT, NO_KEY, QPoint(60, 60))
    assert canvas.navigator.is_fitted


def test_a_fitted_photo_stays_fitted_when_the_canvas_changes(canvas) -> None:
    canvas.fit()
    canvas.resize(700, 500)
    assert canvas.visible_rect() == canvas.document.photo.rect
    canvas.zoom_to(2.0)
    center = canvas.view_center()
    canvas.resize(300, 420)
    assert canvas.view_center() == pytest.approx(center, abs=0.5)
    assert canvas.view.scale == 2.0


def test_a_photo_is_found_again_where_it_was_left(canvas, stage) -> None:
    first, other = canvas.document, Document(stage.flat(Size(500, 400), (1, 2, 3)))
    canvas.navigator.pan(-40, -70)
    left = canvas.view
    stage.show(other)
    assert canvas.navigator.is_fitted
    stage.show(first)
    assert canvas.view == left
    stage.show(other)
    assert canvas.navigator.is_fitted


def test_a_pinch_on_a_trackpad_zooms_at_the_fingers(canvas) -> None:
    at = QPointF(90, 60)
    before = canvas.to_photo(at)
    kind, device = Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice()
    everywhere = canvas.mapToGlobal(at)
    event = QNativeGestureEvent(kind, device, 2, at, at, everywhere, 0.25, QPointF())
    QApplication.sendEvent(canvas, event)
    assert canvas.view.scale == pytest.approx(1.25)
    assert canvas.to_photo(at) == pytest.approx(before, abs=0.5)


def test_the_pointer_is_told_in_photo_pixels(canvas, qtbot) -> None:
    canvas.navigator.pan(1e6, 1e6)
    origin = canvas.view.offset
    with qtbot.waitSignal(canvas.cursor_moved) as told:
        QTest.mouseMove(canvas, QPoint(int(origin.x) + 10, int(origin.y) + 20))
    assert told.args[0] == (10, 20)


def test_the_cursor_says_what_a_press_would_do(canvas) -> None:
    canvas.set_compare(CompareMode.SPLIT_VERTICAL, 0.5)
    QTest.mouseMove(canvas, QPoint(205, 40))
    assert canvas.cursor().shape() == Qt.CursorShape.SplitHCursor
    QTest.mouseMove(canvas, QPoint(90, 40))
    assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor


def drop(canvas, mime: QMimeData) -> bool:
    """Drag something over the canvas and let it go; whether it was welcome."""
    copy, point = Qt.DropAction.CopyAction, QPoint(50, 50)
    enter = QDragEnterEvent(point, copy, mime, LEFT, NO_KEY)
    enter.setAccepted(False)
    QApplication.sendEvent(canvas, enter)
    if not enter.isAccepted():
        return False
    canvas.repaint()  # with its hint
    QApplication.sendEvent(canvas, QDropEvent(QPointF(point), copy, mime, LEFT, NO_KEY))
    return True


def test_dropped_files_arrive_in_their_order(canvas, qtbot) -> None:
    mime = QMimeData()
    paths = [Path("/photos/ä b.jpg"), Path("/photos/2.png")]
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    with qtbot.waitSignal(canvas.files_dropped) as dropped:
        assert drop(canvas, mime)
    assert dropped.args[0] == paths


def test_a_picture_from_a_browser_arrives_as_an_image(canvas, qtbot) -> None:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor(9, 8, 7))
    mime = QMimeData()
    mime.setImageData(image)
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    with qtbot.waitSignal(canvas.image_dropped) as dropped:
        assert drop(canvas, mime)
    assert dropped.args[0].size() == image.size()


def test_text_is_not_welcome(canvas) -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not drop(canvas, mime)


def test_two_thousand_clicks_leave_nothing_behind(canvas, stage) -> None:
    stage.settle()
    held = canvas.scene.source.nbytes
    for click in range(2000):
        point = QPoint(7 * click % 400, 11 * click % 300)
        QTest.mouseClick(canvas, LEFT, NO_KEY, point)
    stage.settle()
    assert canvas.scene.source.nbytes == held
    assert stage.commits == []


def test_without_a_photo_nothing_happens(stage) -> None:
    canvas = stage.canvas
    turn(canvas, (10, 10), 3)
    drag(canvas, (10, 10), (90, 90))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Escape):
        QTest.keyClick(canvas, key)
    canvas.navigator.zoom_in()
    canvas.fit()
    canvas.repaint()
    assert canvas.visible_rect().is_empty
