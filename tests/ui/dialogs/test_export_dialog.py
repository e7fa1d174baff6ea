from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.photo import Photo
from unblur.imaging.export import depth_lost
from unblur.ui.dialogs.export_dialog import Answer, ExportDialog


def dialog_for(
    qtbot: QtBot, source: Path | None, suggested: Path, bits: int = 8, missing: int = 0
) -> ExportDialog:
    dtype = np.uint8 if bits == 8 else np.uint16
    photo = Photo(np.zeros((4, 4, 3), dtype), "f", source, source.name if source else "")
    dialog = ExportDialog(
        photo, suggested, depth_lost, quality=90, keep_metadata=True, missing=missing
    )
    qtbot.addWidget(dialog)
    return dialog


def note(dialog: ExportDialog) -> str:
    return dialog._note.text()


def test_a_free_name_can_be_exported_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_for(qtbot, tmp_path / "a.png", tmp_path / "a-unblurred.png")
    assert dialog.export_button.isEnabled()
    dialog.export_button.click()
    assert dialog.answer is Answer.EXPORT


def test_the_format_changes_the_name_and_the_name_the_format(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_for(qtbot, tmp_path / "a.png", tmp_path / "out.png")
    index = dialog.format.findData(".webp")
    dialog.format.setCurrentIndex(index)
    dialog.format.activated.emit(index)
    assert dialog.path == tmp_path / "out.webp"
    dialog.path_field.setText(str(tmp_path / "out.JPEG"))
    assert dialog.format.currentData() == ".jpg"
    assert dialog.path.name == "out.JPEG"


@pytest.mark.parametrize(
    ("suffix", "is_said"), [(".png", False), (".tif", False), (".jpg", True), (".webp", True)]
)
def test_losing_depth_is_said_before(
    qtbot: QtBot, tmp_path: Path, suffix: str, *, is_said: bool
) -> None:
    dialog = dialog_for(qtbot, tmp_path / "a.tif", tmp_path / f"out{suffix}", bits=16)
    assert ("holds 8 bits" in note(dialog)) is is_said


def test_the_original_needs_a_tick(qtbot: QtBot, tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.touch()
    dialog = dialog_for(qtbot, source, source)
    assert not dialog.export_button.isEnabled()
    assert "the photo that you opened" in note(dialog)
    dialog.overwrite.setChecked(True)
    assert dialog.export_button.isEnabled()


def test_an_unknown_ending_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_for(qtbot, tmp_path / "a.png", tmp_path / "out.gif")
    assert not dialog.export_button.isEnabled()
    assert "has to end in" in note(dialog)


def test_missing_regions_are_said_and_can_be_restored_first(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_for(qtbot, tmp_path / "a.png", tmp_path / "b.png", missing=2)
    assert dialog.export_button.text() == "Export as it is"
    dialog.restore_button.click()
    assert dialog.answer is Answer.RESTORE_FIRST
