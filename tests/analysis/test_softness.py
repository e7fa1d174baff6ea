from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import disc, gaussian, motion, photographed, scene, shaken

from unblur.analysis import measurement
from unblur.analysis.advice import advise
from unblur.analysis.edges import Edges, find_edges
from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import measure
from unblur.analysis.softness import Softness, softness
from unblur.imaging.opencv import cv2


def edges_of(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], noise: float = 1.0) -> Edges:
    return find_edges(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), noise)


@pytest.mark.parametrize("name", ["square", "street"])
@pytest.mark.parametrize("length", [8, 12, 16, 20, 30])
def test_a_shaken_photo_is_not_called_sharp(name: str, length: int) -> None:
    measured = measure(photographed(scene(name), shaken(length)))

    assert measured.blur is not None
    assert measured.blur.kind is not BlurKind.SHARP
    assert not measured.is_partly_blurred
    assert advise(measured).model_id is not None


@pytest.mark.parametrize("name", ["square", "street"])
@pytest.mark.parametrize("length", [12, 16, 20])
def test_a_hand_that_shook_is_told_from_a_lens_out_of_focus(name: str, length: int) -> None:
    measured = measure(photographed(scene(name), shaken(length)))

    assert measured.blur is not None
    assert measured.blur.kind is BlurKind.MOTION
    assert not measured.blur.is_even
    assert min(measured.blur.angle, 180 - measured.blur.angle) <= 20
    assert "blurred by uneven motion" in advise(measured).sentence


@pytest.mark.parametrize("angle", [0.0, 45.0, 90.0, 150.0])
def test_the_widest_edges_are_those_that_a_motion_crosses(angle: float) -> None:
    found = softness(edges_of(photographed(scene("street"), motion(16, angle))))

    assert found is not None
    assert found.is_throughout
    assert not found.is_round
    assert abs((found.angle - angle + 90) % 180 - 90) <= 30
    assert found.width > 2 * found.least


def test_a_round_blur_is_no_motion() -> None:
    found = softness(edges_of(photographed(scene("square"), gaussian(3))))

    assert found is not None
    assert found.is_round
    assert 0.5 * 3 < found.width < 1.2 * 3


def test_edges_that_are_wide_in_all_directions_leave_it_to_the_spectrum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_ones = Softness(width=2.0, sharpest=1.2, least=1.6, angle=30.0)
    monkeypatch.setattr(measurement, "softness", lambda edges: round_ones)

    measured = measure(photographed(scene("street"), shaken(16)))

    assert measured.blur is not None
    assert measured.blur.kind is BlurKind.SHARP
    assert measured.is_partly_blurred


@pytest.mark.parametrize("name", ["square", "street"])
def test_a_sharp_photo_is_soft_nowhere(name: str) -> None:
    found = softness(edges_of(photographed(scene(name))))

    assert found is not None
    assert not found.is_soft
    assert not measure(photographed(scene(name))).is_partly_blurred


def test_a_sharp_subject_before_a_blurred_background_is_said_to_be_that() -> None:
    pixels = photographed(scene("street"), disc(6))
    pixels[100:356, 100:420] = scene("street")[100:356, 100:420]

    measured = measure(pixels)

    assert measured.is_partly_blurred
    advice = advise(measured)
    assert "Parts of this photo are sharp" in advice.sentence
    assert advice.model_id is None


def test_wide_edges_are_no_motion_where_details_fade_no_faster_than_in_sharp_scenes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everywhere_wide = Softness(width=2.0, sharpest=1.2, least=0.5, angle=30.0)
    monkeypatch.setattr(measurement, "softness", lambda edges: everywhere_wide)

    sharp = measure(photographed(scene("street"))).blur
    moved = measure(photographed(scene("street"), shaken(16))).blur

    assert sharp is not None
    assert sharp.kind is BlurKind.SHARP
    assert moved is not None
    assert moved.kind is BlurKind.MOTION
    assert moved.length == 5 * everywhere_wide.width


def test_a_photo_with_hardly_an_edge_says_nothing() -> None:
    pixels = np.full((300, 300, 3), 90, np.uint8)
    pixels[140:160, 140:160] = 140

    assert softness(edges_of(pixels, 0.3)) is None
