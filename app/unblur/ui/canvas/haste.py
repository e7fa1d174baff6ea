"""When to scale quickly instead of smoothly: during a fast series of zoom steps."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

_SERIES_S = 0.25  # zoom steps closer than this belong together
_CALM_MS = 120
_SLOW_S = 0.016


class Haste(QObject):
    """Decides from the zoom steps' rhythm and from how long paints take.

    Signals:
        calmed: the zooming is over; paint smoothly now.
    """

    calmed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_hasty = False
        self._scale = 0.0
        self._last_step = 0.0
        self._paint_s = 0.0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._on_calm)

    def follow(self, scale: float) -> None:
        """The view changed; another scale is a zoom step."""
        if scale == self._scale:
            return
        now = time.perf_counter()
        is_series = now - self._last_step < _SERIES_S
        self._scale, self._last_step = scale, now
        if self.is_hasty or (is_series and self._paint_s > _SLOW_S):
            self.is_hasty = True
            self._calm.start()

    def painted(self, seconds: float) -> None:
        """A paint took so long."""
        if not self.is_hasty:
            self._paint_s = seconds

    def _on_calm(self) -> None:
        self.is_hasty = False
        self.calmed.emit()
