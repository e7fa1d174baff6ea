from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.psfs import SCENES, motion, photographed, scene

Command = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("lighter")


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    path = tmp_path / "moved.png"
    Image.fromarray(photographed(scene("street"), motion(17, 30))).save(path)
    return path


def test_the_blur_chooses_model_and_quality(unblur: Command, moved: Path, tmp_path: Path) -> None:
    outcome = unblur("restore", moved, "-o", tmp_path / "out.png", "--auto", "--json")

    assert outcome.status == 0, outcome.err
    (report,) = outcome.reports
    assert report["model"] == "maxim-3s.gopro"
    assert report["quality"] == "best"  # the photo is small
    assert (tmp_path / "out.png").exists()


@pytest.fixture
def part_moved(tmp_path: Path) -> Path:
    """A photo moved over 9 pixels, and somebody in its middle over 41."""
    picture = photographed(scene("street"), motion(9, 30))
    picture[100:356, 160:416] = photographed(scene("street"), motion(41, 30))[100:356, 160:416]
    path = tmp_path / "part.png"
    Image.fromarray(picture).save(path)
    return path


def test_each_region_is_worked_on_at_the_scale_of_its_own_blur(
    unblur: Command, part_moved: Path, tmp_path: Path
) -> None:
    regions = ("--region", "0,0,150,448", "--region", "160,100,256,256")
    words = ("restore", part_moved, *regions, "--json", "-o")

    by_blur = unblur(*words, tmp_path / "one.png").reports[0]
    with_auto = unblur(*words, tmp_path / "two.png", "--auto").reports[0]
    chosen = unblur(*words, tmp_path / "three.png", "--scale", "1/4").reports[0]

    assert by_blur["scales"] == with_auto["scales"] == ["1", "1/2"]
    assert chosen["scales"] == ["1/4", "1/4"]


def test_what_is_named_stays_as_named(unblur: Command, moved: Path, tmp_path: Path) -> None:
    words = ("--auto", "--model", "srn-color.gopro", "--quality", "good", "--json")

    (report,) = unblur("restore", moved, "-o", tmp_path / "out.png", *words).reports

    assert report["model"] == "srn-color.gopro"
    assert report["quality"] == "good"


def test_a_sharp_photo_is_left_as_it_is(unblur: Command, moved: Path, tmp_path: Path) -> None:
    words = (SCENES / "street.jpg", moved, "-o", f"{tmp_path}/out/", "--auto")

    outcome = unblur("restore", *words)

    assert outcome.status == 1
    assert "street.jpg” was left as it is: it is sharp already." in outcome.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["moved-unblurred.png"]


def test_a_photo_of_nothing_is_left_too(unblur: Command, tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    Image.new("RGB", (200, 150), (80, 90, 100)).save(wall)

    outcome = unblur("restore", wall, "-o", tmp_path / "out.png", "--auto")

    assert outcome.status == 1
    assert "too little detail" in outcome.err
    assert not (tmp_path / "out.png").exists()
