"""Pointer, wheel, trackpad and keys of the canvas, as gestures and moves of the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
    QSinglePointEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.cursors import cursor_of
from unblur.ui.canvas.divider import divider_cursor, is_on_divider
from unblur.ui.canvas.drags import DividerDrag, Drag, PanDrag, ToolDrag
from unblur.ui.canvas.frame import RenderFrame, area_of, origin_of
from unblur.ui.canvas.tool_host import ToolHost
from unblur.ui.canvas.wheel import Pan, ResizeTool, Zoom, intent_of, stopping_at_100
from unblur.ui.tools.brush import BrushTool
from unblur.ui.tools.pan import PanTool
from unblur.ui.tools.tool import Pointer, Tool

if TYPE_CHECKING:
    from unblur.ui.canvas.canvas import Canvas

_HANDLE_REACH = 8.0  # logical pixels
_KEY_PAN = 64.0  # logical pixels a key press
_KEY_DIVIDER = 0.02
_ALT_OR_CTRL = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
_CONSTRAINING = (Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Control)
_ERASER = QPointingDevice.PointerType.Eraser
_DIRECTIONS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class CanvasInput(QObject):
    """Watches a canvas's events; at most one drag is under way."""

    def __init__(self, canvas: Canvas, tools: ToolHost) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tools = tools
        self._drag: Drag | None = None
        self._is_space_down = False
        self._hover: QPointF | None = None
        self.tool: Tool = PanTool()
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_press,
            QEvent.Type.MouseMove: self._on_move,
            QEvent.Type.MouseButtonRelease: self._on_release,
            QEvent.Type.MouseButtonDblClick: self._on_double_click,
            QEvent.Type.TabletPress: self._on_pen,
            QEvent.Type.TabletMove: self._on_pen,
            QEvent.Type.TabletRelease: self._on_pen,
            QEvent.Type.Leave: self._on_leave,
            QEvent.Type.Wheel: self._on_wheel,
            QEvent.Type.KeyPress: self._on_key_press,
            QEvent.Type.KeyRelease: self._on_key_release,
            QEvent.Type.ShortcutOverride: self._on_shortcut_override,
            QEvent.Type.FocusOut: self._on_focus_out,
            QEvent.Type.NativeGesture: self._on_native_gesture,
            QEvent.Type.Gesture: self._on_gesture,
        }
        canvas.installEventFilter(self)

    @property
    def is_dragging(self) -> bool:
        """Whether a drag is under way."""
        return self._drag is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle one of the canvas's events; True when it is used up."""
        handler = self._handlers.get(event.type())
        if handler is not None and handler(event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def set_tool(self, tool: Tool) -> None:
        """Another tool takes the presses."""
        self.cancel()
        self.tool = tool
        self.update_cursor()

    def cancel(self) -> bool:
        """End the drag as if it had not begun; whether there was one."""
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.cancel()
            self._canvas.update()
            self.update_cursor()
        return drag is not None

    def drop_gesture(self) -> None:
        """The document changed under a tool's gesture, by an undo say: the gesture is void."""
        if isinstance(self._drag, ToolDrag):
            self.cancel()

    def update_cursor(self) -> None:
        """Give the pointer the shape of what a press would do."""
        if self._drag is not None:
            self._canvas.setCursor(cursor_of(self._drag.cursor))
        elif self._canvas.document is None or self._hover is None:
            self._canvas.unsetCursor()
        elif self._is_on_divider(self._hover) and not self._is_space_down:
            self._canvas.setCursor(divider_cursor(self._canvas.compare_mode))
        elif self._is_space_down:
            self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            shape = self.tool.cursor(self._tools, self._pointer(self._hover))
            self._canvas.setCursor(cursor_of(shape))

    def paint_tool(self, painter: QPainter, frame: RenderFrame) -> None:
        """Paint the tool's handles or ring into every pane."""
        pointer = self._pointer(self._hover) if self._hover is not None else None
        for origin in frame.origins:
            panes = [area_of(pane) for pane in frame.panes if origin_of(pane) == origin]
            painter.save()
            painter.setClipRect(panes[0].united(panes[-1]))
            painter.translate(origin)
            self.tool.paint(painter, frame.view, self._tools, pointer)
            painter.restore()

    def _on_press(self, event: QEvent) -> bool:
        mouse = cast(QSinglePointEvent, event)
        if self._canvas.document is None or self._drag is not None:
            return False
        position, button = mouse.position(), mouse.button()
        self._hover = position
        is_pan = button == Qt.MouseButton.MiddleButton or (
            button == Qt.MouseButton.LeftButton and self._is_space_down
        )
        if is_pan:
            self._drag = PanDrag(self._canvas, button, position)
        elif button == Qt.MouseButton.LeftButton:
            self._drag = self._left_drag(mouse)
        self.update_cursor()
        return self._drag is not None

    def _left_drag(self, mouse: QSinglePointEvent) -> Drag:
        position, button = mouse.position(), mouse.button()
        if self._is_on_divider(position):
            return DividerDrag(self._canvas, button, position)
        gesture = self.tool.begin(self._tools, self._pointer(position, mouse))
        if gesture is None:
            return PanDrag(self._canvas, button, position)
        cursor = self.tool.cursor(self._tools, self._pointer(position, mouse))
        return ToolDrag(gesture, button, cursor, position, self._pointer)

    def _on_pen(self, event: QEvent) -> bool:
        """A brush feels the pen; for all else Qt makes a mouse of it."""
        is_drawing = isinstance(self._drag, ToolDrag)
        if not isinstance(self.tool, BrushTool) or (self._drag is not None and not is_drawing):
            return False
        handlers = {
            QEvent.Type.TabletPress: self._on_press,
            QEvent.Type.TabletMove: self._on_move,
            QEvent.Type.TabletRelease: self._on_release,
        }
        return handlers[event.type()](event)

    def _on_move(self, event: QEvent) -> bool:
        mouse = cast(QSinglePointEvent, event)
        before = self._painted_area()
        self._hover = mouse.position()
        if self._canvas.document is None:
            return False
        point = self._canvas.to_photo(mouse.position())
        is_inside = self._canvas.document.photo.rect.contains_point(point)
        self._canvas.cursor_moved.emit(point if is_inside else None)
        if self._drag is not None:
            self._drag.move(mouse)
        else:
            self.update_cursor()
        self._canvas.update_viewport(before.united(self._painted_area()))
        return True

    def _on_release(self, event: QEvent) -> bool:
        mouse = cast(QSinglePointEvent, event)
        if self._drag is None or mouse.button() != self._drag.button:
            return False
        drag, self._drag = self._drag, None
        drag.release(mouse)
        self.update_cursor()
        self._canvas.update()
        return True

    def _on_double_click(self, event: QEvent) -> bool:
        """Between fit and 100 %; a brush takes it as one more press."""
        mouse = cast(QSinglePointEvent, event)
        is_left = mouse.button() == Qt.MouseButton.LeftButton
        if not is_left or self.tool.draws or self._is_on_divider(mouse.position()):
            return self._on_press(event)
        if self._canvas.document is not None:
            self._canvas.toggle_fit(mouse.position())
        return True

    def _on_leave(self, event: QEvent) -> bool:
        del event
        before = self._painted_area()
        self._hover = None
        self._canvas.cursor_moved.emit(None)
        self._canvas.update_viewport(before)
        return False

    def _on_wheel(self, event: QEvent) -> bool:
        wheel = cast(QWheelEvent, event)
        navigator, ratio = self._canvas.navigator, self._canvas.devicePixelRatioF()
        intent = intent_of(wheel)
        if self._canvas.document is None:
            return False
        if isinstance(intent, Zoom):
            scale = navigator.view.scale
            factor = stopping_at_100(scale, intent.factor) if intent.is_stepwise else intent.factor
            navigator.zoom_by(factor, self._canvas.to_viewport(wheel.position()))
        elif isinstance(intent, Pan):
            navigator.pan(intent.dx * ratio, intent.dy * ratio)
        elif isinstance(intent, ResizeTool) and isinstance(self.tool, BrushTool):
            self._canvas.resize_tool(intent.notches)
        self._hover = wheel.position()
        self.update_cursor()
        return True

    def _on_key_press(self, event: QEvent) -> bool:
        key = cast(QKeyEvent, event)
        if key.key() == Qt.Key.Key_Escape:
            return self.cancel()
        if key.key() == Qt.Key.Key_Space:
            self._is_space_down = True
            self.update_cursor()
            return True
        if key.key() in _CONSTRAINING:
            return self._press_keys(key)
        direction = _DIRECTIONS.get(Qt.Key(key.key()))
        if direction is None or self._canvas.document is None:
            return False
        if key.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move_divider(direction)
            return True
        step = _KEY_PAN * self._canvas.devicePixelRatioF()
        if key.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step *= 4
        self._canvas.navigator.pan(direction[0] * step, direction[1] * step)
        return True

    def _move_divider(self, direction: tuple[int, int]) -> None:
        is_horizontal = self._canvas.compare_mode is CompareMode.SPLIT_HORIZONTAL
        along = direction[1] if is_horizontal else direction[0]
        if self._canvas.compare_mode.is_split and along:
            self._canvas.move_divider(self._canvas.divider - along * _KEY_DIVIDER)

    def _on_key_release(self, event: QEvent) -> bool:
        key = cast(QKeyEvent, event)
        if key.key() in _CONSTRAINING:
            return self._press_keys(key)
        if key.key() != Qt.Key.Key_Space:
            return False
        if not key.isAutoRepeat():
            self._is_space_down = False
            self.update_cursor()
        return True

    def _press_keys(self, key: QKeyEvent) -> bool:
        """A key that changes what a press or a drag does, down or up."""
        before = self._painted_area()
        is_drawing = isinstance(self._drag, ToolDrag)
        if isinstance(self._drag, ToolDrag):
            self._drag.press_keys(key.modifiers())
        self.update_cursor()
        self._canvas.update_viewport(before.united(self._painted_area()))
        return is_drawing

    def _on_shortcut_override(self, event: QEvent) -> bool:
        """Esc and Alt belong to the drag while there is one; Space is the hand."""
        key = cast(QKeyEvent, event).key()
        # Alt would open the menus when it comes up.
        is_of_drag = key in (Qt.Key.Key_Escape, Qt.Key.Key_Alt) and self.is_dragging
        return key == Qt.Key.Key_Space or is_of_drag

    def _on_focus_out(self, event: QEvent) -> bool:
        """The key may come up elsewhere."""
        del event
        self._is_space_down = False
        return False

    def _on_native_gesture(self, event: QEvent) -> bool:
        gesture = cast(QNativeGestureEvent, event)
        kind = gesture.gestureType()
        anchor = self._canvas.to_viewport(gesture.position())
        if self._canvas.document is None:
            return False
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            self._canvas.navigator.zoom_by(max(0.1, 1.0 + gesture.value()), anchor)
            return True
        if kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self._canvas.toggle_fit(gesture.position())
            return True
        return False

    def _on_gesture(self, event: QEvent) -> bool:
        pinch = cast(QGestureEvent, event).gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture) or self._canvas.document is None:
            return False
        center = self._canvas.mapFromGlobal(pinch.centerPoint().toPoint())
        anchor = self._canvas.to_viewport(QPointF(center))
        self._canvas.navigator.zoom_by(max(0.1, pinch.scaleFactor()), anchor)
        return True

    def _is_on_divider(self, position: QPointF) -> bool:
        canvas, mode = self._canvas, self._canvas.compare_mode
        width, height = canvas.width(), canvas.height()
        if mode is CompareMode.SPLIT_HORIZONTAL:
            along, across, length = position.x(), position.y() - canvas.divider * height, width
        else:
            along, across, length = position.y(), position.x() - canvas.divider * width, height
        draws = self.tool.draws
        return is_on_divider(mode, along, across, length=length, handle_only=draws)

    def _painted_area(self) -> QRectF:
        """Where the tool paints now, in device pixels of the viewport."""
        pointer = self._pointer(self._hover) if self._hover is not None else None
        return self.tool.extent(self._canvas.view, self._tools, pointer)

    def _pointer(
        self,
        position: QPointF,
        event: QSinglePointEvent | None = None,
        keys: Qt.KeyboardModifier | None = None,
    ) -> Pointer:
        reach = _HANDLE_REACH * self._canvas.devicePixelRatioF() / self._canvas.view.scale
        if keys is None:
            keys = event.modifiers() if event else QGuiApplication.keyboardModifiers()
        pen = event if isinstance(event, QTabletEvent) else None
        return Pointer(
            self._canvas.to_photo(position),
            reach,
            is_shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            is_alt=bool(keys & _ALT_OR_CTRL),
            pressure=pen.pressure() if pen else None,
            is_eraser=pen is not None and pen.pointerType() == _ERASER,
        )
