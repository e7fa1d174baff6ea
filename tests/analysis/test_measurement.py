from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import disc, gaussian, motion, photographed, scene

from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import measure
from unblur.errors import Cancelled
from unblur.imaging.opencv import cv2


@pytest.mark.parametrize("name", ["square", "street"])
def test_a_sharp_photo_is_found_sharp(name: str) -> None:
    blur = measure(photographed(scene(name))).blur

    assert blur is not None
    assert blur.kind is BlurKind.SHARP
    assert blur.length == 0.0
    assert blur.sigma < 1.0


@pytest.mark.parametrize("name", ["square", "street"])
@pytest.mark.parametrize(("length", "angle"), [(5.5, 160.0), (11.0, 25.0), (22.0, 90.0), (31.0, 0)])
def test_motion_is_told_with_its_length_and_its_angle(
    name: str, length: float, angle: float
) -> None:
    blur = measure(photographed(scene(name), motion(length, angle))).blur

    assert blur is not None
    assert blur.kind is BlurKind.MOTION
    assert blur.length == pytest.approx(length, abs=1.0)
    assert abs((blur.angle - angle + 90) % 180 - 90) < 5


@pytest.mark.parametrize("name", ["square", "street"])
@pytest.mark.parametrize(
    ("psf", "sigma"),
    [(gaussian(1.3), 1.3), (gaussian(4.0), 4.0), (disc(2.5), 1.25), (disc(7.0), 3.5)],
    ids=["gaussian 1.3", "gaussian 4", "disc 2.5", "disc 7"],
)
def test_defocus_is_told_with_its_width(
    name: str, psf: np.ndarray[tuple[int, int], np.dtype[np.float64]], sigma: float
) -> None:
    blur = measure(photographed(scene(name), psf)).blur

    assert blur is not None
    assert blur.kind is BlurKind.DEFOCUS
    assert blur.length == 0.0
    assert blur.sigma == pytest.approx(np.hypot(sigma, 0.5), rel=0.12)


def test_motion_out_of_focus_is_both() -> None:
    blur = measure(photographed(scene("street"), gaussian(2.5), motion(18, 50))).blur

    assert blur is not None
    assert blur.kind is BlurKind.MIXED
    assert blur.length == pytest.approx(18, abs=1.5)
    assert blur.angle == pytest.approx(50, abs=5)
    assert blur.sigma == pytest.approx(2.5, rel=0.2)


@pytest.mark.parametrize("psf", [gaussian(3.2), disc(6)], ids=["gaussian 3.2", "disc 6"])
def test_motion_that_is_shorter_than_the_focus_is_wide_is_seen_and_none_is_made_up(
    psf: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    still = measure(photographed(scene("street"), psf)).blur
    moved = measure(photographed(scene("street"), psf, motion(8, 50))).blur

    assert still is not None
    assert still.kind is BlurKind.DEFOCUS
    assert moved is not None
    assert moved.kind is BlurKind.MIXED
    assert moved.length == pytest.approx(8, abs=2.5)
    assert abs((moved.angle - 50 + 90) % 180 - 90) < 15


def test_the_blur_of_a_large_photo_is_in_its_own_pixels() -> None:
    small = photographed(scene("street"), motion(14, 120))
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)

    blur = measure(large).blur

    assert blur is not None
    assert blur.kind in (BlurKind.MOTION, BlurKind.MIXED)  # enlarging softened it
    assert blur.length == pytest.approx(56, rel=0.1)
    assert blur.angle == pytest.approx(120, abs=5)


def test_a_small_blur_in_a_large_photo_is_seen_at_full_size() -> None:
    tiled = np.tile(photographed(scene("street"), motion(9, 30)), (5, 4, 1))
    assert max(tiled.shape) > 1600

    blur = measure(tiled).blur

    assert blur is not None
    assert blur.kind is BlurKind.MOTION
    assert blur.length == pytest.approx(9, abs=1)


def test_a_photo_is_judged_by_its_sharpest_part() -> None:
    blurred = photographed(scene("street"), disc(6))
    blurred[100:356, 100:420] = scene("street")[100:356, 100:420]

    blur = measure(blurred).blur

    assert blur is not None
    assert blur.kind is BlurKind.SHARP


@pytest.mark.parametrize("depth", [np.uint16, np.float32])
def test_depth_makes_no_difference(depth: type[np.generic]) -> None:
    eight = photographed(scene("square"), motion(12, 70))
    full = 257 if depth is np.uint16 else 1 / 255
    deep = (eight.astype(np.float64) * full).astype(depth)

    blur, same = measure(eight).blur, measure(deep).blur

    assert blur is not None
    assert same is not None
    assert same.kind is blur.kind
    assert same.length == pytest.approx(blur.length, abs=0.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (30, 40), (63, 65), (300, 400)])
def test_a_photo_without_content_has_no_blur_that_could_be_told(size: tuple[int, int]) -> None:
    measured = measure(np.full((*size, 3), 120, np.uint8))

    assert measured.blur is None
    assert measured.map is None
    assert measured.noise == 0.0


@pytest.mark.parametrize("size", [(20, 30), (70, 90), (130, 200)])
def test_small_photos_are_measured_without_complaint(size: tuple[int, int]) -> None:
    height, width = size

    measured = measure(scene("street")[200 : 200 + height, 100 : 100 + width])

    assert measured.photo == (width, height)


@pytest.mark.parametrize(("true", "least", "most"), [(0.3, 0.0, 1.6), (3.0, 1.4, 2.8), (8, 4, 7)])
def test_noise_is_that_of_the_luminance(true: float, least: float, most: float) -> None:
    # Luminance averages three independent channels: 0.67 of the noise of one is left.
    assert least < measure(photographed(scene("street"), disc(3), noise=true)).noise < most


def test_it_stops_between_steps() -> None:
    asked = []

    def proceed() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(scene("square"), proceed)
    assert len(asked) == 4
