"""Restore and Preview, with what they will cost on this machine."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from unblur.ui.durations import about
from unblur.ui.panels.muted_label import muted_label
from unblur.ui.restorer import Outlook, Restorer


class RestoreBox(QWidget):
    """The button that starts or stops, one for a preview, and a line that explains."""

    def __init__(self, restorer: Restorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restorer = restorer
        self.restore_button = QPushButton("Restore")
        self.restore_button.setObjectName("primary")
        self.restore_button.setToolTip("Restore every visible region (Ctrl+R)")
        self.preview_button = QPushButton("Preview")
        self.preview_button.setToolTip("Restore only what you see (P)")
        self._note = muted_label()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.restore_button, 1)
        buttons.addWidget(self.preview_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        self.restore_button.clicked.connect(self._on_restore_clicked)
        self.preview_button.clicked.connect(restorer.preview)
        restorer.running_changed.connect(self._on_running_changed)
        restorer.outlook_changed.connect(self._show)
        self._show(restorer.outlook)

    def _on_restore_clicked(self) -> None:
        if self._restorer.is_running:
            self._restorer.stop()
        else:
            self._restorer.restore()

    def _on_running_changed(self, _is_running: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._show(self._restorer.outlook)

    def _show(self, outlook: Outlook) -> None:
        is_running = self._restorer.is_running
        can_start = outlook.tiles > 0
        self.restore_button.setEnabled(is_running or can_start)
        self.preview_button.setEnabled(can_start and not is_running)
        self.restore_button.setText("Stop" if is_running else _label(outlook))
        self._note.setText("" if is_running else _explanation(outlook))
        self._note.setVisible(bool(self._note.text()))


def _label(outlook: Outlook) -> str:
    if not outlook.has_photo:
        return "Restore"
    if not outlook.tiles:
        return "Restored" if outlook.is_restored else "Restore"
    time = "measuring…" if outlook.seconds is None else about(outlook.seconds)
    return f"Restore · {time}"


def _explanation(outlook: Outlook) -> str:
    if outlook.has_photo and not outlook.has_regions:
        return "No region yet: the whole photo is restored. Draw a rectangle or paint to choose."
    return ""
