"""Windows are no larger than their screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from unblur.ui.dialogs.about import AboutDialog
from unblur.ui.dialogs.report import ReportDialog
from unblur.ui.screen_room import resize_within_screen, room

LAPTOP_AT_200 = QSize(683, 384)  # 1366 × 768

DIALOGS: list[Callable[[], QDialog]] = [
    lambda: AboutDialog(QIcon()),
    lambda: ReportDialog(ValueError("a word"), Path("/a/log")),
]


@pytest.mark.parametrize("wanted", [QSize(200, 100), QSize(10_000, 100), QSize(9_000, 9_000)])
def test_a_window_is_as_large_as_wanted_or_as_its_screen(qtbot: QtBot, wanted: QSize) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    resize_within_screen(window, wanted)

    free = window.screen().availableSize()
    assert window.size() == wanted.boundedTo(room(free))
    assert window.width() < free.width()


@pytest.mark.parametrize("make", DIALOGS)
def test_a_dialog_can_be_as_small_as_a_laptops_screen_at_200_percent(
    qtbot: QtBot, make: Callable[[], QDialog]
) -> None:
    dialog = make()
    qtbot.addWidget(dialog)
    dialog.show()
    least = dialog.minimumSizeHint()
    assert least == least.boundedTo(room(LAPTOP_AT_200))
