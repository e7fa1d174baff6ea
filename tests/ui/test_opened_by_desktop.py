from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from unblur.ui.opened_by_desktop import OpenedByDesktop


def test_a_photo_that_the_desktop_names_is_opened(qapp: QApplication) -> None:
    opened: list[Path] = []
    owner = QObject()
    watching = OpenedByDesktop(qapp, opened.extend, owner)
    QApplication.sendEvent(qapp, QFileOpenEvent("/photos/Straße 1.jpg"))
    assert opened == [Path("/photos/Straße 1.jpg")]

    QApplication.sendEvent(qapp, QEvent(QEvent.Type.ApplicationActivate))
    assert len(opened) == 1
    qapp.removeEventFilter(watching)


def test_nothing_is_opened_for_an_event_without_a_file(qapp: QApplication) -> None:
    opened: list[Path] = []
    owner = QObject()
    watching = OpenedByDesktop(qapp, opened.extend, owner)
    QApplication.sendEvent(qapp, QFileOpenEvent(""))
    assert opened == []
    qapp.removeEventFilter(watching)
