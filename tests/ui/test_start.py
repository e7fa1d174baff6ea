"""The window's first picture: how little it waits for, and that it stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.start import Start
from unblur.ui.first_picture import FirstPicture
from unblur.ui.window_menus import TOOL_BAR

# What takes long to import, or stands for a part of the program that is not needed yet.
HEAVY = {
    "numpy",
    "cv2",
    "PIL",
    "OpenImageIO",
    "torch",
    "qimage2ndarray",
    "socket",
    "multiprocessing",
    "unblur.bootstrap",
    "unblur.document",
    "unblur.engine",
    "unblur.imaging",
    "unblur.workers",
    "unblur_models",
}
_SEEN = """
import sys
from unblur.start import Start

def furnish(start):
    print(" ".join(sys.modules))
    start._application.quit()

Start._furnish = furnish
from unblur.__main__ import main
sys.exit(main([]))
"""
_BROKEN = """
import sys
import unblur.bootstrap
from unblur.errors import HomeMissingError

def broken(*_):
    raise HomeMissingError("it went meanwhile")

unblur.bootstrap.Program = broken
from unblur.__main__ import main
sys.exit(main([]))
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(each for each in sys.path if each)
    return subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        timeout=60,
    )


@pytest.fixture
def unseen(qtbot: QtBot, qapp: QApplication) -> Iterator[FirstPicture]:
    """Made, and not shown yet."""
    style, sheet, palette = qapp.style().name(), qapp.styleSheet(), qapp.palette()
    first = FirstPicture(qapp)
    yield first
    first.window.close()
    first.window.deleteLater()
    first.deleteLater()
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


@pytest.fixture
def first(qtbot: QtBot, unseen: FirstPicture) -> FirstPicture:
    """Shown, and nothing behind it yet."""
    unseen.show()
    qtbot.waitExposed(unseen.window)
    return unseen


def test_the_first_picture_waits_for_qt_alone() -> None:
    done = run(_SEEN)

    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "PySide6.QtWidgets" in loaded
    assert not HEAVY & loaded


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_window_looks_the_same_before_and_after_the_program_is_there(
    qapp: QApplication, first: FirstPicture, client: object, theme: str
) -> None:
    first.appearance.choose(theme)
    first.actions.paint_first(first.appearance.theme, TOOL_BAR)
    qapp.processEvents()
    before = picture(first)

    program = Program(qapp, first, client)  # type: ignore[arg-type]
    qapp.processEvents()
    after = picture(first)

    program.shut_down()
    program.deleteLater()
    assert before == after


@pytest.mark.parametrize(
    ("available", "size"),
    [
        (QSize(1920, 1040), QSize(1280, 820)),
        (QSize(1366, 728), QSize(1280, 688)),
        (QSize(800, 500), QSize(796, 460)),  # 1600 × 1000 at 200 %
        (QSize(683, 384), QSize(679, 344)),  # 1366 × 768 at 200 %
    ],
)
def test_the_first_window_fits_the_screen_with_its_frame(
    first: FirstPicture, available: QSize, size: QSize
) -> None:
    first.window.keep_within(available)

    assert first.window.size() == size
    least = first.window.minimumSize()
    assert least == least.boundedTo(size), "it could not be made to fit by hand either"


def test_the_rest_comes_when_the_window_is_seen(qtbot: QtBot, unseen: FirstPicture) -> None:
    window = unseen.window
    seen: list[bool] = []
    window.painted.connect(lambda: seen.append(window.windowHandle().isExposed()))

    window.show()
    qtbot.waitUntil(lambda: bool(seen))

    assert seen == [True]


def test_the_rest_comes_when_nobody_sees_the_window(
    qtbot: QtBot, unseen: FirstPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unblur.ui.main_window._UNSEEN_MS", 10)
    window = unseen.window
    window.winId()  # it is made, and never put on a screen

    with qtbot.waitSignal(window.painted):
        window.showEvent(QShowEvent())

    assert not window.windowHandle().isExposed()


def picture(first: FirstPicture) -> QImage:
    return first.window.grab().toImage()


def test_what_goes_wrong_behind_the_first_picture_ends_the_program_with_its_sentence() -> None:
    done = run(_BROKEN)

    assert done.returncode == 1
    assert "it went meanwhile" in done.stderr
    assert "Traceback" not in done.stderr


def test_photos_that_the_desktop_hands_over_early_are_opened_with_the_others(
    qapp: QApplication, first: FirstPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[list[Path]] = []

    class Behind:
        def __init__(self, *_: object) -> None:
            self.opener = self

        def begin(self, photos: list[Path]) -> None:
            begun.append(list(photos))

        def open(self, photos: list[Path]) -> None:
            begun.append(list(photos))

    monkeypatch.setattr("unblur.start.FirstPicture", lambda _: first)
    monkeypatch.setattr("unblur.bootstrap.Program", Behind)
    start = Start(qapp, [Path("a.png")])
    start.open_photos([Path("b.png")])

    start._on_painted()
    start.open_photos([Path("c.png")])

    assert begun == [[Path("a.png"), Path("b.png")], [Path("c.png")]]
    start.deleteLater()
