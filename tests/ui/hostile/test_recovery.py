"""Edits that come back from a crash in bad company, and a state folder that is no help."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.ui.panels.banner import Kind
from unblur_models import catalog

Save = Callable[..., Path]


@pytest.fixture
def left(
    program: Program, person: Any, save: Save, own_home: Path
) -> Callable[[Callable[[dict[str, Any]], None]], Path]:
    """Makes the file that a killed window left, with one change to its document."""

    def leave(change: Callable[[dict[str, Any]], None]) -> Path:
        person.opens(save("a.png"))
        person.adds_region()
        program.autosave.save()
        (own,) = (own_home / "state" / "recovery").glob("*.json")
        content = json.loads(own.read_text())
        change(content["documents"][0])
        assert program.session.current is not None
        program.session.close(program.session.current)
        program.autosave.save()
        file = own.with_name("left.json")
        file.write_text(json.dumps(content))
        return file

    return leave


def test_a_model_that_exists_no_more_is_told_and_replaced(
    qtbot: QtBot, program: Program, person: Any, left: Any, client: Any
) -> None:
    left(lambda document: document["regions"][0].update(model="deblur-9000", quality="huge"))
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: "no model “deblur-9000” any more" in person.reads())
    assert "a.png" in person.reads()
    region = program.session.selected_region
    assert region is not None
    assert region.model.model_id == catalog.DEFAULT_MODEL_ID
    program.restorer.restore()
    client.finish()
    assert program.restorer.outlook.is_restored


def test_a_quality_that_exists_no_more_becomes_the_default(
    qtbot: QtBot, program: Program, left: Any
) -> None:
    left(lambda document: document["regions"][0].update(quality="huge"))
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: program.session.selected_region is not None)
    assert program.session.selected_region is not None
    assert program.session.selected_region.model.quality == "draft"


def test_edits_whose_photo_is_away_are_offered_again_until_it_is_back(
    qtbot: QtBot, program: Program, person: Any, left: Any, tmp_path: Path
) -> None:
    file = left(lambda document: None)
    photo, elsewhere = tmp_path / "a.png", tmp_path / "elsewhere.png"
    photo.rename(elsewhere)
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: "offered again" in person.reads())
    qtbot.waitUntil(lambda: "does not exist" in person.reads())
    assert json.loads(file.read_text())["documents"][0]["regions"]
    elsewhere.rename(photo)
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: program.session.selected_region is not None)
    qtbot.waitUntil(lambda: not file.exists())


def test_edits_are_not_forgotten_while_they_cannot_be_saved_anew(
    qtbot: QtBot,
    program: Program,
    person: Any,
    left: Any,
    tmp_path: Path,
    allow_log: list[str],
) -> None:
    allow_log.append("Edits were not saved")
    file = left(lambda document: None)
    blocker = tmp_path / "blocker"
    blocker.touch()
    program.autosave._file, program.autosave._folder = None, blocker / "recovery"
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: "not safe from a crash" in person.reads())
    assert program.session.selected_region is not None
    assert file.exists()


def test_a_window_whose_display_is_gone_leaves_its_edits_for_the_next(
    program: Program, person: Any, save: Save, own_home: Path
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    program.shut_down()  # Qt's loop ends as after a wish to quit, but nobody was asked
    (kept,) = (own_home / "state" / "recovery").glob("*.json")
    assert len(json.loads(kept.read_text())["documents"][0]["regions"]) == 1


def test_a_pasted_picture_with_edits_is_left_as_well(
    qtbot: QtBot, program: Program, person: Any, own_home: Path
) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    program.opener.take_image(image)
    qtbot.waitUntil(lambda: program.session.current is not None)
    person.adds_region()
    program.shut_down()
    assert len(list((own_home / "state" / "pasted").iterdir())) == 1


@pytest.mark.parametrize("folder", ["read_only_folder", "tiny_disk"])
def test_a_state_folder_that_cannot_be_written_is_told_once(
    program: Program,
    person: Any,
    save: Save,
    request: pytest.FixtureRequest,
    allow_log: list[str],
    folder: str,
) -> None:
    allow_log.append("Edits were not saved")
    place: Path = request.getfixturevalue(folder)
    program.autosave._folder = place / "recovery"
    if folder == "tiny_disk":
        (place / "recovery").mkdir()
        (place / "full").write_bytes(bytes(64 * 1024))
    person.opens(save("a.png"))
    for _ in range(3):
        person.adds_region()
        assert not program.autosave.save()
    errors = [b for b in program.banners.banners if b.notice.kind is Kind.ERROR]
    assert len(errors) == 1
    assert "(3 times)" not in person.reads()
    assert str(place / "recovery") in person.reads()
    if folder == "tiny_disk":
        (place / "full").unlink()
        person.adds_region()
        assert program.autosave.save()
        assert [path.suffix for path in sorted((place / "recovery").iterdir())] == [
            ".json",
            ".lock",
        ]
    program.session.close(program.session.current)  # type: ignore[arg-type]
    assert program.autosave.finish()


@pytest.mark.allow_log("cannot be read", "not readable", "not usable")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[]", b"[" * 100_000, b"NaN"])
def test_files_of_the_program_that_are_damaged_cost_only_what_they_held(
    qtbot: QtBot,
    whole_program: Callable[..., Program],
    client: Any,
    save: Save,
    own_home: Path,
    content: bytes,
) -> None:
    for name in ("settings", "recent", "speeds", "window", "recovery/x"):
        for folder in ("config", "state"):
            path = own_home / folder / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    program = whole_program(client)
    program.first.show()
    program.begin([save("a.png")])
    qtbot.waitUntil(lambda: program.session.current is not None)
    assert program.recent.paths
    assert (own_home / "state" / "recovery" / "x.damaged").read_bytes() == content


def test_what_was_protected_comes_back_and_one_undo_takes_it_away(
    qtbot: QtBot, program: Program, left: Any
) -> None:
    stroke = {"kind": "brush", "points": [[30, 30], [60, 40]], "radius": 9, "mode": "add"}
    left(lambda document: document.update(protection=[stroke]))
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: program.session.selected_region is not None)
    document = program.session.document
    assert document is not None
    assert [shape.radius for shape in document.protection] == [9]  # type: ignore[union-attr]
    program.session.undo_group.undo()
    assert program.session.document is not None
    assert program.session.document.protection == ()
