from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from unblur.document.buffer import full_scale
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.imaging.pyramid import display_pixels, reduced, to_display

DEPTHS = [np.uint8, np.uint16, np.float32]


def mean_of(pixels: np.ndarray, level: int) -> np.ndarray:
    """Area averages the slow way; at the borders over what is there."""
    factor = 1 << level
    height, width = pixels.shape[:2]
    rows, columns = -(-height // factor), -(-width // factor)
    out = np.empty((rows, columns, 3))
    for row in range(rows):
        for column in range(columns):
            y, x = row * factor, column * factor
            out[row, column] = pixels[y : y + factor, x : x + factor].mean(axis=(0, 1))
    return out


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_level_is_the_area_average(
    dtype: Any, level: int, photo_of: Callable[..., Photo]
) -> None:
    photo = photo_of(61, 47, dtype)
    out = reduced(photo.pixels, photo.rect, level)
    assert out.dtype == dtype
    # Rounding once a halving, of integers.
    tolerance = 1e-6 if dtype == np.float32 else 0.5 * max(1, level) + 0.01
    np.testing.assert_allclose(out, mean_of(photo.pixels, level), rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_parts_join_without_a_seam(dtype: Any, level: int, photo_of: Callable[..., Photo]) -> None:
    photo = photo_of(61, 47, dtype)
    whole = display_pixels(photo.pixels, photo.rect, level)
    for rect in (Rect(0, 0, 9, 9), Rect(17, 5, 30, 33), Rect(40, 40, 21, 7), Rect(60, 46, 1, 1)):
        part = display_pixels(photo.pixels, rect, level)
        place = rect.shrunk_by(1 << level)
        np.testing.assert_array_equal(part, whole[place.slices])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_display_pixels_are_rounded(dtype: Any, photo_of: Callable[..., Photo]) -> None:
    pixels = photo_of(61, 47, dtype).pixels
    expected = np.rint(pixels / full_scale(pixels.dtype) * 255.0)
    np.testing.assert_array_equal(to_display(pixels), expected)


def test_every_16_bit_level_is_shown_as_the_nearest_of_8_bits() -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    np.testing.assert_array_equal(to_display(values), np.rint(values / 257.0))


def test_floats_beyond_the_range_are_clipped() -> None:
    values = np.array([[[-0.7, 0.5, 3.0]]], np.float32)
    assert to_display(values).tolist() == [[[0, 128, 255]]]
