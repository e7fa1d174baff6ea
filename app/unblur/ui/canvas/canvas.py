"""The canvas: shows a document, moves around in it, and hands gestures to the tool."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from unblur.document.document import Document, DocumentDiff
from unblur.document.geometry import Point, Rect, Size
from unblur.document.mask_change import document_change
from unblur.document.region import Region, RegionId
from unblur.imaging.composite import LayerReader
from unblur.ui.canvas.backdrop import paint_backdrop, paint_drop_hint, paint_empty
from unblur.ui.canvas.backlog import Backlog
from unblur.ui.canvas.blur_overlay import BlurOverlay
from unblur.ui.canvas.canvas_input import CanvasInput
from unblur.ui.canvas.compare import (
    CompareMode,
    Pane,
    divider_position,
    in_viewport,
    panes_of,
    viewport_of,
)
from unblur.ui.canvas.device_pixels import (
    align_to_device,
    device_size,
    to_device,
    to_logical,
)
from unblur.ui.canvas.divider import divider_area, paint_divider
from unblur.ui.canvas.drops import DropTarget
from unblur.ui.canvas.frame import RenderFrame
from unblur.ui.canvas.haste import Haste
from unblur.ui.canvas.marks import Marks
from unblur.ui.canvas.navigator import Navigator
from unblur.ui.canvas.scene import Scene
from unblur.ui.canvas.surface import widened
from unblur.ui.canvas.tool_host import ToolHost
from unblur.ui.canvas.view import DevicePoint, ViewTransform
from unblur.ui.overrides import reports_errors
from unblur.ui.tools.brush import BrushTool
from unblur.ui.tools.tool import Tool

_FIT_MARGIN = 16  # logical pixels around a fitted photo
_MARK_MARGIN = 4.0  # logical pixels that outlines reach beyond what changed


class Canvas(QWidget):
    """Source and result of a document under one view, with the tools' gestures.

    Signals:
        view_changed: the ViewTransform after every pan, zoom and resize.
        cursor_moved: the photo Point under the pointer, or None when it left the photo.
        divider_moved: the divider's place in [0, 1], after a drag or a key.
        edit_committed: a tool's new Document and the step's name.
        region_picked: the RegionId that a tool chose, or None.
        tool_resized: the brush's new radius in photo pixels.
        files_dropped: a list of Path.
        image_dropped: a QImage that has no file.
    """

    view_changed = Signal(object)
    cursor_moved = Signal(object)
    divider_moved = Signal(float)
    edit_committed = Signal(object, str)
    region_picked = Signal(object)
    tool_resized = Signal(float)
    files_dropped = Signal(list)
    image_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._layers: LayerReader | None = None
        self._document: Document | None = None
        self._mode = CompareMode.SPLIT_VERTICAL
        self._divider = 0.5
        self._is_peeking = False
        self._is_preview = False
        self._backlog = Backlog(self)
        self._backlog.wanted.connect(self._update_device)
        self.marks = Marks()
        self.tools = ToolHost(self)
        self._navigator = Navigator(self)
        self._navigator.changed.connect(self._on_view_changed)
        self._haste = Haste(self)
        self._haste.calmed.connect(self._repaint)
        self._input = CanvasInput(self, self.tools)
        self._drops = DropTarget(self)
        self._drops.hint_changed.connect(self._repaint)
        self._drops.files_dropped.connect(self.files_dropped)
        self._drops.image_dropped.connect(self.image_dropped)
        self.setAccessibleName("Photo")
        self.setAccessibleDescription("The photo before and after, with its regions")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown

    @property
    def document(self) -> Document | None:
        """The document that is shown, without any preview."""
        return self._document

    @property
    def scene(self) -> Scene | None:
        """The surfaces of the shown photo."""
        return self._scene

    @property
    def is_complete(self) -> bool:
        """Whether what was painted last is final: no tile left out, none scaled in haste."""
        return self._backlog.is_empty and not self._haste.is_hasty

    def show_document(
        self, document: Document | None, changes: DocumentDiff, layers: LayerReader
    ) -> None:
        """Show `document`; of the same photo only what differs is made anew."""
        before, self._document, self._layers = self._document, document, layers
        self.tools.document = document
        if document is None:
            self._input.cancel()
            self._scene = None
            self.marks.clear()
        elif self._scene is None or before is None or document.photo is not before.photo:
            self._input.cancel()
            self._scene = Scene(document, layers)
            self.marks.clear()
            self._backlog.be_generous()
            self._navigator.show_photo(document.photo.size, document.photo.fingerprint)
        else:
            self._input.drop_gesture()
            self._scene.show(document, layers)
            if changes.remodeled:
                self.marks.pending = ()
        self._input.update_cursor()
        self.update()

    def restored_changed(self, region_id: RegionId, rect: Rect) -> None:
        """Restored pixels of a region arrived in `rect` of the photo."""
        if self._scene is not None:
            touched = self._scene.pixels_changed(region_id, rect)
            self.update_viewport(QRectF(touched))

    def set_selected(self, region_id: RegionId | None) -> None:
        """Mark a region as the selected one."""
        self.tools.selected = region_id
        self._input.update_cursor()
        self.update()

    def set_pending(self, rects: Iterable[Rect]) -> None:
        """Photo rectangles that are being restored: they get a subtle outline."""
        self.marks.pending = tuple(rects)
        self.update()

    def set_blur_map(self, blur: BlurOverlay | None) -> None:
        """Show where the photo is blurred, or show it no more."""
        self.marks.blur = blur
        self.update()

    def set_marks_visible(self, *, mask: bool, outlines: bool) -> None:
        """Show the selected region's mask as a tint, and the regions' outlines."""
        self.marks.is_mask_visible, self.marks.are_outlines_visible = mask, outlines
        self.update()

    def set_region_factory(self, factory: Callable[..., Region]) -> None:
        """`factory(*shapes)` makes the region that a drawing tool begins."""
        self.tools.factory = factory

    def set_tool(self, tool: Tool) -> None:
        """Another tool takes the presses; a gesture of the last one is cancelled."""
        self._input.set_tool(tool)
        self.marks.is_protection_visible = tool.protects
        self.update()

    def resize_tool(self, notches: float) -> None:
        """Make the brush larger or smaller, as [ and ] do."""
        if isinstance(self.tool, BrushTool):
            self.tool.resize(notches)
            self.tool_resized.emit(self.tool.radius)
            self.update()

    @property
    def tool(self) -> Tool:
        """The tool that takes the presses."""
        return self._input.tool

    # Comparing

    @property
    def compare_mode(self) -> CompareMode:
        """What is compared, and how; a peek does not change it."""
        return self._mode

    @property
    def divider(self) -> float:
        """The divider's place in [0, 1] of the canvas."""
        return self._divider

    def set_compare(self, mode: CompareMode, divider: float | None = None) -> None:
        """Show original and result in another way."""
        self._mode = mode
        if divider is not None:
            self._divider = min(1.0, max(0.0, divider))
        self._update_viewport()
        self._input.update_cursor()
        self.update()

    def move_divider(self, divider: float) -> None:
        """Drag the divider to a place in [0, 1]; only the strip between repaints."""
        bounded = min(1.0, max(0.0, divider))
        if bounded == self._divider:
            return
        before = divider_area(self._frame(QRect()), self._divider_px())
        self._divider = bounded
        after = divider_area(self._frame(QRect()), self._divider_px())
        self._update_device(before.united(after))
        self.divider_moved.emit(bounded)

    def peek_original(self, is_peeking: bool) -> None:  # noqa: FBT001 - follows a key
        """Show the original alone while a key is held."""
        if is_peeking != self._is_peeking:
            self._is_peeking = is_peeking
            self._update_viewport()
            self.update()

    # Moving around

    @property
    def view(self) -> ViewTransform:
        """The view as it is painted."""
        return self._navigator.view

    @property
    def navigator(self) -> Navigator:
        """Pans and zooms in device pixels."""
        return self._navigator

    def zoom_to(self, scale: float) -> None:
        """To `scale` device pixels per photo pixel: 1.0 is 100 %."""
        self._navigator.zoom_to(scale)

    def fit(self) -> None:
        """Show the whole photo."""
        self._navigator.fit()

    def toggle_fit(self, position: QPointF | None = None) -> None:
        """Between the whole photo and 100 % around a position of the widget."""
        if self._navigator.is_fitted:
            anchor = self.to_viewport(position) if position is not None else None
            self._navigator.zoom_to(1.0, anchor)
        else:
            self._navigator.fit()

    def visible_rect(self) -> Rect:
        """Photo pixels that are in view."""
        return self.view.visible if self._document else Rect(0, 0, 0, 0)

    def view_center(self) -> Point:
        """The photo point in the middle of the view."""
        return self.view.center

    def sizeHint(self) -> QSize:
        """Room enough to work in."""
        return QSize(960, 640)

    # Tools' host

    def show_preview(self, document: Document | None) -> None:
        """Show a gesture's document without committing it; None ends it."""
        shown, was_preview = document or self._document, self._is_preview
        self._is_preview = document is not None
        if self._scene is None or self._layers is None or shown is None:
            return
        changed = document_change(self._scene.document, shown)
        self._scene.show(shown, self._layers)
        if self._is_preview and was_preview:
            margin = _MARK_MARGIN * self.devicePixelRatioF()
            self.update_viewport(widened(changed, self.view, margin))
        else:
            self.update()  # the tint comes and goes with the preview

    def commit_edit(self, document: Document, text: str) -> None:
        """Hand a finished gesture on; whoever takes it answers with `show_document`."""
        self.edit_committed.emit(document, text)
        self.show_preview(None)

    def pick_region(self, region_id: RegionId | None) -> None:
        """Hand a choice on."""
        self.region_picked.emit(region_id)

    # Painting

    @reports_errors
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the layers back to front."""
        started = time.perf_counter()
        with QPainter(self) as painter:
            self._paint(painter, event)
        self._haste.painted(time.perf_counter() - started)

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        frame = self._frame(to_device(event.rect(), self.devicePixelRatioF()))
        align_to_device(painter, self.devicePixelRatioF())
        paint_backdrop(painter, frame)
        if self._scene is None:
            paint_empty(painter, frame)
        else:
            budget, marks_budget = self._backlog.begin_paint()
            lacking = self._scene.paint(painter, frame, budget)
            if not self._is_peeking:
                is_drawing = self._is_preview and self.tool.draws and not self.tool.protects
                lacking += self.marks.paint(painter, frame, marks_budget, is_drawing=is_drawing)
            self._input.paint_tool(painter, frame)
            paint_divider(painter, frame)
            self._backlog.end_paint(frame.exposed, lacking)
        if self._drops.is_hinted:
            paint_drop_hint(painter, frame)

    def _frame(self, exposed: QRect) -> RenderFrame:
        canvas = self._canvas_size()
        return RenderFrame(
            canvas=canvas,
            ratio=self.devicePixelRatioF(),
            exposed=exposed,
            view=self.view,
            mode=self._shown_mode(),
            divider=self._divider_px(),
            panes=self._panes(),
            palette=self.palette(),
            document=self._scene.document if self._scene else None,
            selected=self.tools.marked,
            is_hasty=self._haste.is_hasty,
        )

    def _panes(self) -> tuple[Pane, ...]:
        return panes_of(self._shown_mode(), self._divider, self._canvas_size())

    def _shown_mode(self) -> CompareMode:
        return CompareMode.ORIGINAL if self._is_peeking else self._mode

    def _divider_px(self) -> int:
        return divider_position(self._shown_mode(), self._divider, self._canvas_size())

    def _repaint(self) -> None:
        self.update()

    def _on_view_changed(self) -> None:
        self._haste.follow(self.view.scale)
        self.update()
        self.view_changed.emit(self.view)

    # Logical and device pixels

    def to_photo(self, position: QPointF) -> Point:
        """The photo point under a position of the widget, in whichever pane it lies."""
        return self.view.to_photo(self.to_viewport(position))

    def to_viewport(self, position: QPointF) -> DevicePoint:
        """A position of the widget as device pixels of the viewport under it."""
        ratio = self.devicePixelRatioF()
        return in_viewport(self._panes(), Point(position.x() * ratio, position.y() * ratio))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle, or the fit."""
        del event
        self._update_viewport()

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen with another display scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._update_viewport()
            self.update()
        return super().event(event)

    def _canvas_size(self) -> Size:
        return device_size(self.size(), self.devicePixelRatioF())

    def _update_viewport(self) -> None:
        viewport = viewport_of(self._shown_mode(), self._canvas_size())
        self._navigator.set_viewport(viewport, _FIT_MARGIN * self.devicePixelRatioF())

    def update_viewport(self, area: QRectF) -> None:
        """Repaint device pixels of the viewport, in whichever panes show them."""
        for origin in self._frame(QRect()).origins if not area.isEmpty() else ():
            self._update_device(area.toAlignedRect().translated(origin))

    def _update_device(self, rect: QRect) -> None:
        """Repaint device pixels."""
        if not rect.isEmpty():
            self.update(to_logical(rect, self.devicePixelRatioF()))
