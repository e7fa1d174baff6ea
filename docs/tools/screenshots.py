"""Makes the pictures of README and guide from the real window: `screenshots.py [FOLDER]`.

Needs no display: Qt draws into memory. The photo is the sample that comes with Unblur, and what is
restored on it is restored by the embedded network while this runs, which takes a minute or two.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop, QSize, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from unblur import paths
from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.document.shapes import Ellipse
from unblur.ui.actions import ActionId
from unblur.ui.dialogs import on_demand
from unblur.ui.dialogs.export_dialog import ExportDialog
from unblur.ui.first_picture import FirstPicture

PROJECT = Path(__file__).resolve().parents[2]

_PATIENCE_MS = 600_000
_WINDOW = QSize(1200, 760)
_PLACE = Rect(600, 230, 300, 300)


def main() -> int:
    """Make them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"UNBLUR_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        application = QApplication([])
        application.setApplicationName("Unblur")
        program = Program(application, FirstPicture(application))
        program.preferences.change(program.preferences.current.with_value("theme", "dark"))
        try:
            take_all(program, folder)
        finally:
            program.shut_down()
    total = sum(path.stat().st_size for path in folder.glob("*.webp"))
    sys.stdout.write(f"{total / 1000:.0f} kB in {folder}\n")
    return 0


def take_all(program: Program, folder: Path) -> None:
    """The window, then the dialogs."""
    window = program.window
    sample = [paths.sample_photo()]
    program.first.show()
    after(program.client.warmed, lambda: program.begin(sample))
    window.resize(_WINDOW)
    settle()
    session = program.session
    assert session.document is not None
    region = session.new_region(Ellipse(_PLACE))
    session.edit(session.document.with_region(region), "Add Region")
    settle()
    save(window, folder / "region.webp")
    program.actions[ActionId.UNDO].trigger()
    session.add_whole_photo()
    after(program.restorer.completed, program.actions[ActionId.RESTORE].trigger)
    settle()
    save(window, folder / "window.webp")
    take_dialogs(program, folder)


def take_dialogs(program: Program, folder: Path) -> None:
    """Each as it opens from its menu."""
    window, opened = program.window, program.session.current
    assert opened is not None
    dialogs: dict[str, Callable[[], QDialog]] = {
        "models": lambda: on_demand.models(program.library, window),
        "settings": lambda: on_demand.settings(
            program.preferences.current, program.gpu, {}, window
        ),
        "export": lambda: ExportDialog(
            opened.photo,
            Path("street-unblurred.png"),
            lambda _photo, _suffix: False,
            quality=95,
            keep_metadata=True,
            parent=window,
        ),
    }
    for name, make in dialogs.items():
        dialog = make()
        dialog.show()
        if name == "settings":
            after(program.gpu.changed, program.gpu.refresh)
        settle()
        save(dialog, folder / f"{name}.webp")
        dialog.close()
        dialog.deleteLater()


def save(widget: QWidget, path: Path) -> None:
    """What the widget shows, small and without losing letters."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.png"
        widget.grab().save(str(raw))
        with Image.open(raw) as picture:
            picture.convert("RGB").save(path, quality=80, method=6)


def settle(milliseconds: int = 900) -> None:
    """Let the window draw what it has."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def after(signal: SignalInstance, does: Callable[[], object]) -> None:
    """Do it, and wait for the signal."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(_PATIENCE_MS, loop, lambda: sys.exit(f"waited in vain for {signal}"))
    does()
    loop.exec()
    signal.disconnect(loop.quit)


if __name__ == "__main__":
    sys.exit(main())
