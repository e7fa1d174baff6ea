"""The graphics card in the settings: what there is, and PyTorch for it at a button."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from unblur.errors import AppError, GpuUnusableError
from unblur.gpu_setup.kept import Verdict
from unblur.gpu_setup.words import sentences
from unblur.messages import message_for
from unblur.ui.dialogs.progress_row import ProgressRow
from unblur.ui.gpu import GpuSetup

_LOOKING = "Looking at the graphics card…"
_OFFLINE = "Unblur stays offline, so nothing is fetched."


class GpuBox(QWidget):
    """Follows a GpuSetup. A set-up that was begun here goes on when the dialog is closed."""

    def __init__(self, gpu: GpuSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gpu = gpu
        self._outcome = ""
        heading = QLabel("Graphics card")
        heading.setObjectName("heading")
        self.words = QLabel(_LOOKING)
        self.words.setObjectName("muted")
        self.words.setWordWrap(True)
        self.progress = ProgressRow()
        self.set_up_button = _button("Set up")
        self.remove_button = _button("Remove")
        buttons = QHBoxLayout()
        buttons.addWidget(self.set_up_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 14, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(self.words)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        self.set_up_button.clicked.connect(self._set_up)
        self.remove_button.clicked.connect(self._remove)
        self.progress.stop_button.clicked.connect(gpu.stop)
        gpu.changed.connect(self._show)
        gpu.progressed.connect(self._on_progressed)
        gpu.ended.connect(self._on_ended)
        gpu.failed.connect(self._on_failed)
        self._show()
        gpu.refresh()

    @Slot()
    def _set_up(self) -> None:
        self._outcome = ""
        self._gpu.set_up()

    @Slot()
    def _remove(self) -> None:
        self._outcome = ""
        self._gpu.remove()

    @Slot()
    def _show(self) -> None:
        gpu, status = self._gpu, self._gpu.status
        said = list(sentences(status)) if status is not None else [_LOOKING]
        can_set_up = status is not None and status.can_set_up
        if can_set_up and gpu.is_offline:
            said.append(_OFFLINE)
        self.words.setText(" ".join([*said, self._outcome]).strip())
        self.progress.show_bytes(gpu.fetched)
        has_build = status is not None and status.kept is not None
        has_beginning = status is not None and status.kept_bytes > 0
        self.set_up_button.setText(
            "Check again" if has_build else "Resume" if has_beginning else "Set up"
        )
        self.set_up_button.setVisible(can_set_up)
        self.set_up_button.setEnabled(not gpu.is_busy and not gpu.is_offline)
        self.remove_button.setVisible(has_build or has_beginning)
        self.remove_button.setEnabled(not gpu.is_busy)

    @Slot(object, object)
    def _on_progressed(self, done: int, total: int) -> None:
        self.progress.show_bytes((done, total))
        if total and done == total:
            # Unpacking and the trial take a minute in which no byte comes.
            self.words.setText("Everything has come. Unpacking it and trying it out…")

    @Slot(object)
    def _on_ended(self, verdict: Verdict) -> None:
        if not verdict.works:
            self._outcome = message_for(GpuUnusableError(verdict.reason)).hint
        self._show()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._outcome = message_for(error).as_line()
        self._show()


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
