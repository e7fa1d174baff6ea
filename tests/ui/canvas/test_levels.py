"""Which level of the pyramid a scale needs, and where its tiles lie."""

from __future__ import annotations

import pytest

from unblur.document.geometry import Rect, Size
from unblur.ui.canvas.levels import TileKey, core, keys_over, level_for, level_size, padded

PHOTO = Size(1000, 600)


@pytest.mark.parametrize(
    ("scale", "level"),
    [(4.0, 0), (1.0, 0), (0.99, 0), (0.51, 0), (0.5, 1), (0.49, 1), (0.25, 2), (0.1, 3)],
)
def test_the_level_is_the_coarsest_with_a_pixel_for_each_device_pixel(
    scale: float, level: int
) -> None:
    assert level_for(scale, PHOTO) == level


def test_no_level_is_smaller_than_one_pixel() -> None:
    assert level_for(1e-9, Size(1, 5000)) == 12
    assert level_size(Size(1, 5000), 12) == Size(1, 2)
    assert level_for(1e-9, Size(1, 1)) == 0


def test_tiles_of_a_level_cover_it_without_overlap() -> None:
    cores = [core(key, PHOTO) for key in keys_over(Rect.of_size(PHOTO), 1, PHOTO)]
    assert cores == [
        Rect(0, 0, 256, 256),
        Rect(256, 0, 244, 256),
        Rect(0, 256, 256, 44),
        Rect(256, 256, 244, 44),
    ]


def test_an_apron_reaches_into_the_neighbour_but_not_beyond_the_photo() -> None:
    assert padded(TileKey(0, 0, 0), PHOTO) == Rect(0, 0, 257, 257)
    assert padded(TileKey(0, 1, 1), PHOTO) == Rect(255, 255, 258, 258)
    assert padded(TileKey(0, 3, 2), PHOTO) == Rect(767, 511, 233, 89)


def test_a_rectangle_beside_the_photo_needs_no_tile() -> None:
    assert list(keys_over(Rect(2000, 0, 5, 5), 0, PHOTO)) == []
