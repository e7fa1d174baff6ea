"""Which tool is in hand. The brushes share their tip, and the shapes their mode."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from unblur.document.shapes import Pressure
from unblur.ui.actions import ActionId, Actions
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.face_search import FaceSearch
from unblur.ui.tools.box import EllipseTool, RectangleTool
from unblur.ui.tools.brush import BrushTool, EraserTool, ProtectTool
from unblur.ui.tools.face import FaceTool
from unblur.ui.tools.lasso import LassoTool
from unblur.ui.tools.options import DrawMode, ToolOptions
from unblur.ui.tools.pan import PanTool
from unblur.ui.tools.select import SelectTool
from unblur.ui.tools.thing import Pointing, ThingTool
from unblur.ui.tools.tool import Tool

_MODES = {
    ActionId.MODE_NEW: DrawMode.NEW,
    ActionId.MODE_ADD: DrawMode.ADD,
    ActionId.MODE_SUBTRACT: DrawMode.SUBTRACT,
    ActionId.MODE_INTERSECT: DrawMode.INTERSECT,
}
_HINTS: dict[type, str] = {
    SelectTool: "Click a region to select it.",
    PanTool: "Drag to move the photo.",
    RectangleTool: "Shift: a square. Alt: from the middle.",
    EllipseTool: "Shift: a circle. Alt: from the middle.",
    LassoTool: "Draw around something; the line closes itself.",
    ThingTool: "Click a thing, then more of it. Alt: not that. Shift: another. Parts: , and .",
    FaceTool: "Click a face that was missed, or draw its oval. Click an oval to adjust it.",
    BrushTool: "Alt or Ctrl: take away.",
    ProtectTool: "What is red keeps the original, in every region.",
}


class ToolChoice(QObject):
    """Gives the canvas the tool of the checked action; the first is the rectangle.

    Signals:
        changed: another tool is in hand, or its options are others.
    """

    changed = Signal()

    def __init__(
        self,
        actions: Actions,
        canvas: Canvas,
        point: Callable[[Pointing], None],
        faces: FaceSearch,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.options = ToolOptions()
        self._actions = actions
        self._canvas = canvas
        options = self.options
        self._tools: dict[ActionId, Tool] = {
            ActionId.SELECT_TOOL: SelectTool(),
            ActionId.PAN_TOOL: PanTool(),
            ActionId.RECTANGLE_TOOL: RectangleTool(options),
            ActionId.ELLIPSE_TOOL: EllipseTool(options),
            ActionId.LASSO_TOOL: LassoTool(options),
            ActionId.OBJECT_TOOL: ThingTool(point),
            ActionId.FACE_TOOL: FaceTool(faces.add_at, faces.add),
            ActionId.BRUSH_TOOL: BrushTool(options=options),
            ActionId.ERASER_TOOL: EraserTool(options=options),
            ActionId.PROTECT_TOOL: ProtectTool(options=options),
        }
        for identity in self._tools:
            actions[identity].triggered.connect(lambda _=False, i=identity: self.take(i))
        for identity, mode in _MODES.items():
            actions[identity].triggered.connect(lambda _=False, m=mode: self._choose_mode(m))
        actions[ActionId.BRUSH_SMALLER].triggered.connect(lambda: canvas.resize_tool(-1))
        actions[ActionId.BRUSH_LARGER].triggered.connect(lambda: canvas.resize_tool(1))
        canvas.tool_resized.connect(self.changed)
        self.take(ActionId.RECTANGLE_TOOL)

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._canvas.tool

    @property
    def is_brush(self) -> bool:
        """Whether size, hardness and pressure matter."""
        return isinstance(self.tool, BrushTool)

    @property
    def modes(self) -> tuple[DrawMode, ...]:
        """What the tool in hand can do with what is drawn; an eraser has no choice."""
        if isinstance(self.tool, EraserTool | SelectTool | PanTool | ThingTool | FaceTool):
            return ()
        return tuple(DrawMode)[1:] if self.is_brush else tuple(DrawMode)

    @property
    def hint(self) -> str:
        """What keys do with the tool in hand, where there is room to say it."""
        return _HINTS.get(type(self.tool), "")

    def take(self, identity: ActionId) -> None:
        """Put a tool in hand."""
        self._canvas.set_tool(self._tools[identity])
        self._actions[identity].setChecked(True)
        # Space and the arrows belong to the photo now, not to the button that was pressed.
        self._canvas.setFocus()
        self._show_modes()
        self.changed.emit()

    def set_radius(self, radius: float) -> None:
        """Another size of all brushes, in photo pixels."""
        self.options.tip.set_radius(radius)
        self._canvas.update()
        self.changed.emit()

    def set_hardness(self, hardness: float) -> None:
        """Another hardness of all brushes, 0 to 1."""
        self.options.tip.hardness = min(1.0, max(0.0, hardness))
        self._canvas.update()
        self.changed.emit()

    def set_pressure(self, pressure: Pressure) -> None:
        """What the pressure of a pen changes."""
        self.options.tip.pressure = pressure
        self.changed.emit()

    def _choose_mode(self, mode: DrawMode) -> None:
        if self.is_brush:
            self.options.brush_mode = mode
        else:
            self.options.shape_mode = mode
        self._canvas.update()
        self.changed.emit()

    def _show_modes(self) -> None:
        """Enable the modes that the tool in hand has, and check the chosen one."""
        chosen = self.options.brush_mode if self.is_brush else self.options.shape_mode
        for identity, mode in _MODES.items():
            self._actions[identity].setEnabled(mode in self.modes)
            self._actions[identity].setChecked(mode is chosen)
