from __future__ import annotations

import numpy as np
import pytest
from tests.psfs import gaussian, photographed, scene

from unblur.analysis.blur_map import CELL, BlurMap, blur_map
from unblur.analysis.edges import find_edges
from unblur.imaging.opencv import cv2


def gray_of(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> np.ndarray:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def map_of(gray: np.ndarray, factor: int, noise: float) -> BlurMap | None:
    return blur_map(find_edges(gray, noise), factor)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0, 6.0])
def test_the_median_over_the_map_follows_the_blur(sigma: float) -> None:
    found = map_of(gray_of(photographed(scene("street"), gaussian(sigma), noise=0.5)), 1, 0.5)

    assert found is not None
    # Where edges lie close together, each steepens its neighbours.
    assert 0.6 * sigma < float(np.median(found.sigma)) < 1.1 * sigma


def test_it_tells_the_blurred_half_from_the_sharp_one() -> None:
    pixels = photographed(scene("street"))
    pixels[:, 288:] = photographed(scene("street"), gaussian(4))[:, 288:]

    found = map_of(gray_of(pixels), 1, 1.0)

    assert found is not None
    middle = 288 // CELL
    left, right = found.sigma[:, : middle - 4], found.sigma[:, middle + 4 :]
    assert float(np.median(left)) < 1.2
    assert float(np.median(right)) > 2.4


def test_it_covers_the_photo_in_photo_pixels() -> None:
    gray = gray_of(photographed(scene("square"), gaussian(2)))[:445, :571]

    once, twice = map_of(gray, 1, 1.0), map_of(gray, 2, 1.0)

    assert once is not None
    assert twice is not None
    assert once.sigma.shape == (-(-445 // CELL), -(-571 // CELL)) == once.support.shape
    assert once.cell == CELL
    assert twice.cell == 2 * CELL
    np.testing.assert_allclose(twice.sigma, 2 * once.sigma, rtol=1e-5)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0, 8.0])
def test_an_edge_alone_is_measured_exactly(sigma: float) -> None:
    step = np.where(np.arange(400) < 200, 40.0, 200.0).astype(np.float32)
    gray = cv2.GaussianBlur(np.tile(step, (100, 1)), (0, 0), sigma)

    found = map_of(gray, 1, 0.0)

    assert found is not None
    # The gradient is itself a difference over two pixels, which is another half pixel of blur.
    np.testing.assert_allclose(found.sigma, np.hypot(sigma, 0.7), rtol=0.05)


def test_one_edge_speaks_for_the_whole_photo() -> None:
    step = np.where(np.arange(400) < 40, 40.0, 200.0).astype(np.float32)
    gray = cv2.GaussianBlur(np.tile(step, (300, 1)), (0, 0), 3.0)

    found = map_of(gray, 1, 0.0)

    assert found is not None
    np.testing.assert_allclose(found.sigma, 3.0, rtol=0.1)
    assert found.support[:, 5].min() > 0.9
    assert found.support[:, -1].max() < 0.01


def test_noise_is_no_edge() -> None:
    noise = np.random.default_rng(2).normal(120, 4, (300, 400)).astype(np.float32)

    assert map_of(noise, 1, 4.0) is None
