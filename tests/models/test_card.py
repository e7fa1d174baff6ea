from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from unblur_models.card import ModelCard, Purpose, card_text, read_card
from unblur_models.catalog import DEFAULT_MODEL_ID, card
from unblur_models.errors import CardError

LEAST = """
id = "nafnet-w32.gopro"
name = "NAFNet"
architecture = "NAFNet"
purpose = "motion"
weights_file = "nafnet.safetensors"
licence = "MIT"
"""


def written(folder: Path, text: str) -> ModelCard:
    path = folder / "card.toml"
    path.write_text(text, encoding="utf-8")
    return read_card(path)


def test_family_and_variant_are_read_from_the_id(tmp_path: Path) -> None:
    found = written(tmp_path, LEAST)
    assert (found.family, found.variant) == ("nafnet", "w32")
    assert found.purpose is Purpose.MOTION
    assert not found.commercial, "what nobody allowed is not allowed"
    assert [quality.id for quality in found.qualities] == ["good"]


def test_a_written_card_reads_back_the_same(tmp_path: Path) -> None:
    original = replace(
        card(DEFAULT_MODEL_ID),
        name='A "name"\twith \\ and \x7f and Ünïcödé',
        mirrors=("https://example.org/a", "https://example.org/b"),
        commercial=True,
        tile=320,
    )
    assert written(tmp_path, card_text(original)) == original


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('weights_file = "../secret.safetensors"', "plain file name"),
        ('weights_file = "weights.pth"', "plain file name"),
        ('purpose = "magic"', "magic"),
        ('sha256 = "abc"', "no SHA-256"),
        ("parameters = true", "parameters is True"),
        ('parameters = "many"', "parameters is 'many'"),
        ("tile = 100\nsize_multiple = 64", "no multiple"),
        ("halo = 200", "do not fit the tile"),
        ("overlap = 15", "do not fit the tile"),
        ("mirrors = 3", "not iterable"),
        ("qualities = []", "no quality"),
        ("speed = 3", "speed"),
        ('id = "my model"', "no id"),
        ("= broken", "Invalid"),
    ],
)
def test_a_card_that_says_something_impossible_is_refused(
    tmp_path: Path, line: str, reason: str
) -> None:
    key = line.split(" = ")[0]
    kept = [each for each in LEAST.splitlines() if not each.startswith(f"{key} =")]
    with pytest.raises(CardError, match=reason) as caught:
        written(tmp_path, "\n".join([*kept, line]))
    assert caught.value.path == tmp_path / "card.toml"


@pytest.mark.parametrize("missing", ["id", "name", "architecture", "weights_file", "licence"])
def test_what_every_card_needs_is_asked_for(tmp_path: Path, missing: str) -> None:
    kept = [each for each in LEAST.splitlines() if not each.startswith(f"{missing} =")]
    with pytest.raises(CardError, match=missing):
        written(tmp_path, "\n".join(kept))
