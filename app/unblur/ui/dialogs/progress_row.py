"""How far a fetch is, for the dialogs that fetch something."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget


class ProgressRow(QWidget):
    """A bar, the megabytes, and a button that stops it."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Fetched")
        self.words = QLabel()
        self.words.setObjectName("muted")
        self.stop_button = QPushButton("Stop")
        self.stop_button.setAutoDefault(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.stop_button)
        self.hide()

    def show_bytes(self, fetched: tuple[int, int] | None) -> None:
        """Bytes here and bytes in all; None hides the row."""
        self.setVisible(fetched is not None)
        if fetched is not None:
            done, total = fetched
            self.bar.setValue(round(1000 * done / max(total, 1)))
            self.words.setText(f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")
