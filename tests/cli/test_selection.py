"""Faces, people, objects and masks: what is restored, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.psfs import SCENES, scene

Command = Callable[..., Any]
Change = np.ndarray[tuple[int, int], np.dtype[np.int64]]

pytestmark = pytest.mark.usefixtures("lighter")

_FACE = (slice(120, 135), slice(260, 270))  # of someone in the middle of the square


@pytest.fixture
def square(tmp_path: Path) -> Path:
    """The square with its people, half as bright, so that lighter is not clipped."""
    path = tmp_path / "square.png"
    Image.fromarray(scene("square") // 2).save(path)
    return path


def change(before: Path, after: Path) -> Change:
    pictures = [np.asarray(Image.open(path).convert("RGB")).astype(int) for path in (before, after)]
    return np.asarray(np.abs(pictures[1] - pictures[0]).max(axis=2))


def test_faces_alone_are_restored_softly(unblur: Command, square: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"

    outcome = unblur("restore", square, "-o", out, "--faces", "--json")

    assert outcome.status == 0, outcome.err
    changed = change(square, out)
    assert changed[_FACE].max() >= 30
    assert (changed == 0).mean() > 0.8
    assert np.count_nonzero((changed > 0) & (changed < 25)) > 100  # the feather
    boxes = outcome.reports[0]["regions"]
    assert len(boxes) >= 3
    outside = np.ones(changed.shape, bool)
    for box in boxes:
        outside[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]] = False
    assert changed[outside].max() == 0


def test_people_and_background_share_the_photo(
    unblur: Command, square: Path, tmp_path: Path
) -> None:
    people, background = tmp_path / "people.png", tmp_path / "background.png"

    first = unblur("restore", square, "-o", people, "--people")
    second = unblur("restore", square, "-o", background, "--background")

    assert first.status == second.status == 0, first.err + second.err
    total = change(square, people) + change(square, background)
    assert np.abs(total - 32).max() <= 2
    assert change(square, people)[240:270, 115:135].mean() > 16  # the man in the corner


def test_the_object_at_a_click_is_restored(unblur: Command, tmp_path: Path) -> None:
    street, out = tmp_path / "street.png", tmp_path / "out.png"
    Image.fromarray(scene("street") // 2).save(street)

    outcome = unblur("restore", street, "-o", out, "--object", "100,170")

    assert outcome.status == 0, outcome.err
    changed = change(street, out)
    assert changed[168:172, 98:102].max() > 16
    assert changed[:60, 500:].max() == 0


def test_a_mask_says_how_much(unblur: Command, square: Path, tmp_path: Path) -> None:
    mask, out = tmp_path / "mask.png", tmp_path / "out.png"
    values = np.zeros((448, 576), np.uint8)
    values[100:200, 50:150], values[300:400, 300:500] = 255, 51
    Image.fromarray(values).save(mask)

    outcome = unblur("restore", square, "-o", out, "--mask", mask)

    assert outcome.status == 0, outcome.err
    changed = change(square, out)
    assert np.abs(changed[100:200, 50:150] - 32).max() <= 1
    assert np.abs(changed[300:400, 300:500] - 6).max() <= 1
    assert changed[values == 0].max() == 0


def test_where_nobody_is_that_is_said_and_nothing_written(unblur: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.png"

    outcome = unblur("restore", SCENES / "street.jpg", "-o", out, "--faces")

    assert outcome.status == 1
    assert "faces could not be found" in outcome.err
    assert not out.exists()


def test_a_mask_of_another_size_is_refused(unblur: Command, square: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    Image.new("L", (100, 50), 255).save(mask)

    outcome = unblur("restore", square, "-o", tmp_path / "out.png", "--mask", mask)

    assert outcome.status == 1
    assert "100 × 50, not 576 × 448 pixels" in outcome.err
    assert str(mask) in outcome.err


def test_a_black_mask_is_told(unblur: Command, square: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    Image.new("L", (576, 448), 0).save(mask)

    outcome = unblur("restore", square, "-o", tmp_path / "out.png", "--mask", mask)

    assert outcome.status == 1
    assert "something white on its mask could not be found" in outcome.err


def test_a_click_beyond_the_photo_is_told(unblur: Command, square: Path, tmp_path: Path) -> None:
    outcome = unblur("restore", square, "-o", tmp_path / "out.png", "--object", "900,10")

    assert outcome.status == 1
    assert "at 900,10 lies beyond its 576 × 448 pixels" in outcome.err


@pytest.mark.parametrize("text", ["here", "10", "1,2,3", "nan,4"])
def test_a_click_is_two_numbers(unblur: Command, square: Path, tmp_path: Path, text: str) -> None:
    outcome = unblur("restore", square, "-o", tmp_path / "out.png", "--object", text)

    assert outcome.status == 2
    assert "is not X,Y in pixels" in outcome.err
