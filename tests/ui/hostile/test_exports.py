"""Exports that are stopped, overtaken or refused: no half file, no lost edit, no silence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.errors import Cancelled
from unblur.ui import news
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer, ExportDialog
from unblur.ui.dialogs.unsaved import Choice

Save = Callable[..., Path]


class SlowDisk:
    """In the place of the real export: begins, and ends when the test says so."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()
        self.error: Exception | None = None

    def __call__(self, *arguments: Any) -> object:
        is_cancelled = arguments[-1]
        self.has_begun.set()
        while not self.may_end.wait(0.005):
            if is_cancelled():
                raise Cancelled
        if self.error is not None:
            raise self.error
        return None


@pytest.fixture
def slow_disk(program: Program) -> Iterator[SlowDisk]:
    disk = SlowDisk()
    program.exporter._write = disk
    yield disk
    disk.may_end.set()


@pytest.fixture
def exporting(
    program: Program,
    person: Any,
    save: Save,
    slow_disk: SlowDisk,
    monkeypatch: pytest.MonkeyPatch,
) -> Program:
    """A window that is writing the result of a photo with a region."""
    person.opens(save("a.png"))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    program.actions[ActionId.EXPORT].trigger()
    assert slow_disk.has_begun.wait(5)
    return program


def test_a_long_export_can_be_cancelled(
    qtbot: QtBot,
    exporting: Program,
    person: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    qtbot.waitUntil(lambda: "Saving “a-unblurred.png”…" in person.reads())
    (banner,) = exporting.banners.banners
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Cancel").click()
    qtbot.waitUntil(lambda: not exporting.exporter.is_busy)
    assert exporting.banners.banners == []
    assert exporting.window.isWindowModified()


def test_a_short_export_offers_no_cancel(
    qtbot: QtBot, exporting: Program, slow_disk: SlowDisk, person: Any
) -> None:
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: "Saved “a-unblurred.png”" in person.reads())
    qtbot.wait(news._PATIENCE_MS + 100)
    assert len(exporting.banners.banners) == 1


def test_the_real_export_stops_and_leaves_nothing(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png", (3000, 2000)))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    files = set(tmp_path.iterdir())
    with qtbot.waitSignal(program.exporter.cancelled):
        program.actions[ActionId.EXPORT].trigger()
        program.exporter.cancel()
    assert set(tmp_path.iterdir()) == files


def test_a_photo_that_is_closed_during_its_export_is_closed_when_it_is_written(
    qtbot: QtBot, exporting: Program, slow_disk: SlowDisk, person: Any
) -> None:
    exporting.actions[ActionId.CLOSE].trigger()
    qtbot.wait(20)
    assert len(exporting.session.photos) == 1
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: exporting.session.photos == ())
    assert "Saved" in person.reads()


def test_the_window_waits_for_an_export_and_then_closes(
    qtbot: QtBot, exporting: Program, slow_disk: SlowDisk
) -> None:
    exporting.window.close()
    qtbot.wait(20)
    assert exporting.window.isVisible()
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: not exporting.window.isVisible())


def test_an_export_that_fails_while_the_window_closes_keeps_it_open(
    qtbot: QtBot, exporting: Program, slow_disk: SlowDisk, person: Any, allow_log: list[str]
) -> None:
    allow_log.append("Unexpected failure while writing")
    slow_disk.error = ValueError("the cable was pulled")
    exporting.window.close()
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: "the cable was pulled" in person.reads())
    qtbot.wait(20)
    assert exporting.window.isVisible()
    assert exporting.window.isWindowModified()


def test_an_edit_during_the_export_is_asked_about_on_closing(
    qtbot: QtBot,
    exporting: Program,
    slow_disk: SlowDisk,
    person: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "unblur.bootstrap.ask_about", lambda title, _parent: asked.append(title) or Choice.DISCARD
    )
    exporting.window.close()
    person.adds_region()
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: not exporting.window.isVisible())
    assert asked == ["a.png"]


def test_a_photo_taken_away_during_its_export_is_no_accident(
    qtbot: QtBot, exporting: Program, slow_disk: SlowDisk, person: Any
) -> None:
    assert exporting.session.current is not None
    exporting.session.close(exporting.session.current)
    qtbot.wait(20)
    slow_disk.may_end.set()
    qtbot.waitUntil(lambda: "Saved" in person.reads())


@pytest.mark.parametrize("place", ["read_only_folder", "tiny_disk"])
def test_a_folder_without_room_or_right_ends_in_a_banner_and_keeps_the_edits(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    folder: Path = request.getfixturevalue(place)
    files = set(folder.iterdir())
    person.opens(save("a.png", (400, 300)))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, folder / "out.png")
    program.actions[ActionId.EXPORT].trigger()
    said = "no space is left" if place == "tiny_disk" else "read-only"
    qtbot.waitUntil(lambda: said in person.reads())
    assert str(folder / "out.png") in person.reads()
    assert set(folder.iterdir()) == files
    assert program.session.document is not None
    assert len(program.session.document.regions) == 1
    assert program.window.isWindowModified()


def test_a_file_that_may_not_grow_further_ends_in_a_banner(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = pytest.importorskip("resource")
    person.opens(save("a.png", (400, 300)))
    person.adds_region()
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    files = set(tmp_path.iterdir())
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, most))
    try:
        program.actions[ActionId.EXPORT].trigger()
        qtbot.waitUntil(lambda: "could not be written" in person.reads())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert "a-unblurred.png" in person.reads()
    assert set(tmp_path.iterdir()) == files
    assert program.window.isWindowModified()


def test_a_photo_whose_file_is_gone_is_exported_all_the_same(
    qtbot: QtBot, program: Program, person: Any, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save("a.png")
    person.opens(source)
    person.adds_region()
    source.unlink()
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "Saved “a-unblurred.png”" in person.reads())


def test_the_original_is_replaced_only_when_that_is_ticked_and_stays_open(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = save("a.png")
    before = source.read_bytes()
    person.opens(source)
    program.restorer.restore()
    client.finish()

    def exec_(dialog: ExportDialog) -> int:
        dialog.path_field.setText(str(source))
        dialog.overwrite.setChecked(True)
        dialog.answer = Answer.EXPORT
        return 1

    monkeypatch.setattr(ExportDialog, "exec", exec_)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "Saved “a.png”" in person.reads())
    assert source.read_bytes() != before
    program.actions[ActionId.UNDO].trigger()
    program.canvas.grab()
    assert program.session.document is not None
    assert program.session.document.regions == ()
