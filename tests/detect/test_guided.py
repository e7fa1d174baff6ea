from __future__ import annotations

import numpy as np
import pytest

from unblur.detect.guided import coefficients, snapped
from unblur.imaging.opencv import cv2


def photo_with_disc(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A bright disc on a dark ground, and its true mask."""
    y, x = np.mgrid[:side, :side]
    inside = (x - side / 2) ** 2 + (y - side / 2.3) ** 2 < (side / 4) ** 2
    pixels = np.where(inside[..., None], (200, 180, 90), (40, 60, 70)).astype(np.uint8)
    return pixels, inside


def test_a_coarse_mask_takes_the_edges_of_the_photo() -> None:
    pixels, inside = photo_with_disc(640)
    coarse = cv2.resize(inside.astype(np.float32), (40, 40), interpolation=cv2.INTER_AREA)
    coarse = np.roll((coarse > 0.5).astype(np.float32), 1, axis=1)  # and wrong by a pixel
    enlarged = cv2.resize(coarse, (640, 640), interpolation=cv2.INTER_LINEAR)

    mask = snapped(coarse, pixels)

    assert mask.shape == (640, 640)
    assert mask.dtype == np.float32
    assert ((mask > 0.5) != inside).mean() < 0.4 * ((enlarged > 0.5) != inside).mean()


def test_it_is_one_where_all_is_one_and_zero_where_all_is_zero() -> None:
    pixels, _ = photo_with_disc(200)

    assert snapped(np.zeros((20, 20), np.float32), pixels).max() == 0.0
    np.testing.assert_allclose(snapped(np.ones((20, 20), np.float32), pixels), 1.0, atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (700, 3), (1100, 530)])
def test_photos_of_any_size_get_a_mask_of_that_size(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (*size, 3), dtype=np.uint8)

    mask = snapped(np.full((7, 9), 0.5, np.float32), pixels)

    assert mask.shape == size
    np.testing.assert_allclose(mask, 0.5, atol=1e-3)


def test_strips_of_a_tall_photo_join_without_a_seam() -> None:
    pixels, inside = photo_with_disc(1300)
    coarse = cv2.resize(inside.astype(np.float32), (64, 64), interpolation=cv2.INTER_AREA)

    mask = snapped(coarse, pixels)

    steps = np.abs(np.diff(mask[:, 200], axis=0))  # a column beside the disc
    assert steps.max() < 0.02


def test_where_the_guide_is_flat_the_mask_is_its_local_mean() -> None:
    guide = np.full((40, 40), 0.5, np.float32)
    mask = np.random.default_rng(4).random((40, 40)).astype(np.float32)

    slope, offset = coefficients(guide, mask, 2, 1e-4)

    np.testing.assert_allclose(slope, 0.0, atol=1e-3)
    twice = cv2.blur(cv2.blur(mask, (5, 5), borderType=cv2.BORDER_REFLECT), (5, 5),
                     borderType=cv2.BORDER_REFLECT)  # fmt: skip
    np.testing.assert_allclose(offset, twice, atol=1e-3)
