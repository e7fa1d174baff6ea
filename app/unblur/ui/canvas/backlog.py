"""What paints leave out to stay short, and when to go on with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QRegion

from unblur.ui.canvas.timebox import TimeBox

_PAINT_MS = 8.0  # what a paint may spend on converting tiles
_IDLE_PAINT_MS = 24.0  # while nothing moves, more gets done for each paint
_FIRST_PAINT_MS = 30.0  # after opening it may take longer, to be sharp at once


class Backlog(QObject):
    """Device pixels of the canvas that lack tiles.

    Signals:
        wanted: a QRect of device pixels to paint again, once events were handled.
    """

    wanted = Signal(QRect)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.budget = _PAINT_MS
        self._unfinished = QRegion()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_empty(self) -> bool:
        """Whether the last paint left nothing out."""
        return self._unfinished.isEmpty()

    def be_generous(self) -> None:
        """The next paint is the first of a photo."""
        self.budget = _FIRST_PAINT_MS

    def begin_paint(self) -> tuple[TimeBox, TimeBox]:
        """What this paint may spend on the photo, and on its marks."""
        budget, self.budget = self.budget, _PAINT_MS
        return TimeBox(budget), TimeBox(_PAINT_MS)

    def end_paint(self, exposed: QRect, lacking: QRegion) -> None:
        """`exposed` was painted, but for what is `lacking`."""
        self._unfinished = (self._unfinished - QRegion(exposed)) + lacking
        if not self.is_empty:
            self._timer.start(0)

    def _go_on(self) -> None:
        self.budget = max(self.budget, _IDLE_PAINT_MS)
        for rect in self._unfinished:  # type: ignore[attr-defined]
            self.wanted.emit(rect)
