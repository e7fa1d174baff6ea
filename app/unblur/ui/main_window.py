"""The main window: lays out its parts, shows which photo is open, asks before it closes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from unblur.settings import parsed, write_atomically
from unblur.ui.actions import Actions
from unblur.ui.panels.empty_state import EmptyState
from unblur.ui.panels.status import StatusBar
from unblur.ui.screen_room import room
from unblur.ui.window_menus import fill_menu_bar, make_tool_bar

if TYPE_CHECKING:  # they come when the window is on the screen
    from unblur.ui.canvas.canvas import Canvas
    from unblur.ui.open_photo import OpenPhoto
    from unblur.ui.panels.filmstrip import Filmstrip
    from unblur.ui.panels.region_panel import RegionPanel
    from unblur.ui.session import Session

logger = logging.getLogger(__name__)

_USUAL, _LEAST = QSize(1280, 820), QSize(760, 520)
# A window on another desktop, or one that starts as an icon, is not seen before it is looked for.
_UNSEEN_MS = 1000
_PEEK_KEYS = (Qt.Key.Key_O, Qt.Key.Key_Backslash)


class MainWindow(QMainWindow):
    """The parts in their places: those of an empty window at once, those of a photo later.

    Signals:
        painted: the window is on the screen for the first time, or nobody sees it for a while.
            To be connected as a queued one: it is drawn when this has been handled.
        dropped: the QMimeData of something that was let go over the window.
    """

    painted = Signal()
    dropped = Signal(object)

    def __init__(self, actions: Actions, empty: EmptyState, status: StatusBar) -> None:
        super().__init__()
        self._may_close: Callable[[], bool] = lambda: True
        self._is_painted = False
        self.setObjectName("window")
        self.setWindowTitle("Unblur")
        self.setMinimumSize(_LEAST)
        self.resize(_USUAL)
        self.setAcceptDrops(True)
        self.center = QStackedWidget()
        self.center.addWidget(empty)
        self.setCentralWidget(self._laid_out())
        self.setStatusBar(status)
        self.recent_menu = fill_menu_bar(self.menuBar(), actions)
        self.addToolBar(make_tool_bar(actions))
        self.addActions(actions.all())

    def furnish(
        self,
        session: Session,
        canvas: Canvas,
        panel: RegionPanel,
        filmstrip: Filmstrip,
    ) -> None:
        """Take what belongs to photos; without one it is not seen."""
        self._session = session
        self._canvas = canvas
        self._for_photos: list[QWidget] = [panel]
        self.center.addWidget(canvas)
        self._middle.addWidget(panel)
        self._column.addWidget(filmstrip)
        session.current_changed.connect(self._on_current_changed)
        session.clean_changed.connect(self._show_title)
        session.edited.connect(self._show_title)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._on_current_changed(session.current)

    def ask_before_closing(self, may_close: Callable[[], bool]) -> None:
        """`may_close` says whether the window may go now; it may ask, and close it later."""
        self._may_close = may_close

    def add_options(self, bar: QToolBar) -> None:
        """Put the tool's options below the tools; without a photo they say nothing."""
        self.addToolBarBreak()
        self.addToolBar(bar)
        self._for_photos.append(bar)
        bar.setVisible(self._session.current is not None)

    def keep_within(self, available: QSize) -> None:
        """Be no larger than a screen of which that much is free; before the place is restored."""
        most = room(available)
        self.setMinimumSize(_LEAST.boundedTo(most))
        self.resize(_USUAL.boundedTo(most))

    def restore_place(self, file: Path) -> None:
        """Take the size and position of the last time; they are no setting."""
        try:
            data = parsed(file.read_bytes())
            self.restoreGeometry(QByteArray.fromBase64(str(data["geometry"]).encode()))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("The window's place is not readable: %r", error)

    def keep_place(self, file: Path) -> None:
        """Remember size and position for the next time."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        try:
            write_atomically(file, json.dumps({"geometry": geometry}).encode())
        except OSError as error:
            logger.warning("The window's place was not kept: %s", error)

    def toggle_full_screen(self, is_full: bool) -> None:  # noqa: FBT001 - a Qt slot
        """Fill the screen, or go back."""
        if is_full:
            self.showFullScreen()
        else:
            self.showNormal()

    def showEvent(self, event: QShowEvent) -> None:
        """The canvas takes the keys."""
        super().showEvent(event)
        if not self._is_painted:
            # What is drawn before a window manager has put the window up is not seen.
            self.windowHandle().installEventFilter(self)
            QTimer.singleShot(_UNSEEN_MS, self, self._on_seen)
        current = self.center.currentWidget()
        if current is not None:
            current.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work."""
        event.setAccepted(self._may_close())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and pictures anywhere."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass on what was dropped."""
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the window is seen; O or the backslash, held anywhere, shows the original."""
        kind = event.type()
        if kind == QEvent.Type.Expose and not self._is_painted and self.windowHandle().isExposed():
            self._on_seen()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            is_ours = event.key() in _PEEK_KEYS and not event.modifiers()
            if is_ours and watched is QApplication.focusWidget() and self._takes_keys(watched):
                if not event.isAutoRepeat():
                    self._canvas.peek_original(kind == QEvent.Type.KeyPress)
                return True
        return super().eventFilter(watched, event)

    def _on_seen(self) -> None:
        if not self._is_painted:
            self._is_painted = True
            self.windowHandle().removeEventFilter(self)
            self.painted.emit()

    def _takes_keys(self, watched: QObject) -> bool:
        is_inside = isinstance(watched, QWidget) and watched.window() is self
        return is_inside and not isinstance(watched, QLineEdit)

    def _laid_out(self) -> QWidget:
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.center, 1)
        whole = QWidget()
        self._column = QVBoxLayout(whole)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._middle, 1)
        return whole

    def _on_current_changed(self, opened: OpenPhoto | None) -> None:
        self.center.setCurrentIndex(0 if opened is None else 1)
        for part in self._for_photos:
            part.setVisible(opened is not None)
        if opened is not None:
            self._canvas.setFocus()
        self._show_title()

    def _show_title(self) -> None:
        opened = self._session.current
        if opened is None:
            self.setWindowTitle("Unblur")
            self.setWindowModified(False)
            return
        self.setWindowTitle(f"{opened.title}[*] – Unblur")
        self.setWindowModified(opened.has_unsaved_work)
