"""What a bug looks like to a person: calm words, and details that can be copied."""

from __future__ import annotations

import platform
import traceback
from pathlib import Path

import PySide6
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from unblur import __version__
from unblur.ui.screen_room import resize_within_screen


class ReportDialog(QDialog):
    """Shown for an exception that nothing else caught. The program goes on."""

    def __init__(self, error: BaseException, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        resize_within_screen(self, QSize(620, 420))
        title = QLabel("Something went wrong in Unblur")
        title.setObjectName("heading")
        words = QLabel(
            "You can go on; your edits are kept. If it happens again, please send these "
            f"details. They are also in the log: {log}"
        )
        words.setWordWrap(True)
        self.details = QPlainTextEdit(report(error))
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())


def report(error: BaseException) -> str:
    """Versions and the traceback."""
    lines = [
        f"Unblur {__version__}",
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}",
        platform.platform(),
        "",
        "".join(traceback.format_exception(error)),
    ]
    return "\n".join(lines)
