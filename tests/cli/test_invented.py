"""What the command says of faces and writing that are too blurred to be known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.psfs import motion, photographed, scene
from tests.writing import PLACE, written

from unblur.document.geometry import Rect

Command = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("lighter")

SENTENCE = "too blurred to tell who it is: details of a restored face may be invented."

UNREADABLE = "Some writing is hardly readable: what a model writes there may be invented."


@pytest.fixture
def smeared(tmp_path: Path) -> Path:
    """A street with a name on it, moved over nearly half the height of its letters."""
    path = tmp_path / "smeared.png"
    Image.fromarray(photographed(written("street"), motion(13, 20))).save(path)
    return path


@pytest.fixture
def blurred(tmp_path: Path) -> Path:
    """The square, moved over half the width of its largest face."""
    path = tmp_path / "blurred.png"
    Image.fromarray(photographed(scene("square"), motion(15, 20))).save(path)
    return path


def test_faces_that_are_too_blurred_are_told_of(
    unblur: Command, blurred: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", blurred, "-o", tmp_path / "out.png", "--faces", "--json")

    assert outcome.status == 0, outcome.err
    assert outcome.err.count(SENTENCE) == 1
    lost = outcome.reports[0]["details_may_be_invented"]
    assert lost
    assert all(set(box) == {"x", "y", "width", "height"} for box in lost)


def test_with_auto_as_well(unblur: Command, blurred: Path, tmp_path: Path) -> None:
    outcome = unblur("restore", blurred, "-o", tmp_path / "out.png", "--faces", "--auto")

    assert outcome.status == 0, outcome.err
    assert outcome.err.count(SENTENCE) == 1


@pytest.mark.parametrize("words", [(), ("--faces", "--strength", "0")])
def test_where_no_face_is_restored_nothing_is_said(
    words: tuple[str, ...], unblur: Command, blurred: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", blurred, "-o", tmp_path / "out.png", "--json", *words)

    assert outcome.status == 0, outcome.err
    assert SENTENCE not in outcome.err
    assert outcome.reports[0]["details_may_be_invented"] == []


def test_of_large_sharp_faces_nothing_is_said(unblur: Command, tmp_path: Path) -> None:
    path = tmp_path / "sharp.png"
    Image.fromarray(scene("square")).crop((60, 170, 210, 330)).resize((900, 960)).save(path)
    sharp = unblur("restore", path, "-o", tmp_path / "out.png", "--faces", "--json")

    if sharp.status == 0:  # enlarged, the face is as soft as it is large, and still somebody's
        assert sharp.reports[0]["details_may_be_invented"] == []


@pytest.mark.parametrize(
    "words", [(), ("--scale", "1"), ("--region", f"{PLACE.x},{PLACE.y},{PLACE.width},20")]
)
def test_writing_that_is_too_blurred_is_told_of_where_it_is_restored(
    words: tuple[str, ...], unblur: Command, smeared: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", smeared, "-o", tmp_path / "out.png", "--json", *words)

    assert outcome.status == 0, outcome.err
    assert outcome.err.count(UNREADABLE) == 1
    (box,) = outcome.reports[0]["text_may_be_invented"]
    there = Rect(**box)
    assert there.intersected(PLACE).size.area > 0.7 * max(there.size.area, PLACE.size.area)


@pytest.mark.parametrize(
    "words",
    [("--region", "0,0,200,200"), ("--strength", "0"), ("--deconvolve", "motion:13,20")],
)
def test_where_no_model_writes_nothing_is_said(
    words: tuple[str, ...], unblur: Command, smeared: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", smeared, "-o", tmp_path / "out.png", "--json", *words)

    assert outcome.status == 0, outcome.err
    assert UNREADABLE not in outcome.err
    assert outcome.reports[0]["text_may_be_invented"] == []


def test_of_writing_that_can_be_read_nothing_is_said(unblur: Command, tmp_path: Path) -> None:
    path = tmp_path / "legible.png"
    Image.fromarray(photographed(written("street"), motion(5, 20))).save(path)

    outcome = unblur("restore", path, "-o", tmp_path / "out.png", "--json")

    assert outcome.status == 0, outcome.err
    assert UNREADABLE not in outcome.err
    assert outcome.reports[0]["text_may_be_invented"] == []
