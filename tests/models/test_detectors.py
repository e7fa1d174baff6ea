from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unblur_models import detectors
from unblur_models.errors import (
    UnknownModelError,
    WeightsDamagedError,
    WeightsMissingFileError,
)


@pytest.mark.parametrize("card", detectors.cards(), ids=lambda card: card.id)
def test_every_card_has_its_weights_its_licence_and_its_credit(
    card: detectors.DetectorCard,
) -> None:
    assert len(detectors.read_bytes(card)) < 50 * 1024 * 1024
    assert detectors.is_at_hand(card.id)
    assert {"MIT": "MIT License", "Apache-2.0": "Version 2.0"}[card.licence] in (
        detectors.licence_text(card)
    )
    assert card.credit
    assert card.source
    assert card.input


def test_no_weights_lie_there_without_a_card() -> None:
    folder = Path(detectors.__file__).parent / "weights" / "detectors"
    weights = {path.name for path in folder.iterdir() if path.suffix not in (".toml", ".txt")}

    assert weights == {card.file for card in detectors.cards()}


def test_an_unknown_card_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownModelError) as caught:
        detectors.card("retina")

    assert "yunet" in caught.value.known


def test_damaged_and_missing_weights_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detectors, "_FOLDER", tmp_path)
    card = detectors.card("yunet")

    with pytest.raises(WeightsMissingFileError):
        detectors.read_bytes(card)
    (tmp_path / card.file).write_bytes(b"something else")
    with pytest.raises(WeightsDamagedError):
        detectors.read_bytes(card)
    assert detectors.is_at_hand("yunet")


def test_the_catalogue_of_deblurring_models_does_not_list_them() -> None:
    from unblur_models import catalog

    assert not {card.id for card in detectors.cards()} & {card.id for card in catalog.cards()}


def test_reading_cards_needs_neither_torch_nor_opencv() -> None:
    program = (
        "import sys; from unblur_models import detectors; detectors.cards();"
        "assert not {'torch', 'cv2', 'numpy'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
