"""How a region is deconvolved, as a value: what it refuses, and how it is kept."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from unblur.document.blur_json import deconvolution_from_json, deconvolution_to_json
from unblur.document.deconvolution import (
    MAX_SIDE,
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
    PsfOrigin,
    PsfPicture,
    levels_of,
    picture_of,
)
from unblur.document.persistence import region_from_json, region_to_json
from unblur.document.region import ModelChoice, Region, RegionId
from unblur.document.shapes import WholePhoto

DRAWN = picture_of(np.array([[0, 1.0, 0], [0.5, 2, 0.25], [0, 0, 1]]), PsfOrigin.DRAWN)
BLURS: list[Blur] = [
    MotionBlur(12.5, 33.0),
    DiscBlur(4.25),
    GaussianBlur(1.5),
    DRAWN,
    replace(DRAWN, origin=PsfOrigin.ESTIMATED, confidence=0.8),
]


@pytest.mark.parametrize("blur", BLURS, ids=str)
def test_a_region_keeps_its_psf_in_a_file(blur: Blur) -> None:
    recipe = Deconvolution(blur, 0.05, is_linear=True)
    model = ModelChoice("deconvolution", "wiener", deconvolution=recipe)
    region = Region(RegionId("r"), "Lamp", (WholePhoto(),), model)
    assert region_from_json(json.loads(json.dumps(region_to_json(region)))) == region


def test_a_region_without_a_psf_says_nothing_of_one() -> None:
    region = Region(RegionId("r"), "R", (), ModelChoice("m", "q"))
    assert "deconvolution" not in region_to_json(region)


def test_weights_become_levels_and_come_back() -> None:
    weights = np.random.default_rng(0).random((7, 11))
    picture = picture_of(weights, PsfOrigin.FILE)
    assert (picture.width, picture.height) == (11, 7)
    np.testing.assert_allclose(levels_of(picture) / 65535, weights / weights.max(), atol=1e-5)


def test_an_empty_rim_goes_and_the_origin_stays_in_the_middle() -> None:
    weights = np.zeros((9, 9))
    weights[4, 4] = weights[4, 6] = 1.0
    picture = picture_of(weights, PsfOrigin.DRAWN)
    assert (picture.width, picture.height) == (5, 1)
    assert levels_of(picture).tolist() == [[0, 0, 65535, 0, 65535]]


def test_even_sides_grow_to_the_right_and_below() -> None:
    picture = picture_of(np.ones((2, 4)), PsfOrigin.FILE)
    assert (picture.width, picture.height) == (5, 3)
    assert levels_of(picture)[2].tolist() == [0] * 5


@pytest.mark.parametrize(
    "weights",
    [
        np.zeros((3, 3)),
        np.full((3, 3), -1.0),
        np.full((3, 3), np.nan),
        np.ones(3),
        np.ones((1, MAX_SIDE + 2)),
    ],
    ids=["dark", "negative", "not a number", "a row", "too wide"],
)
def test_what_is_no_psf_is_refused(weights: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"PSF|weights|pixels"):
        picture_of(weights, PsfOrigin.FILE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MotionBlur(-1.0, 0.0),
        lambda: MotionBlur(1.0, float("nan")),
        lambda: MotionBlur(1000.0, 0.0),
        lambda: DiscBlur(float("nan")),
        lambda: DiscBlur(-0.1),
        lambda: GaussianBlur(100.0),
        lambda: Deconvolution(DiscBlur(1.0), noise=0.0),
        lambda: Deconvolution(DiscBlur(1.0), noise=2.0),
        lambda: PsfPicture(2, 1, b"1234", PsfOrigin.FILE),
        lambda: PsfPicture(1, 1, b"123", PsfOrigin.FILE),
        lambda: PsfPicture(1, 1, b"\0\0", PsfOrigin.FILE),
        lambda: PsfPicture(1, 1, b"11", PsfOrigin.FILE, 1.5),
    ],
)
def test_values_that_cannot_be_solved_with_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="not a PSF to solve with"):
        make()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "spiral"},
        {"levels": "?"},
        {"levels": base64.b64encode(b"no zlib").decode()},
        {"levels": base64.b64encode(zlib.compress(b"1")).decode()},
        {"width": 4},
        {"origin": "dreamt"},
        {"confidence": 7},
    ],
)
def test_a_file_with_a_broken_psf_is_refused(change: dict[str, Any]) -> None:
    data = deconvolution_to_json(Deconvolution(DRAWN))
    with pytest.raises((ValueError, KeyError, TypeError)):
        deconvolution_from_json({**data, "blur": {**data["blur"], **change}})


def test_a_file_cannot_unpack_into_more_than_a_psf() -> None:
    bomb = base64.b64encode(zlib.compress(b"\1" * 50_000_000)).decode()
    data = deconvolution_to_json(Deconvolution(DRAWN))
    with pytest.raises(ValueError, match="levels do not fit"):
        deconvolution_from_json({**data, "blur": {**data["blur"], "levels": bomb}})


def test_how_far_a_psf_reaches_covers_all_of_it() -> None:
    from unblur.engine.psf_weights import weights_of

    for blur in (MotionBlur(20, 0), MotionBlur(13.3, 45), DiscBlur(4.2), DRAWN):
        assert Deconvolution(blur).reach >= max(weights_of(blur).shape) - 2
