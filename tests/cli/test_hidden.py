"""What was hidden on purpose is told, and stays as it is unless the command says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.psfs import scene

Command = Callable[..., Any]

LEFT, TOP, SIDE, CELL = 250, 150, 112, 14


@pytest.fixture
def hiding(tmp_path: Path) -> Path:
    """A square on which a place was pixelated."""
    pixels = scene("square").copy()
    part = pixels[TOP : TOP + SIDE, LEFT : LEFT + SIDE].reshape(8, CELL, 8, CELL, 3)
    cells = part.mean(axis=(1, 3)).astype(np.uint8)
    pixels[TOP : TOP + SIDE, LEFT : LEFT + SIDE] = cells.repeat(CELL, 0).repeat(CELL, 1)
    path = tmp_path / "hiding.png"
    Image.fromarray(pixels).save(path)
    return path


def changed(before: Path, after: Path) -> np.ndarray[Any, np.dtype[np.bool_]]:
    one, other = (np.asarray(Image.open(path).convert("RGB")) for path in (before, after))
    return np.asarray((one != other).any(axis=2))


def test_analyze_tells_where_something_was_hidden(unblur: Command, hiding: Path) -> None:
    (report,) = unblur("analyze", hiding, "--json").reports
    (place,) = report["hidden"]
    assert place["kind"] == "mosaic"
    assert abs(place["x"] + place["width"] / 2 - LEFT - SIDE / 2) < CELL
    assert abs(place["y"] + place["height"] / 2 - TOP - SIDE / 2) < CELL
    assert "looks pixelated on purpose. It may protect somebody" in report["sentence"]


@pytest.mark.usefixtures("lighter")
def test_a_hidden_place_is_not_restored(unblur: Command, hiding: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    outcome = unblur("restore", hiding, "-o", out, "--json", "--scale", "1")
    (kept,) = outcome.reports[0]["kept_hidden"]
    assert "perhaps to protect somebody" in outcome.err
    assert "--restore-hidden" in outcome.err
    where = changed(hiding, out)
    middle = slice(TOP + 30, TOP + SIDE - 30), slice(LEFT + 30, LEFT + SIDE - 30)
    assert not where[middle].any()
    box = slice(kept["y"], kept["y"] + kept["height"]), slice(kept["x"], kept["x"] + kept["width"])
    assert not where[box].any()
    where[box] = True
    assert where.mean() > 0.9


@pytest.mark.usefixtures("lighter")
def test_it_is_restored_by_who_says_so(unblur: Command, hiding: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    outcome = unblur("restore", hiding, "-o", out, "--json", "--restore-hidden", "--scale", "1")
    assert outcome.reports[0]["kept_hidden"] == []
    assert changed(hiding, out)[TOP : TOP + SIDE, LEFT : LEFT + SIDE].all()


@pytest.mark.usefixtures("lighter")
def test_regions_beside_it_are_restored_in_silence(
    unblur: Command, hiding: Path, tmp_path: Path
) -> None:
    words = ("--region", "10,10,80,80", "--json", "--scale", "1")
    outcome = unblur("restore", hiding, "-o", tmp_path / "out.png", *words)
    assert outcome.reports[0]["kept_hidden"] == []
    assert "on purpose" not in outcome.err
