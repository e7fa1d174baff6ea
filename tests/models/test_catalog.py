from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unblur_models.catalog import (
    DEFAULT_MODEL_ID,
    ModelCard,
    Quality,
    card,
    cards,
    default_quality,
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
def test_a_card_names_files_that_are_there_and_sizes_that_fit(card: ModelCard) -> None:
    weights = PACKAGE / "weights"
    assert 0 < (weights / card.weights_file).stat().st_size < 50_000_000
    licence = (weights / card.licence_file).read_text(encoding="utf-8")
    assert "Apache License" in licence or "Permission is hereby granted" in licence
    assert card.credit
    assert card.source
    assert card.training_data
    assert card.tile % card.size_multiple == 0
    assert 0 <= card.overlap <= card.halo < card.tile // 2
    assert all(isinstance(each, Quality) and each.label for each in card.qualities)
    assert {each.quality for each in card.measured} <= {each.id for each in card.qualities}
