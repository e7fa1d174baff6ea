from __future__ import annotations

import numpy as np
import pytest

from unblur.imaging.unsharp import detail, sharpened


def edge() -> np.ndarray:
    """Dark on the left, light on the right."""
    pixels = np.full((20, 30, 3), 100, np.uint8)
    pixels[:, 15:] = 150
    return pixels


def test_a_flat_picture_has_no_detail() -> None:
    assert np.abs(detail(np.full((9, 12, 3), 77, np.uint8), 2.0)).max() < 1e-4


def test_detail_is_what_lies_on_both_sides_of_an_edge() -> None:
    lost = detail(edge(), 1.0)

    assert lost.dtype == np.float32
    assert (lost[:, 14] < -5).all()
    assert (lost[:, 15] > 5).all()
    assert np.abs(lost[:, [0, 29]]).max() < 0.1
    assert lost.sum() == pytest.approx(0, abs=1)


def test_no_amount_changes_nothing_and_more_of_it_makes_edges_steeper() -> None:
    lost = detail(edge(), 1.0)
    steps = [
        int(result[5, 15, 0]) - int(result[5, 14, 0])
        for result in (sharpened(edge(), lost, amount) for amount in (0.0, 0.5, 1.0))
    ]

    assert np.array_equal(sharpened(edge(), lost, 0.0), edge())
    assert steps[0] == 50
    assert steps[0] < steps[1] < steps[2]


def test_the_ends_of_the_scale_are_not_left() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, 4:] = 255

    result = sharpened(pixels, detail(pixels, 1.0), 3.0)

    assert np.array_equal(result, pixels)
