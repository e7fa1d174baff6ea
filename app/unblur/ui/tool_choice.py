"""Which tool is in hand. Brush and eraser share their size."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from unblur.ui.actions import ActionId, Actions
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.tools.brush import BrushTool, EraserTool
from unblur.ui.tools.pan import PanTool
from unblur.ui.tools.rectangle import RectangleTool
from unblur.ui.tools.select import SelectTool
from unblur.ui.tools.tool import Tool


class ToolChoice(QObject):
    """Gives the canvas the tool of the checked action; the first is the rectangle."""

    def __init__(self, actions: Actions, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._brushes = (BrushTool(), EraserTool())
        tools: dict[ActionId, Tool] = {
            ActionId.SELECT_TOOL: SelectTool(),
            ActionId.PAN_TOOL: PanTool(),
            ActionId.RECTANGLE_TOOL: RectangleTool(),
            ActionId.BRUSH_TOOL: self._brushes[0],
            ActionId.ERASER_TOOL: self._brushes[1],
        }
        for identity, tool in tools.items():
            actions[identity].triggered.connect(lambda _=False, t=tool: self._take(t))
        actions[ActionId.BRUSH_SMALLER].triggered.connect(lambda: self._resize(-1))
        actions[ActionId.BRUSH_LARGER].triggered.connect(lambda: self._resize(1))
        canvas.tool_resized.connect(self._on_tool_resized)
        actions[ActionId.RECTANGLE_TOOL].setChecked(True)
        canvas.set_tool(tools[ActionId.RECTANGLE_TOOL])

    def _take(self, tool: Tool) -> None:
        self._canvas.set_tool(tool)
        # Space and the arrows belong to the photo now, not to the button that was pressed.
        self._canvas.setFocus()

    def _resize(self, notches: float) -> None:
        self._brushes[0].resize(notches)
        self._on_tool_resized(self._brushes[0].radius)
        self._canvas.update()

    @Slot(float)
    def _on_tool_resized(self, radius: float) -> None:
        for brush in self._brushes:
            brush.set_radius(radius)
