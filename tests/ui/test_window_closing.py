"""No work is lost: on closing, and after a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer
from unblur.ui.dialogs.unsaved import Choice
from unblur.ui.panels.banner import Kind

Save = Callable[..., Path]


@pytest.mark.parametrize(("choice", "stays"), [(Choice.CANCEL, True), (Choice.DISCARD, False)])
def test_closing_with_unsaved_work_asks(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
    choice: Choice,
    stays: bool,
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    asked: list[str] = []
    monkeypatch.setattr(
        "unblur.bootstrap.ask_about", lambda title, _parent: asked.append(title) or choice
    )
    program.window.close()
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.waitUntil(lambda: program.window.isVisible() is stays)
    assert asked == ["a.png"]
    assert len(program.session.photos) == int(stays)


def test_saving_on_the_way_out_exports_and_then_closes(
    qtbot: QtBot,
    program: Program,
    person: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    monkeypatch.setattr("unblur.bootstrap.ask_about", lambda _title, _parent: Choice.SAVE)
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    program.window.close()
    qtbot.waitUntil(lambda: not program.window.isVisible())
    assert (tmp_path / "a-unblurred.png").exists()


def test_cancel_on_the_way_out_keeps_what_was_discarded_before(
    qtbot: QtBot, program: Program, person: Any, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        person.opens(save(name))
        person.adds_region()
    answers = iter([Choice.DISCARD, Choice.CANCEL])
    monkeypatch.setattr("unblur.bootstrap.ask_about", lambda _title, _parent: next(answers))
    program.window.close()
    qtbot.waitUntil(lambda: next(answers, None) is None)
    assert len(program.session.photos) == 2
    assert program.window.isVisible()


def test_the_edits_of_a_killed_window_are_brought_back(
    qtbot: QtBot, program: Program, person: Any, save: Save, own_home: Path
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    content = json.loads(own.read_text())
    assert len(content["documents"]) == 1
    region = program.session.selected_region
    assert program.session.current is not None
    program.session.close(program.session.current)
    left = own.with_name("left.json")
    left.write_text(json.dumps(content))

    program._offer_recovery()
    assert "Unblur closed unexpectedly" in person.reads()
    (banner,) = (b for b in program.banners.banners if b.notice.kind is Kind.INFO)
    button = next(b for b in banner.findChildren(QPushButton) if b.text() == "Bring back")
    button.click()
    qtbot.waitUntil(lambda: program.session.document is not None)
    assert program.session.document is not None
    assert program.session.document.regions == (region,)
    assert program.window.isWindowModified()
    qtbot.waitUntil(lambda: not left.exists())


def test_a_pasted_picture_survives_a_crash_with_its_edits(
    qtbot: QtBot, program: Program, person: Any, own_home: Path
) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    QGuiApplication.clipboard().setImage(image)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)
    person.adds_region()
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    left = own.with_name("left.json")
    left.write_bytes(own.read_bytes())
    assert program.session.current is not None
    program.session.close(program.session.current)
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: program.session.document is not None)
    assert program.session.document is not None
    assert (program.session.document.photo.pixels[0, 0] == (0, 0, 255)).all()
    assert len(program.session.document.regions) == 1
    program.session.close(program.session.current)  # type: ignore[arg-type]
    program.shut_down()
    assert list((own_home / "state" / "pasted").iterdir()) == []


def test_a_photo_that_changed_since_the_crash_is_told(
    qtbot: QtBot, program: Program, person: Any, save: Save, own_home: Path
) -> None:
    path = save("a.png")
    person.opens(path)
    person.adds_region()
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    left = own.with_name("left.json")
    left.write_bytes(own.read_bytes())
    assert program.session.current is not None
    program.session.close(program.session.current)
    save("a.png", size=(64, 64))
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: "has another size than then" in person.reads())
    assert program.session.document is not None
    assert program.session.document.regions == ()
