"""Cyclic garbage is collected on the window's thread alone.

Python collects on whichever thread happens to allocate, and what it collects may be a widget
that went with its dialog. A widget that is destroyed on the inference thread or in the pool,
while Qt uses it here, takes the program down: seen as a crash in QApplication.setPalette.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500


def collect_due() -> None:
    """What Python would have done by itself by now: the oldest generation that is due."""
    due = [
        generation
        for generation, (count, most) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if count > most
    ]
    if due:
        gc.collect(due[-1])


class GarbageOnThisThread(QObject):
    """Collects by a timer of the thread that made it, from `start` to `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(collect_due)
        self._was_enabled = gc.isenabled()

    def start(self) -> None:
        """No thread collects by itself any more."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """As it was before."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
