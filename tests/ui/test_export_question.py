"""Which choices an export asks for, and which of them are remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.imaging.codec import decode
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer, ExportDialog


@pytest.mark.parametrize("tells", [True, False])
def test_whether_the_file_tells_of_the_model_is_asked_done_and_remembered(
    tells: bool,
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    save: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    program.restorer.restore()
    client.finish()
    offered = []

    def exec_(dialog: ExportDialog) -> int:
        offered.append(dialog.tell_restored.isChecked())
        dialog.tell_restored.setChecked(tells)
        dialog.answer = Answer.EXPORT
        return 1

    monkeypatch.setattr(ExportDialog, "exec", exec_)
    for name in ("a-unblurred.png", "a-unblurred-2.png"):
        program.actions[ActionId.EXPORT].trigger()
        qtbot.waitUntil(lambda name=name: f"Saved “{name}”" in person.reads())
        said = decode(tmp_path / name).metadata.xmp
        assert (b"compositeWithTrainedAlgorithmicMedia" in (said or b"")) == tells
    assert offered == [True, tells]
