"""The status bar: the device, what is under way, the photo's facts, the zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QLabel, QMenu, QProgressBar, QStatusBar, QToolButton, QWidget

from unblur.ui.durations import left, rounded

if TYPE_CHECKING:  # the window's first picture waits for none of it
    from unblur.document.photo import Photo
    from unblur.ui.restorer import Progress
    from unblur.workers.messages import EngineStatus

_ZOOMS = (25, 50, 100, 200, 400)


class StatusBar(QStatusBar):
    """Facts along the window's lower edge.

    Signals:
        zoom_chosen: a scale, 1.0 for 100 %; 0.0 for fit.
    """

    zoom_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._device = QLabel()
        self._task = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress")
        self._facts = QLabel()
        self._zoom = QToolButton()
        self._zoom.setObjectName("zoom")
        self._zoom.setToolTip("Zoom")
        self._zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._zoom.setMenu(self._zoom_menu())
        self.addWidget(self._device)
        self.addWidget(self._bar)
        self.addWidget(self._task)
        self.addPermanentWidget(self._facts)
        self.addPermanentWidget(self._zoom)
        self._bar.hide()
        self._zoom.hide()
        self.show_engine_starting()

    def show_engine_starting(self) -> None:
        """The network is being loaded, which takes some seconds."""
        self._device.setText("Starting the engine…")
        self._device.setToolTip("")

    def show_engine(self, status: EngineStatus) -> None:
        """The device that restores."""
        name = status.device_name if status.is_accelerated else "CPU"
        self._device.setText(f"{name} · ready")
        self._device.setToolTip(
            f"{status.device_name}, PyTorch {status.torch_version}, {status.precision}"
        )

    def show_engine_problem(self) -> None:
        """The engine did not start; a banner says why."""
        self._device.setText("The engine did not start")

    def show_photo(self, photo: Photo | None, color_space: str = "") -> None:
        """Size, depth and colour space."""
        self._facts.setText(facts(photo, color_space) if photo else "")
        self._zoom.setVisible(photo is not None)

    def show_zoom(self, scale: float) -> None:
        """Screen pixels per photo pixel."""
        self._zoom.setText(f"{scale * 100:.0f} %" if scale >= 0.095 else f"{scale * 100:.1f} %")

    def show_busy(self, words: str) -> None:
        """Something without a measurable end; "" when it is over."""
        self._bar.setRange(0, 0)
        self._bar.setVisible(bool(words))
        self._task.setText(words)

    def show_share(self, words: str, share: float) -> None:
        """A task that is `share` (0 to 1) done."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(share * 1000))
        self._bar.setVisible(bool(words))
        self._task.setText(words)

    def show_restoring(self, progress: Progress) -> None:
        """Tiles and time."""
        tiles = f"{progress.done} of {progress.total} tiles"
        time = "" if progress.seconds_left is None else f" · {left(progress.seconds_left)}"
        self.show_share(f"Restoring · {tiles}{time}", progress.done / max(1, progress.total))

    def show_restored(self, seconds: float) -> None:
        """A run is complete."""
        self.show_share("", 0)
        self._task.setText(f"Restored in {rounded(seconds)}")

    def _zoom_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Fit").triggered.connect(lambda: self.zoom_chosen.emit(0.0))
        menu.addSeparator()
        for percent in _ZOOMS:
            action = menu.addAction(f"{percent} %")
            action.triggered.connect(lambda _=False, p=percent: self.zoom_chosen.emit(p / 100))
        menu.aboutToShow.connect(lambda: self._move_above(menu))
        return menu

    def _move_above(self, menu: QMenu) -> None:
        corner = self._zoom.mapToGlobal(QPoint(0, -menu.sizeHint().height()))
        menu.move(corner)


def facts(photo: Photo, color_space: str) -> str:
    """Such as "1280 × 720 · 8-bit · sRGB"."""
    parts = [f"{photo.size.width} × {photo.size.height}", f"{photo.bits}-bit"]
    parts += ["grey"] if photo.was_gray else []
    return " · ".join([*parts, color_space] if color_space else parts)
