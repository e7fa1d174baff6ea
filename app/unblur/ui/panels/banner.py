"""Messages over the photo: what went wrong, what was saved, what can be done about it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QChildEvent, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.errors import AppError
from unblur.messages import message_for
from unblur.ui.icons import IconSet
from unblur.ui.theme import Theme

logger = logging.getLogger(__name__)

_AT_MOST = 3
_SUCCESS_MS = 10_000
_WIDEST = 720
_MARGIN = 14


class Kind(StrEnum):
    """How a banner is coloured, and whether it goes by itself (success does)."""

    ERROR = "error"
    INFO = "info"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner says, and the buttons that it offers."""

    kind: Kind
    title: str
    text: str = ""
    choices: tuple[tuple[str, Callable[[], None]], ...] = field(default=(), compare=False)


class Banner(QFrame):
    """One notice. Told the same again, it counts instead of doubling."""

    def __init__(self, notice: Notice, icons: IconSet, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._times = 1
        self.setObjectName("banner")
        self.setProperty("kind", notice.kind.value)
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        if notice.text:
            text = QLabel(notice.text)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(text)
        close = QToolButton()
        close.setToolTip("Dismiss")
        close.setAccessibleName("Dismiss")
        close.setIconSize(QSize(16, 16))
        close.setIcon(icons.icon("close", theme, 16))
        close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(10)
        layout.addLayout(words, 1)
        for label, action in notice.choices:
            layout.addWidget(self._choice(label, action))
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._show_title()

    def count_again(self) -> None:
        """The same thing happened once more."""
        self._times += 1
        self._show_title()

    def dismiss(self) -> None:
        """Go away."""
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def _choice(self, label: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(label)

        def choose() -> None:
            self.dismiss()
            action()

        button.clicked.connect(choose)
        return button

    def _show_title(self) -> None:
        times = f" ({self._times} times)" if self._times > 1 else ""
        self._title.setText(self.notice.title + times)


class BannerArea(QWidget):
    """A column of banners that floats over the top of `host`."""

    def __init__(self, host: QWidget, icons: IconSet, theme: Theme) -> None:
        super().__init__(host)
        self._icons = icons
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        host.installEventFilter(self)
        self.hide()

    @property
    def banners(self) -> list[Banner]:
        """Those on show, oldest first."""
        return [child for child in self.children() if isinstance(child, Banner)]

    def paint(self, theme: Theme) -> None:
        """Colours for banners to come."""
        self._theme = theme

    def show_error(self, error: AppError) -> None:
        """Say what went wrong and what to do."""
        message = message_for(error)
        logger.info("%s", message.as_line())
        self.tell(Notice(Kind.ERROR, message.title, message.as_line().strip()))

    def tell(self, notice: Notice) -> None:
        """Show a notice; one that is on show already is counted."""
        same = next((banner for banner in self.banners if banner.notice == notice), None)
        if same is not None:
            same.count_again()
            return
        for old in self.banners[: max(0, len(self.banners) + 1 - _AT_MOST)]:
            old.dismiss()
        banner = Banner(notice, self._icons, self._theme, self)
        banner.destroyed.connect(self._place)
        self._layout.addWidget(banner)
        if notice.kind is Kind.SUCCESS:
            QTimer.singleShot(_SUCCESS_MS, banner, banner.dismiss)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top of the host when it is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Grow when a new banner counts, which it does only once Qt has shown it."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def childEvent(self, event: QChildEvent) -> None:
        """Shrink when a banner goes."""
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildRemoved:
            self._place()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None or not self.banners:
            self.hide()
            return
        width = min(_WIDEST, host.width() - 2 * _MARGIN)
        self._layout.activate()
        height = self._layout.heightForWidth(width)
        height = height if height > 0 else self._layout.sizeHint().height()
        self.setGeometry((host.width() - width) // 2, _MARGIN, width, height)
        self.show()
        self.raise_()
