"""`unblur restore --deconvolve`: from a blurred file to a sharp one without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unblur.document.deconvolution import MotionBlur
from unblur.engine.psf_files import write_blur
from unblur.engine.psf_weights import weights_of

Command = Callable[..., Any]
SHARP = Path(__file__).parents[1] / "data" / "pairs" / "gopro-00-sharp.png"
MOTION = MotionBlur(9.0, 30.0)
NAMED = "motion:9,30"


def read(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(float)


def error(path: Path) -> float:
    """Against the sharp picture, without the rim, which reflection blurred."""
    return float(np.square((read(path) - read(SHARP))[12:-12, 12:-12]).mean())


@pytest.fixture
def shaken(tmp_path: Path) -> Path:
    """A picture whose camera moved."""
    sharp, weights = read(SHARP), weights_of(MOTION)
    reach = max(weights.shape) // 2
    padded = np.pad(sharp, ((reach, reach), (reach, reach), (0, 0)), "reflect")
    total = np.zeros(sharp.shape)
    for (row, column), weight in np.ndenumerate(weights):
        top = reach - (row - weights.shape[0] // 2)
        left = reach - (column - weights.shape[1] // 2)
        total += weight * padded[top : top + sharp.shape[0], left : left + sharp.shape[1]]
    path = tmp_path / "shaken.png"
    Image.fromarray(np.rint(total).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize("solver", ["wiener", "richardson-lucy", "hyper-laplacian"])
def test_a_photo_is_solved_with_the_blur_that_is_named(
    unblur: Command, shaken: Path, tmp_path: Path, solver: str
) -> None:
    out = tmp_path / "out.png"
    words = ("--deconvolve", NAMED, "--solver", solver, "--noise", "0.01", "--json")
    outcome = unblur("restore", shaken, "-o", out, *words)
    assert outcome.status == 0
    (report,) = outcome.reports
    assert (report["model"], report["quality"]) == ("deconvolution", solver)
    assert report["psf"] == {
        "kind": "motion", "length": 9.0, "angle": 30.0, "width": 9, "height": 7, "noise": 0.01,
    }  # fmt: skip
    assert error(out) < 0.5 * error(shaken)


def test_a_psf_comes_from_a_file_and_goes_into_one(
    unblur: Command, shaken: Path, tmp_path: Path
) -> None:
    psf, kept = tmp_path / "psf.PNG", tmp_path / "kept.png"
    write_blur(MOTION, psf)
    named, read_ = tmp_path / "named.png", tmp_path / "read.png"
    words = ("--solver", "wiener", "--save-psf", kept)
    assert unblur("restore", shaken, "-o", named, "--deconvolve", NAMED, *words).status == 0
    assert unblur("restore", shaken, "-o", read_, "--deconvolve", psf, *words[:2]).status == 0
    assert np.abs(read(named) - read(read_)).max() <= 1
    assert kept.read_bytes() == psf.read_bytes()


@pytest.mark.parametrize("words", [("--deconvolve", "blind"), ("--model", "deconvolution")])
def test_the_blur_is_found_out_where_it_is_not_named(
    unblur: Command, shaken: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    out = tmp_path / "out.png"
    outcome = unblur("restore", shaken, "-o", out, *words, "--noise", "0.01", "--json")
    assert outcome.reports[0]["psf"]["kind"] == "estimated"
    assert 0 < outcome.reports[0]["psf"]["confidence"] <= 1
    assert error(out) < 0.8 * error(shaken)


def test_outside_the_regions_nothing_is_solved(
    unblur: Command, shaken: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    words = ("--deconvolve", "disc:3", "--solver", "wiener", "--region", "20,20,60,60")
    assert unblur("restore", shaken, "-o", out, *words).status == 0
    changed = (read(out) != read(shaken)).any(axis=2)
    assert changed[20:80, 20:80].mean() > 0.5
    changed[20:80, 20:80] = False
    assert not changed.any()


@pytest.mark.parametrize(
    "blur",
    ["motion", "motion:", "motion:9", "motion:9,x", "disc:-1", "disc:900", "gaussian:1,2", "x.jpg"],
)
def test_a_blur_that_is_none_is_refused(
    unblur: Command, shaken: Path, tmp_path: Path, blur: str
) -> None:
    out = tmp_path / "out.png"
    outcome = unblur("restore", shaken, "-o", out, "--deconvolve", blur)
    assert outcome.status == 2
    assert "motion:LENGTH,ANGLE" in outcome.err
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--solver", "wiener"),
        ("--linear",),
        ("--deconvolve", NAMED, "--model", "srn-color.gopro"),
        ("--deconvolve", NAMED, "--quality", "good"),
        ("--deconvolve", NAMED, "--auto"),
        ("--deconvolve", NAMED, "--noise", "5"),
        ("--deconvolve", NAMED, "--solver", "guess"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together_are_refused(
    unblur: Command, shaken: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert unblur("restore", shaken, "-o", tmp_path / "out.png", *words).status == 2


def test_one_psf_file_is_not_for_several_photos(
    unblur: Command, shaken: Path, tmp_path: Path
) -> None:
    words = ("--deconvolve", NAMED, "--save-psf", tmp_path / "psf.png")
    assert unblur("restore", shaken, shaken, "-o", f"{tmp_path}/out/", *words).status == 2


def test_a_psf_that_cannot_be_read_costs_the_photo_and_says_why(
    unblur: Command, shaken: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    outcome = unblur("restore", shaken, "-o", out, "--deconvolve", tmp_path / "none.png")
    assert outcome.status == 1
    assert "none.png" in outcome.err
    assert not out.exists()


def test_models_that_are_benched_and_evaluated_are_networks(unblur: Command) -> None:
    outcome = unblur("bench", "--model", "deconvolution")
    assert outcome.status == 2
    assert "maxim-3s.gopro" in outcome.err
