from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from unblur.ui.panels.model_combo import ModelCombo
from unblur_models import catalog
from unblur_models.card import ModelCard, card_text
from unblur_models.catalog import DEFAULT_MODEL_ID

MINE = replace(
    catalog.card(DEFAULT_MODEL_ID),
    id="custom-mine",
    name="Mine",
    family="custom",
    variant="mine",
    weights_file="custom-mine.safetensors",
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    catalog.look_in(tmp_path)
    yield tmp_path
    catalog.look_in()


def put(folder: Path, card: ModelCard = MINE) -> None:
    (folder / f"{card.id}.toml").write_text(card_text(card))
    (folder / card.weights_file).write_bytes(b"weights")
    catalog.refresh()


def offered(combo: ModelCombo) -> list[str]:
    return [combo.itemText(i) for i in range(combo.count())]


def test_what_cannot_be_run_is_not_offered(qtbot: QtBot, folder: Path) -> None:
    put(folder)
    (folder / MINE.weights_file).unlink()
    combo = ModelCombo()
    qtbot.addWidget(combo)
    assert offered(combo) == [card.name for card in catalog.usable()]
    assert "Mine" not in offered(combo)
    missing = [card for card in catalog.cards() if card not in catalog.available()]
    assert not {card.name for card in missing} & set(offered(combo))


def test_a_model_that_came_is_offered_and_the_choice_stays(qtbot: QtBot, folder: Path) -> None:
    combo = ModelCombo()
    qtbot.addWidget(combo)
    combo.show_model(DEFAULT_MODEL_ID)
    put(folder)
    combo.refresh()
    assert "Mine" in offered(combo)
    assert combo.currentData() == DEFAULT_MODEL_ID


def test_a_model_that_went_is_named_while_a_region_has_it(qtbot: QtBot, folder: Path) -> None:
    put(folder)
    combo = ModelCombo()
    qtbot.addWidget(combo)
    combo.show_model("custom-mine")
    assert combo.currentText() == "Mine"
    for path in list(folder.iterdir()):
        path.unlink()
    catalog.refresh()
    combo.refresh()
    assert combo.currentText() == "Mine (weights needed)"
    combo.show_model(DEFAULT_MODEL_ID)
    assert not any("weights needed" in text for text in offered(combo))
