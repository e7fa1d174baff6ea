from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from unblur_models.card import card_text
from unblur_models.catalog import (
    DEFAULT_MODEL_ID,
    ModelCard,
    Purpose,
    WeightsState,
    available,
    card,
    cards,
    default_quality,
    locate_weights,
    look_in,
    refresh,
    weights_state,
)
from unblur_models.errors import UnknownModelError, UnknownQualityError

PACKAGE = Path(__file__).parents[2] / "models" / "unblur_models"


def test_the_catalogue_imports_no_torch() -> None:
    code = (
        "import sys, unblur_models, unblur_models.catalog as c; c.cards();"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(PACKAGE.parent)}
    )


def test_the_default_model_comes_first() -> None:
    assert cards()[0].id == DEFAULT_MODEL_ID
    assert card(DEFAULT_MODEL_ID) is cards()[0]


def test_an_unknown_model_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownModelError) as caught:
        card("nothing")
    assert caught.value.model_id == "nothing"
    assert DEFAULT_MODEL_ID in caught.value.known


def test_an_unknown_quality_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownQualityError) as caught:
        card(DEFAULT_MODEL_ID).quality("superb")
    assert caught.value.known == ("draft", "good", "best")


def test_maxim_has_one_quality_a_stage() -> None:
    qualities = card(DEFAULT_MODEL_ID).qualities
    assert [(each.id, each.stages) for each in qualities] == [
        ("draft", 1),
        ("good", 2),
        ("best", 3),
    ]


def test_a_cpu_starts_with_the_quickest_and_a_gpu_with_the_best() -> None:
    maxim = card(DEFAULT_MODEL_ID)
    assert default_quality(maxim, is_accelerated=False) == "draft"
    assert default_quality(maxim, is_accelerated=True) == "best"


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.id)
def test_a_card_says_what_a_person_needs_to_know(card: ModelCard) -> None:
    assert card.id.startswith(f"{card.family}-{card.variant}.")
    assert card.name
    assert card.summary
    assert card.credit
    assert card.source
    assert card.training_data
    assert card.parameters > 0
    assert card.gmacs_per_megapixel > 0
    assert all(each.label for each in card.qualities)
    assert {each.quality for each in card.measured} <= {each.id for each in card.qualities}


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.id)
def test_weights_are_embedded_with_their_licence_or_the_card_says_where_they_are(
    card: ModelCard,
) -> None:
    path = PACKAGE / "weights" / card.weights_file
    if not path.exists():
        assert weights_state(card) is WeightsState.MISSING
        assert card.weights_from
        assert not card.measured, "nothing was measured without weights"
        return
    assert weights_state(card) is WeightsState.EMBEDDED
    assert path.stat().st_size == card.weights_bytes < 50_000_000
    licence = (path.parent / card.licence_file).read_text(encoding="utf-8")
    assert "Apache License" in licence or "Permission is hereby granted" in licence
    assert card.commercial, "both licences allow it"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A person's folder, which the catalogue looks into."""
    look_in(tmp_path)
    yield tmp_path
    look_in()


def put(folder: Path, card: ModelCard, weights: bytes | None = None) -> None:
    (folder / f"{card.id}.toml").write_text(card_text(card), encoding="utf-8")
    if weights is not None:
        (folder / card.weights_file).write_bytes(weights)
    refresh()


OTHER = ModelCard(
    id="other-tiny.street",
    name="Other",
    architecture="Other",
    purpose=Purpose.MOTION,
    weights_file="other.safetensors",
    licence="MIT",
    family="other",
    variant="tiny",
    sha256="0" * 64,
)


def test_a_card_without_weights_is_known_but_not_offered(folder: Path) -> None:
    put(folder, OTHER)
    assert OTHER in cards()
    assert OTHER not in available()
    assert weights_state(OTHER) is WeightsState.MISSING


def test_a_card_is_offered_once_its_weights_are_in_a_persons_folder(folder: Path) -> None:
    put(folder, OTHER, b"weights")
    assert OTHER in available()
    assert weights_state(OTHER) is WeightsState.FETCHED
    assert locate_weights(OTHER) == folder / "other.safetensors"


def test_a_file_that_no_digest_vouches_for_is_no_weights(folder: Path) -> None:
    unchecked = replace(OTHER, sha256="")
    put(folder, unchecked, b"weights")
    assert unchecked not in available()


def test_a_model_that_is_removed_keeps_its_card_while_the_program_runs(folder: Path) -> None:
    put(folder, OTHER, b"weights")
    for path in list(folder.iterdir()):
        path.unlink()
    refresh()
    assert OTHER not in cards()
    assert card(OTHER.id) == OTHER


def test_no_folder_can_replace_a_model_that_is_embedded(folder: Path) -> None:
    put(folder, replace(card(DEFAULT_MODEL_ID), name="Impostor"), b"weights")
    assert card(DEFAULT_MODEL_ID).name == "MAXIM"
    assert weights_state(card(DEFAULT_MODEL_ID)) is WeightsState.EMBEDDED


def test_the_first_of_several_folders_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for each in (first, second):
        each.mkdir()
        put(each, replace(OTHER, name=each.name))
    look_in(first, second, tmp_path / "none")
    assert card(OTHER.id).name == "first"
    look_in()


def test_a_broken_card_costs_only_itself(folder: Path, allow_log: list[str]) -> None:
    allow_log.append("is no usable model card")
    put(folder, OTHER)
    (folder / "broken.toml").write_text("id = 3")
    refresh()
    assert OTHER in cards()
    assert card(DEFAULT_MODEL_ID)
