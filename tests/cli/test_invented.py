"""What the command says of faces that are too blurred to be somebody's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.psfs import motion, photographed, scene

Command = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("lighter")

SENTENCE = "too blurred to tell who it is: details of a restored face may be invented."


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
