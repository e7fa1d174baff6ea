"""Version, licences and whom to thank."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from unblur import __version__
from unblur.ui.dialogs.licence_list import LicenceList
from unblur.ui.screen_room import resize_within_screen


class AboutDialog(QDialog):
    """The program, and the networks, libraries and pictures that it consists of."""

    def __init__(self, icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Unblur")
        resize_within_screen(self, QSize(820, 600))
        self.licences = LicenceList()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(14)
        layout.addLayout(self._head(icon))
        layout.addWidget(self.licences, 1)
        layout.addWidget(buttons)

    def _head(self, icon: QIcon) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(icon.pixmap(QSize(64, 64), self.devicePixelRatio()))
        name = QLabel(f"Unblur {__version__}")
        name.setObjectName("title")
        purpose = QLabel(
            "Makes blurry photographs sharp, on your own machine. Nothing leaves the computer."
        )
        versions = QLabel(
            f"Apache-2.0 · Python {platform.python_version()} · PySide6 {PySide6.__version__}"
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        for label in (purpose, versions):
            label.setObjectName("muted")
            label.setWordWrap(True)
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        return head
