from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QDialog
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import WholePhoto
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.models import ModelsDialog
from unblur.ui.recovered_models import with_known_models
from unblur_models import catalog
from unblur_models.card import card_text

MINE = replace(
    catalog.card(catalog.DEFAULT_MODEL_ID),
    id="custom-mine",
    name="Mine",
    family="custom",
    variant="mine",
    weights_file="custom-mine.safetensors",
)


@pytest.fixture
def installed(program: Program, own_home: Path) -> Path:
    """A model that another program put into the person's folder; the window was told."""
    folder = own_home / "data/models"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "custom-mine.toml").write_text(card_text(MINE))
    (folder / MINE.weights_file).write_bytes(b"weights")
    program.library.refresh()
    return folder


def model_combo(program: Program) -> QComboBox:
    combos = program.panel.options.findChildren(QComboBox)
    return next(combo for combo in combos if combo.accessibleName() == "Model")


def choose(combo: QComboBox, model_id: str) -> None:
    combo.setCurrentIndex(combo.findData(model_id))
    combo.activated.emit(combo.currentIndex())


def test_a_model_that_came_can_be_chosen_without_a_new_start(
    program: Program, person: Any, save: Callable[..., Path], installed: Path
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    choose(model_combo(program), "custom-mine")
    region = program.session.selected_region
    assert region is not None
    assert region.model.model_id == "custom-mine"


def test_a_model_that_went_stays_named_and_its_edits_can_be_undone(
    qtbot: QtBot, program: Program, person: Any, save: Callable[..., Path], installed: Path
) -> None:
    person.opens(save("a.png"))
    person.adds_region()
    choose(model_combo(program), "custom-mine")
    with qtbot.waitSignal(program.library.changed):
        program.library.remove("custom-mine")
    assert list(installed.iterdir()) == []
    assert model_combo(program).currentText() == "Mine (weights needed)"
    program.actions[ActionId.UNDO].trigger()
    assert model_combo(program).currentData() == catalog.DEFAULT_MODEL_ID
    program.actions[ActionId.REDO].trigger()
    assert model_combo(program).currentText() == "Mine (weights needed)"


def test_edits_that_come_back_without_their_model_get_the_default_one() -> None:
    waiting = next(card for card in catalog.cards() if catalog.needs_weights(card))
    region = Region(RegionId("r"), "Face", (WholePhoto(),), ModelChoice(waiting.id, "good"))
    (regions, gone) = with_known_models([region], is_accelerated=False)
    assert regions[0].model.model_id == catalog.DEFAULT_MODEL_ID
    assert gone == (waiting.id,)


def test_the_dialog_opens_from_the_menu_and_tells_failures_itself(
    qtbot: QtBot,
    program: Program,
    person: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []

    def look(dialog: ModelsDialog) -> int:
        with qtbot.waitSignal(program.library.failed):
            program.library.add(tmp_path / "no-such.pth")
        said.append(dialog.message.text)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(ModelsDialog, "exec", look)
    program.actions[ActionId.MODELS].trigger()
    assert "No such file" in said[0]
    assert person.reads() == ""


def test_a_failure_after_the_dialog_was_closed_is_a_banner(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path
) -> None:
    with qtbot.waitSignal(program.library.failed):
        program.library.add(tmp_path / "no-such.pth")
    assert "No such file" in person.reads()
