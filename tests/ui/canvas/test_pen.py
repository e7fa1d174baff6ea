"""A tablet's pen on the real canvas, by the events that Qt sends for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication

from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Mode, Pressure, Rectangle
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.tools.box import RectangleTool
from unblur.ui.tools.brush import BrushTool

PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def canvas(stage):
    """A photo exactly as large as the canvas, at 100 %."""
    stage.show(Document(stage.photo(Size(400, 300))))
    stage.look(CompareMode.RESULT, 1.0)
    stage.settle()
    return stage.canvas


@pytest.fixture
def pen():
    """Sends one event of a pen; says whether the canvas took it."""
    devices = {
        kind: QPointingDevice(
            "pen",
            number,
            QInputDevice.DeviceType.Stylus,
            kind,
            QInputDevice.Capability.Pressure | QInputDevice.Capability.Position,
            1,
            1,
            "",
            QPointingDeviceUniqueId(),
        )
        for number, kind in enumerate((PEN, ERASER), 1)
    }

    def send(canvas, kind, at, pressure, end=PEN) -> bool:
        where = QPointF(*at)
        is_move = kind == QEvent.Type.TabletMove
        event = QTabletEvent(
            kind,
            devices[end],
            where,
            canvas.mapToGlobal(where),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            NO_BUTTON if is_move else LEFT,
            NO_BUTTON if kind == QEvent.Type.TabletRelease else LEFT,
        )
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    return send


def strokes(canvas, pen, end=PEN) -> None:
    assert pen(canvas, QEvent.Type.TabletPress, (100, 100), 0.2, end)
    for step in range(1, 6):
        at = (100 + 15 * step, 100)
        assert pen(canvas, QEvent.Type.TabletMove, at, 0.2 + 0.15 * step, end)
    assert pen(canvas, QEvent.Type.TabletRelease, (180, 100), 0.0, end)


def test_pressure_arrives_in_the_stroke(canvas, stage, pen) -> None:
    canvas.set_tool(BrushTool(20))
    strokes(canvas, pen)
    assert [text for _, text in stage.commits] == ["Brush"]
    (stroke,) = stage.commits[0][0].regions[0].shapes
    assert stroke.pressure is Pressure.SIZE
    assert stroke.pressures == pytest.approx((0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.95))


def test_the_other_end_erases_whatever_the_tool(canvas, stage, pen) -> None:
    region = stage.region(Rectangle(Rect(0, 0, 400, 300)))
    stage.show(stage.canvas.document.with_region(region))
    canvas.set_selected(region.id)
    canvas.set_tool(BrushTool(20))
    strokes(canvas, pen, ERASER)
    assert stage.commits[-1][1] == "Erase"
    assert stage.commits[-1][0].regions[0].shapes[-1].mode is Mode.SUBTRACT


def test_esc_takes_a_stroke_of_the_pen_back(canvas, stage, pen, qtbot) -> None:
    canvas.set_tool(BrushTool(20))
    pen(canvas, QEvent.Type.TabletPress, (100, 100), 0.5)
    pen(canvas, QEvent.Type.TabletMove, (150, 100), 0.5)
    assert canvas.tools.previewed is not None
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    pen(canvas, QEvent.Type.TabletRelease, (150, 100), 0.0)
    assert stage.commits == []
    assert canvas.tools.previewed is None


def test_for_other_tools_qt_makes_a_mouse_of_the_pen(canvas, stage, pen) -> None:
    canvas.set_tool(RectangleTool())
    assert not pen(canvas, QEvent.Type.TabletPress, (100, 100), 0.5)
    assert stage.commits == []
