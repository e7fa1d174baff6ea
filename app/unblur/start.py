"""The start of the window: its first picture, and then the program behind it.

Only what the first picture needs is imported here. The rest is imported when that is on the
screen; decoders come on the pool's threads, torch on the inference thread.
"""

from __future__ import annotations

import faulthandler
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from unblur import __version__, paths
from unblur.ui.display import told_without_display
from unblur.ui.first_picture import FirstPicture
from unblur.ui.logbook import start_log
from unblur.ui.opened_by_desktop import OpenedByDesktop

if TYPE_CHECKING:
    from unblur.bootstrap import Program


def main(photos: Sequence[Path], *, is_measured: bool = False) -> int:
    """Open the window on `photos`; the exit status. Measured, it tells its times and quits.

    Raises HomeMissingError.
    """
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    with told_without_display():
        # Asked for in words: a call of setStyle makes Python classes of all that styles know.
        application = QApplication([sys.argv[0], "-style", "fusion"])
    application.setApplicationName("Unblur")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("unblur")
    crashes = start_log(paths.state_dir())
    start = Start(application, photos, is_measured=is_measured)
    start.first.window.keep_within(application.primaryScreen().availableSize())
    start.first.show()
    try:
        status = application.exec()
        if start.failure is not None:
            raise start.failure
        return status
    finally:
        if start.program is not None:
            start.program.shut_down()
        if crashes is not None:
            # The stacks of a crash go to standard error again before the file closes.
            faulthandler.enable()
            crashes.close()


class Start(QObject):
    """Shows the window and, once it is seen, makes the program behind it.

    That takes half a second, in which no event is looked at: what the person does meanwhile
    waits, and is done then. `failure` is what came in between, for a slot cannot raise it.
    """

    def __init__(
        self, application: QApplication, photos: Sequence[Path], *, is_measured: bool = False
    ) -> None:
        super().__init__(application)
        self._application = application
        self._photos = list(photos)
        self._is_measured = is_measured
        self.first = FirstPicture(application)
        self.program: Program | None = None
        self.failure: Exception | None = None
        if sys.platform == "darwin":  # only there, for it sees every event of the program
            OpenedByDesktop(application, self.open_photos, self)
        self.first.window.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)

    def open_photos(self, photos: Sequence[Path]) -> None:
        """Open them, at once or as soon as that can be done."""
        if self.program is None:
            self._photos += photos
        else:
            self.program.opener.open(photos)

    @Slot()
    def _on_painted(self) -> None:
        self._tell("first picture")
        try:
            self._furnish()
        except Exception as error:  # raised where the start can end
            self.failure = error
            self._application.quit()

    def _furnish(self) -> None:
        from unblur.bootstrap import Program

        self.program = Program(self._application, self.first)
        self._tell("answering")
        if self._is_measured:
            self._application.quit()
        else:
            self.program.begin(self._photos)

    def _tell(self, what: str) -> None:
        """For whoever measures: the clock that is the same in all processes."""
        if self._is_measured:
            sys.stdout.write(f"{what} {time.monotonic():.4f}\n")
            sys.stdout.flush()
