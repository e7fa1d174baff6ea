"""Photos into the window and results out of it, with a fake engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer

Save = Callable[..., Path]


def drops(program: Program, mime: QMimeData) -> None:
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(program.window, QDropEvent(QPointF(50, 50), copy, mime, left, none))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"", "no content"),
        (b"hello, I am text", "not a picture"),
    ],
    ids=["missing", "empty", "text"],
)
def test_a_photo_that_cannot_be_opened_ends_in_a_banner_that_names_it(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "ünusual 📷 name.png"
    if content is not None:
        path.write_bytes(content)
    program.opener.open([path])
    qtbot.waitUntil(lambda: said in person.reads())
    assert str(path) in person.reads()


def test_a_folder_and_half_a_photo_end_in_banners(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path, save: Save
) -> None:
    whole = save("whole.jpg")
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    program.opener.open([cut, tmp_path])
    qtbot.waitUntil(lambda: "is a folder" in person.reads())
    qtbot.waitUntil(lambda: "cut short" in person.reads())


def test_the_same_failure_again_is_counted(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path
) -> None:
    for _ in range(3):
        program.opener.open([tmp_path / "gone.png"])
        qtbot.waitUntil(lambda: not program.jobs.is_busy)
    assert len(program.banners.banners) == 1
    assert "(3 times)" in person.reads()


def test_a_good_photo_among_bad_ones_opens(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path, save: Save
) -> None:
    person.opens(save("good.png"))
    program.opener.open([tmp_path / "gone.png"])
    qtbot.waitUntil(lambda: "gone.png" in person.reads())
    assert program.session.current is not None
    assert program.session.current.title == "good.png"


def test_files_that_are_dropped_on_the_window_open(
    qtbot: QtBot, program: Program, save: Save
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(save(name))) for name in ("a.png", "b c.png")])
    drops(program, mime)
    qtbot.waitUntil(lambda: len(program.session.photos) == 2)


def test_a_copied_picture_is_pasted(qtbot: QtBot, program: Program) -> None:
    image = QImage(33, 17, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)
    assert program.session.current is not None
    assert program.session.current.photo.size == (33, 17)
    assert (program.session.current.photo.pixels[0, 0] == (255, 0, 0)).all()


def test_copied_files_are_opened(qtbot: QtBot, program: Program, save: Save) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(save()))])
    QGuiApplication.clipboard().setMimeData(mime)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)


def test_pasting_words_says_that_there_is_no_picture(
    qtbot: QtBot, program: Program, person: Any
) -> None:
    QGuiApplication.clipboard().setText("words")
    program.actions[ActionId.PASTE].trigger()
    assert "no picture to paste" in person.reads()


def test_export_writes_the_result_and_cleans_the_title(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = save("a.png")
    person.opens(source)
    person.adds_region(Rect(20, 20, 100, 80))
    program.restorer.restore()
    client.finish()
    target = tmp_path / "a-unblurred.png"
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "Saved “a-unblurred.png”" in person.reads())
    before, after = np.asarray(Image.open(source)), np.asarray(Image.open(target))
    assert (after[20:100, 20:120] == round(40000 / 65535 * 255)).all()
    changed = (before != after).any(axis=2)
    changed[20:100, 20:120] = False
    assert not changed.any(), "outside of the region the file equals the source"
    assert not program.window.isWindowModified()


def test_the_original_is_refused_with_a_banner(
    qtbot: QtBot, program: Program, person: Any, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save("a.png")
    before = source.read_bytes()
    person.opens(source)
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, source)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "allow overwriting the original" in person.reads())
    assert source.read_bytes() == before
    assert program.window.isWindowModified()


@pytest.mark.skipif(os.name != "posix", reason="needs permissions as POSIX has them")
def test_a_folder_that_is_gone_ends_in_a_banner_and_keeps_the_edits(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, tmp_path / "gone" / "a.png")
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "folder does not exist" in person.reads())
    assert program.session.document is not None
    assert len(program.session.document.regions) == 1


def test_restore_first_starts_a_run_instead_of_an_export(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.RESTORE_FIRST, None)
    program.actions[ActionId.EXPORT].trigger()
    assert program.restorer.is_running
    assert not program.exporter.is_busy


@pytest.mark.parametrize(
    ("mode", "size", "facts"),
    [
        ("RGB", (1, 1), "1 × 1 · 8-bit · sRGB"),
        ("RGB", (1, 5000), "1 × 5000 · 8-bit · sRGB"),
        ("L", (40, 30), "40 × 30 · 8-bit · grey · sRGB"),
        ("P", (40, 30), "40 × 30 · 8-bit · sRGB"),
        ("RGBA", (40, 30), "40 × 30 · 8-bit · sRGB"),
        ("I;16", (40, 30), "40 × 30 · 16-bit · grey · sRGB"),
    ],
)
def test_unusual_pictures_open_and_can_be_restored(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    tmp_path: Path,
    mode: str,
    size: tuple[int, int],
    facts: str,
) -> None:
    path = tmp_path / "unusual.png"
    Image.new(mode, size).save(path)
    person.opens(path)
    assert program.status._facts.text() == facts
    program.restorer.restore()
    client.finish()
    program.canvas.grab()
    assert program.restorer.outlook.is_restored
