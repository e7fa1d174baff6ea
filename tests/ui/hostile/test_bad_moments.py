"""The worst moments: closing, stopping and undoing while other things are under way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.ui.dialogs.unsaved import Choice

Save = Callable[..., Path]


def test_one_photo_opened_fifty_times_is_open_once(
    qtbot: QtBot, program: Program, save: Save
) -> None:
    path = save("a.png")
    for name in [path, path.parent / "." / path.name] * 25:
        program.opener.open([name])
    qtbot.waitUntil(lambda: not program.jobs.is_busy)
    program.opener.open([path] * 50)
    assert len(program.session.photos) == 1
    assert len(program.filmstrip.cells) == 1


def test_a_clipboard_that_cannot_be_read_holds_no_picture(program: Program, person: Any) -> None:
    program.opener.take(None)
    assert "no picture to paste" in person.reads()


def test_a_window_that_ends_while_photos_are_read_waits_for_those_under_way_only(
    qtbot: QtBot, program: Program, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Semaphore(0), threading.Event()
    read: list[Path] = []

    def decode(path: Path) -> Photo:
        read.append(path)
        begun.release()
        may_end.wait(5)
        raise ValueError("nobody hears this")

    monkeypatch.setattr(program.opener, "_decode", decode)
    monkeypatch.setattr("unblur.workers.files.logger.exception", lambda *_: None)
    program.opener.open([save(f"{number}.png") for number in range(40)])
    assert begun.acquire(timeout=30)
    threading.Timer(0.05, may_end.set).start()
    program.jobs.shutdown()
    assert len(read) < 40
    assert program.session.photos == ()


def test_a_real_engine_that_is_still_starting_lets_the_window_go(
    qtbot: QtBot, whole_program: Callable[..., Program], save: Save
) -> None:
    program = whole_program()
    program.first.show()
    program.begin([save("a.png")])
    qtbot.waitUntil(lambda: program.client._warm_up is not None)
    heard: list[object] = []
    program.client.warmed.connect(heard.append)
    program.window.close()
    program.shut_down()
    qtbot.wait(20)
    assert heard == []


def test_closing_the_window_while_it_restores_asks_and_ends_the_run(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png"))
    person.adds_region(Rect(0, 0, 300, 180))
    program.restorer.restore()
    monkeypatch.setattr("unblur.bootstrap.ask_about", lambda _title, _parent: Choice.DISCARD)
    program.window.close()
    qtbot.waitUntil(lambda: not program.window.isVisible())
    assert client.cancelled == 1
    assert not program.restorer.is_running
    client.give_tile()  # it was on its way already
    assert program.session.photos == ()


def test_undo_and_redo_while_tiles_arrive_end_where_they_would_without(
    qtbot: QtBot, program: Program, person: Any, client: Any, save: Save
) -> None:
    person.opens(save("a.png", (1200, 900)))
    for column in range(3):
        person.adds_region(Rect(column * 400, 0, 390, 900))
    program.restorer.restore()
    chance, group = random.Random(4), program.session.undo_group
    for _ in range(150):
        chance.choice([group.undo, group.redo, group.redo])()
        if client.is_busy and client.given < len(client.tiles) and chance.random() < 0.2:
            client.give_tile()
        # Without a region Restore makes one, which ends what could be redone.
        if chance.random() < 0.05 and group.canUndo():
            program.restorer.restore()
            program.canvas.grab()
    while group.canRedo():
        group.redo()
    program.restorer.restore()
    if client.is_busy:
        client.finish()
    assert program.session.document is not None
    assert len(program.session.document.regions) == 3
    assert program.restorer.outlook.is_restored
