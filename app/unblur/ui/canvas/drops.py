"""What another program lets go of over the canvas: files, or a picture without a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QWidget


class DropTarget(QObject):
    """Takes drops on a canvas and tells it when to show the hint.

    Signals:
        files_dropped: a list of Path.
        image_dropped: a QImage that has no file.
        hint_changed: something that could be opened hovers over the canvas, or left it.
    """

    hint_changed = Signal()
    files_dropped = Signal(list)
    image_dropped = Signal(object)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.is_hinted = False
        canvas.setAcceptDrops(True)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the canvas's drag events."""
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove) and isinstance(event, QDropEvent):
            is_welcome = _is_welcome(event.mimeData())
            self._hint(is_shown=is_welcome)
            if is_welcome:
                _accept(event)
            else:
                event.ignore()
            return True
        if kind == QEvent.Type.DragLeave:
            self._hint(is_shown=False)
            return True
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._hint(is_shown=False)
            self._take(event)
            return True
        return super().eventFilter(watched, event)

    def _take(self, event: QDropEvent) -> None:
        files = files_of(event.mimeData())
        image = image_of(event.mimeData())
        if files:
            _accept(event)
            self.files_dropped.emit(files)
        elif image is not None:
            _accept(event)
            self.image_dropped.emit(image)

    def _hint(self, *, is_shown: bool) -> None:
        if is_shown != self.is_hinted:
            self.is_hinted = is_shown
            self.hint_changed.emit()


def files_of(mime: QMimeData) -> list[Path]:
    """Paths of the dropped files that are on this machine, in their order."""
    if not mime.hasUrls():
        return []
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def image_of(mime: QMimeData) -> QImage | None:
    """The dropped picture itself, as browsers give it, or None."""
    if not mime.hasImage():
        return None
    image = QImage(mime.imageData())
    return None if image.isNull() else image


def _is_welcome(mime: QMimeData) -> bool:
    return bool(files_of(mime)) or mime.hasImage()


def _accept(event: QDropEvent) -> None:
    """Copy, never move: a file manager would delete what it gave away."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
