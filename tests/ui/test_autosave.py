from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import BrushStroke
from unblur.ui.autosave import Autosave
from unblur.ui.recovery import OwnFile, SavedEdit, find_orphans
from unblur.ui.session import Session

AddRectangle = Callable[[Rect], Region]
MakePhoto = Callable[..., Photo]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_an_edit_is_on_disk_within_five_seconds(
    qtbot: QtBot, session: Session, make_photo: MakePhoto, rectangle: AddRectangle, folder: Path
) -> None:
    autosave = Autosave(session, folder)
    (wait,) = autosave.findChildren(QTimer)
    opened = session.open(make_photo())
    region = rectangle(Rect(1, 2, 30, 40))
    assert wait.isActive()
    assert wait.interval() < 5000, "so much work could be lost"
    qtbot.waitUntil(lambda: bool(files(folder)))
    saved = json.loads(files(folder)[0].read_text())["documents"][0]
    assert saved["path"] == "/photos/a.png"
    assert saved["regions"][0]["id"] == region.id
    assert saved["regions"][0]["shapes"] == [
        {"kind": "rectangle", "rect": [1, 2, 30, 40], "mode": "add"}
    ]
    assert not autosave.finish(), "nobody was asked yet"
    assert files(folder)
    session.close(opened)
    assert autosave.finish()
    assert files(folder) == []


def test_a_person_who_never_pauses_is_saved_as_well(
    qtbot: QtBot, session: Session, make_photo: MakePhoto, rectangle: AddRectangle, folder: Path
) -> None:
    autosave = Autosave(session, folder)
    session.open(make_photo())
    region = rectangle(Rect(1, 2, 30, 40))
    for step in range(100):
        if files(folder):
            break
        session.edit_region(replace(region, strength=step / 100), "Change Strength", "drag")
        qtbot.wait(50)
    assert files(folder)
    autosave.finish()


def test_photos_without_edits_are_not_saved(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle, folder: Path
) -> None:
    autosave = Autosave(session, folder)
    opened = session.open(make_photo())
    autosave.save()
    assert files(folder) == []
    rectangle(Rect(0, 0, 9, 9))
    autosave.save()
    assert len(files(folder)) == 1
    opened.undo_stack.setClean()
    autosave.save()
    assert files(folder) == []
    autosave.finish()


@pytest.mark.allow_log("Edits were not saved")
def test_a_folder_that_cannot_be_written_costs_only_the_safety_net(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle, tmp_path: Path
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    autosave = Autosave(session, blocker / "recovery")
    session.open(make_photo())
    rectangle(Rect(0, 0, 9, 9))
    autosave.save()


def test_a_file_whose_window_runs_is_nobody_elses(folder: Path) -> None:
    own = OwnFile(folder)
    own.write([edit_of_a_region()])
    assert find_orphans(folder) == []
    own.remove()


def test_what_a_killed_window_saved_is_found_in_full(folder: Path) -> None:
    edit = edit_of_a_region()
    leave_behind(folder, edit)
    (orphan,) = find_orphans(folder)
    assert orphan.edits == (edit,)
    assert find_orphans(folder) == [], "one window offers it, not two"
    orphan.settle()
    assert files(folder) == []


def test_edits_of_version_1_are_found(folder: Path) -> None:
    leave_behind(folder, replace(edit_of_a_region(), protection=()))
    (path,) = folder.glob("*.json")
    data = json.loads(path.read_text())
    data["version"] = 1
    del data["documents"][0]["protection"]
    path.write_text(json.dumps(data))
    (orphan,) = find_orphans(folder)
    assert orphan.edits == (replace(edit_of_a_region(), protection=()),)
    orphan.settle()


@pytest.mark.allow_log("are not readable")
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 99}', b'{"version": 1, "documents": [{}]}']
)
def test_a_damaged_file_is_put_aside(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "x.json").write_bytes(content)
    assert find_orphans(folder) == []
    assert (folder / "x.damaged").read_bytes() == content


def edit_of_a_region() -> SavedEdit:
    from unblur.document.geometry import Size
    from unblur.document.region import ModelChoice, RegionId

    stroke = BrushStroke((Point(1.5, 2.5), Point(3.0, 4.0)), 12.0)
    region = Region(RegionId("r"), "Face", (stroke,), ModelChoice("m", "draft"), 0.7, 3.0)
    shield = BrushStroke((Point(9.0, 9.0),), 4.0, hardness=0.5)
    return SavedEdit(Path("/photos/ä b.png"), "ä b.png", "f00", Size(60, 40), (region,), (shield,))


def leave_behind(folder: Path, edit: SavedEdit) -> None:
    """Write `edit` from a process that ends without a word."""
    own = OwnFile(folder)
    own.write([edit])
    content = own.path.read_bytes()
    own.remove()
    code = (
        "import os, sys; from pathlib import Path; from unblur.ui.recovery import OwnFile\n"
        "own = OwnFile(Path(sys.argv[1])); own.path.write_bytes(sys.stdin.buffer.read())\n"
        "os._exit(9)"
    )
    path = [entry for entry in sys.path if entry]
    subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{code}", str(folder)],
        input=content,
        check=False,
    )
