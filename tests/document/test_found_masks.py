from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from unblur.document.found_masks import found_mask, levels_of
from unblur.document.geometry import Rect, Size
from unblur.document.persistence import shape_from_json, shape_to_json
from unblur.document.shapes import FoundMask, Invert, Mode, bounds_of
from unblur.imaging.masks import rasterize, touches

_PHOTO = Size(90, 70)


@pytest.fixture
def mask() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Soft, asymmetric, and empty around (20, 10) to (75, 61)."""
    mask = np.zeros((_PHOTO.height, _PHOTO.width), np.float32)
    y, x = np.mgrid[10:61, 20:75]
    mask[10:61, 20:75] = (1 + (x + 2 * y) % 9) / 9
    return mask


def test_a_mask_keeps_its_values_to_a_255th(mask: np.ndarray) -> None:
    shape = found_mask(mask)

    drawn = rasterize((shape,), 0.0, Rect.of_size(_PHOTO), _PHOTO)

    assert shape.rect == Rect(20, 10, 55, 51)
    np.testing.assert_allclose(drawn, mask, atol=0.5 / 255 + 1e-6)
    assert np.array_equal(drawn == 0, mask == 0)
    assert not levels_of(shape).flags.writeable


def test_the_mask_of_a_rectangle_is_a_crop_of_the_whole(mask: np.ndarray) -> None:
    shape = found_mask(mask)
    whole = rasterize((shape,), 0.0, Rect.of_size(_PHOTO), _PHOTO)

    for rect in (Rect(0, 0, 30, 20), Rect(15, 5, 40, 40), Rect(60, 50, 30, 20), Rect(0, 0, 5, 5)):
        assert np.array_equal(rasterize((shape,), 0.0, rect, _PHOTO), whole[rect.slices])


@pytest.mark.parametrize("factor", [2, 4, 7])
def test_a_smaller_mask_is_the_mean(mask: np.ndarray, factor: int) -> None:
    shape = found_mask(mask)

    small = rasterize((shape,), 0.0, Rect.of_size(_PHOTO), _PHOTO, factor)

    rows, columns = _PHOTO.height // factor, _PHOTO.width // factor
    squares = mask[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    np.testing.assert_allclose(small[:rows, :columns], squares.mean(axis=(1, 3)), atol=0.003)


def test_the_background_is_what_people_are_not(mask: np.ndarray) -> None:
    people = found_mask(mask)
    rect = Rect.of_size(_PHOTO)

    both = rasterize((people,), 0.0, rect, _PHOTO) + rasterize(
        (people, Invert()), 0.0, rect, _PHOTO
    )

    np.testing.assert_allclose(both, 1.0, atol=1e-6)


def test_it_takes_away_and_intersects_like_any_shape(mask: np.ndarray) -> None:
    hole = found_mask((mask > 0).astype(np.float32), Mode.SUBTRACT)
    full = found_mask(np.ones_like(mask))
    rect = Rect.of_size(_PHOTO)

    left = rasterize((full, hole), 0.0, rect, _PHOTO)

    assert np.array_equal(left == 1.0, mask == 0)
    assert bounds_of((full, found_mask(mask, Mode.INTERSECT)), _PHOTO) == Rect(20, 10, 55, 51)


def test_an_empty_mask_is_an_empty_shape() -> None:
    shape = found_mask(np.zeros((70, 90), np.float32))

    assert shape.rect.is_empty
    assert levels_of(shape).size == 0
    assert not touches((shape,), 0.0, Rect.of_size(_PHOTO), _PHOTO)


def test_it_comes_back_from_a_saved_file_as_it_was(mask: np.ndarray) -> None:
    for shape in (found_mask(mask, Mode.SUBTRACT), found_mask(np.zeros_like(mask))):
        assert shape_from_json(json.loads(json.dumps(shape_to_json(shape)))) == shape


@pytest.mark.parametrize(
    "damage",
    [
        {"levels": "no base 64!"},
        {"levels": "bm90IHpsaWI="},
        {"rect": [0, 0, 3, 3]},
        {"rect": [0, 0, 9999, 9999]},
    ],
)
def test_a_damaged_mask_is_refused(mask: np.ndarray, damage: dict[str, object]) -> None:
    data = shape_to_json(found_mask(mask)) | damage

    with pytest.raises(ValueError, match=r"mask|values|base 64"):
        shape_from_json(data)


def test_a_small_file_cannot_fill_the_memory() -> None:
    bomb = FoundMask(Rect(0, 0, 4, 4), zlib.compress(bytes(50_000_000)))

    with pytest.raises(ValueError, match="17 values for 16 pixels"):
        levels_of(bomb)


def test_equal_masks_are_equal_shapes(mask: np.ndarray) -> None:
    assert found_mask(mask) == found_mask(mask.copy())
    assert hash(found_mask(mask)) == hash(found_mask(mask.copy()))
    assert found_mask(mask) != found_mask(mask * 0.5)
