"""The open photos along the lower edge, when there is more than one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.ui.icons import IconSet
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session
from unblur.ui.theme import Theme
from unblur.ui.thumbnails import thumbnail

_THUMBNAIL = QSize(112, 74)
_HEIGHT = 128
_MARGIN = 5


class FilmCell(QFrame):
    """One photo: its picture, its name, a dot for unsaved work, a cross.

    Signals:
        chosen: clicked, or Return pressed.
        close_asked: the cross was clicked, or Delete pressed.
    """

    chosen = Signal()
    close_asked = Signal()

    def __init__(self, opened: OpenPhoto, icons: IconSet, theme: Theme) -> None:
        super().__init__()
        self.opened = opened
        self.setObjectName("filmCell")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(str(opened.photo.path or opened.title))
        self.setAccessibleName(opened.title)
        picture = QLabel()
        picture.setFixedSize(_THUMBNAIL)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(thumbnail(opened.photo, _THUMBNAIL, self.devicePixelRatio()))
        self.setFixedWidth(_THUMBNAIL.width() + 2 * _MARGIN + 4)
        self._name = QLabel()
        self._name.setObjectName("muted")
        self._close = QToolButton()
        self._close.setIconSize(QSize(12, 12))
        self._close.setToolTip("Close this photo")
        self._close.setAccessibleName(f"Close {opened.title}")
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.setStyleSheet("padding: 2px;")
        self._close.clicked.connect(self.close_asked)
        caption = QHBoxLayout()
        caption.setSpacing(2)
        caption.addWidget(self._name, 1)
        caption.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 2)
        layout.setSpacing(2)
        layout.addWidget(picture)
        layout.addLayout(caption)
        self.paint(icons, theme)
        self.refresh()

    def paint(self, icons: IconSet, theme: Theme) -> None:
        """Colours of `theme`."""
        self._close.setIcon(icons.icon("close", theme, 12))

    def refresh(self) -> None:
        """Show whether there is unsaved work."""
        mark = "● " if self.opened.has_unsaved_work else ""
        room = _THUMBNAIL.width() - 24
        name = mark + self.opened.title
        elided = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self._name.setText(elided)

    def show_current(self, *, is_current: bool) -> None:
        """Frame the photo that is in the canvas."""
        self.setProperty("current", is_current)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A left click shows the photo, a middle one closes it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()
        elif event.button() == Qt.MouseButton.MiddleButton:
            self.close_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return shows the photo."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class Filmstrip(QWidget):
    """The cells in a row.

    Signals:
        close_asked: the OpenPhoto whose cross was clicked.
    """

    close_asked = Signal(object)

    def __init__(
        self, session: Session, icons: IconSet, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._icons = icons
        self._theme = theme
        self._cells: dict[int, FilmCell] = {}
        self.setObjectName("filmstrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        inner = QWidget()
        inner.setAutoFillBackground(False)
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(10, 6, 10, 6)
        self._row.setSpacing(6)
        self._row.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.addWidget(self._scroll)
        session.photo_opened.connect(self._on_photo_opened)
        session.photo_closed.connect(self._on_photo_closed)
        session.current_changed.connect(self._on_current_changed)
        session.clean_changed.connect(self._refresh)
        session.edited.connect(self._refresh)
        self.hide()

    @property
    def cells(self) -> list[FilmCell]:
        """The cells, in the order of the photos."""
        return list(self._cells.values())

    def paint(self, theme: Theme) -> None:
        """Colours of `theme`."""
        self._theme = theme
        for cell in self._cells.values():
            cell.paint(self._icons, theme)

    def _on_photo_opened(self, opened: OpenPhoto) -> None:
        cell = FilmCell(opened, self._icons, self._theme)
        cell.chosen.connect(lambda: self._session.show(opened))
        cell.close_asked.connect(lambda: self.close_asked.emit(opened))
        self._cells[opened.id] = cell
        self._row.insertWidget(self._row.count() - 1, cell)
        self.setVisible(len(self._cells) > 1)

    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        cell = self._cells.pop(opened.id)
        self._row.removeWidget(cell)
        cell.hide()
        cell.deleteLater()
        self.setVisible(len(self._cells) > 1)

    def _on_current_changed(self, opened: OpenPhoto | None) -> None:
        for cell in self._cells.values():
            cell.show_current(is_current=cell.opened is opened)
        if opened is not None:
            self._scroll.ensureWidgetVisible(self._cells[opened.id])

    def _refresh(self) -> None:
        for cell in self._cells.values():
            cell.refresh()
