"""What the window shows while no photo is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

_MOST_RECENT = 4


class EmptyState(QWidget):
    """An invitation to drop, open or try the sample.

    Signals:
        open_asked: the button was pressed.
        path_chosen: a recent photo, or the sample.
    """

    open_asked = Signal()
    path_chosen = Signal(object)

    def __init__(self, icon: QIcon, sample: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        picture = QLabel()
        picture.setPixmap(icon.pixmap(QSize(88, 88), self.devicePixelRatio()))
        title = QLabel("Drop a photo here")
        title.setObjectName("title")
        hint = QLabel("or paste one (Ctrl+V). It never leaves this computer.")
        hint.setObjectName("muted")
        open_button = QPushButton("Open photos…")
        open_button.setObjectName("primary")
        open_button.clicked.connect(self.open_asked)
        sample_link = _link("Open the sample photo")
        sample_link.clicked.connect(lambda: self.path_chosen.emit(sample))
        if not sample.exists():
            sample_link.hide()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(3)
        for widget in (picture, title, hint):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addWidget(open_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(sample_link, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(10)
        layout.addLayout(self._recent)
        layout.addStretch(4)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer the photos that were opened last."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for path in paths[:_MOST_RECENT]:
            link = _link(path.name)
            link.setToolTip(str(path))
            link.clicked.connect(lambda _=False, p=path: self.path_chosen.emit(p))
            self._recent.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)


def _link(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
