from __future__ import annotations

import random

import numpy as np
import pytest

from unblur.document.buffer import UInt16Image
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileGrid, TileIndex
from unblur.engine.blending import RestoredTiles, read_layers, window
from unblur.engine.tiling import TilingPolicy, plan_grid, tiles_for_mask

POLICY = TilingPolicy(tile=32, halo=8, overlap=4, multiple=16, largest=48)


def _grid(photo: Size, factor: int = 1, policy: TilingPolicy = POLICY) -> TileGrid:
    return plan_grid(Rect.of_size(photo), photo, policy, factor)


def _layer(grid: TileGrid, source: UInt16Image, without: frozenset[TileIndex] = frozenset()):
    layer = RestoredTiles(LayerKey("fake", "draft", grid))
    for index in tiles_for_mask(grid, None, Rect.of_size(grid.photo)):
        if index not in without:
            layer.put(index, source[grid.support(index).slices])
    return layer


def _photo(size: Size, seed: int = 0) -> UInt16Image:
    shape = (size.height, size.width, 3)
    return np.random.default_rng(seed).integers(0, 65535, shape, np.uint16, endpoint=True)


@pytest.mark.parametrize("factor", [1, 2, 4])
@pytest.mark.parametrize("overlap", [0, 2, 4, 6, 8])
def test_windows_sum_to_exactly_one(overlap: int, factor: int) -> None:
    policy = TilingPolicy(tile=32, halo=8, overlap=overlap, multiple=16, largest=48)
    rng = random.Random(overlap)
    for _ in range(12):
        photo = Size(rng.randint(1, 180), rng.randint(1, 180))
        region = Rect(rng.randrange(photo.width), rng.randrange(photo.height), 1, 1)
        grid = plan_grid(region, photo, policy, factor)  # an anchor anywhere
        total = np.zeros((photo.height, photo.width), np.float32)
        for index in tiles_for_mask(grid, None, Rect.of_size(photo)):
            total[grid.support(index).slices] += window(grid, index)
        assert (total == 1.0).all(), (photo, region)


def test_a_window_falls_like_a_raised_cosine() -> None:
    grid = _grid(Size(200, 20), policy=TilingPolicy(64, 24, 16, 64, 128))
    row = window(grid, TileIndex(0, 0))[0]
    falling = row[-16:]
    expected = np.cos((np.arange(16) + 0.5) / 16 * np.pi / 2) ** 2
    np.testing.assert_allclose(falling, expected, atol=1 / 256)
    assert (row[:-16] == 1).all()


def test_fully_restored_tiles_give_the_same_pixels_back() -> None:
    photo = Size(150, 110)
    source = _photo(photo)
    layer = _layer(_grid(photo), source)
    for rect in (Rect(0, 0, 150, 110), Rect(17, 23, 60, 50), Rect(149, 109, 1, 1)):
        pixels, coverage = layer.read(rect)
        np.testing.assert_array_equal(pixels, source[rect.slices])
        assert (coverage == 1).all()
        assert layer.covers(rect)


def test_the_order_of_tiles_changes_no_pixel() -> None:
    photo = Size(150, 110)
    grid = _grid(photo)
    tiles = tiles_for_mask(grid, None, Rect.of_size(photo))
    # Every tile disagrees with its neighbours.
    pixels = {index: _photo(grid.support(index).size, seed) for seed, index in enumerate(tiles)}
    forward, backward = (RestoredTiles(LayerKey("fake", "draft", grid)) for _ in range(2))
    for index in tiles:
        forward.put(index, pixels[index])
    for index in reversed(tiles):
        backward.put(index, pixels[index])
    whole = Rect.of_size(photo)
    np.testing.assert_array_equal(forward.read(whole)[0], backward.read(whole)[0])
    # Nor does it matter through which rectangle one looks.
    part = Rect(31, 37, 45, 40)
    np.testing.assert_array_equal(forward.read(part)[0], forward.read(whole)[0][part.slices])


def test_blending_is_the_weighted_mean_of_the_tiles() -> None:
    photo = Size(120, 120)
    grid = _grid(photo)
    layer = RestoredTiles(LayerKey("fake", "draft", grid))
    expected = np.zeros((120, 120, 3))
    for seed, index in enumerate(tiles_for_mask(grid, None, Rect.of_size(photo))):
        tile = _photo(grid.support(index).size, seed)
        layer.put(index, tile)
        expected[grid.support(index).slices] += tile * window(grid, index)[..., np.newaxis]
    pixels, _ = layer.read(Rect.of_size(photo))
    np.testing.assert_allclose(pixels, expected, atol=0.51)


def test_coverage_falls_towards_a_missing_tile_and_pixels_stay_true() -> None:
    photo = Size(150, 110)
    source, grid = _photo(photo), _grid(photo)
    missing = TileIndex(1, 1)
    layer = _layer(grid, source, without=frozenset({missing}))
    pixels, coverage = layer.read(Rect.of_size(photo))
    expected = np.ones((110, 150), np.float32)
    expected[grid.support(missing).slices] -= window(grid, missing)
    np.testing.assert_array_equal(coverage, expected)
    np.testing.assert_array_equal(pixels[coverage > 0], source[coverage > 0])
    assert (pixels[coverage == 0] == 0).all()
    assert not layer.covers(grid.core(missing))
    assert not layer.has(missing)
    assert missing not in layer.indices


def test_beyond_the_photo_nothing_is_covered() -> None:
    photo = Size(50, 40)
    source = _photo(photo)
    pixels, coverage = _layer(_grid(photo), source).read(Rect(-10, -5, 100, 80))
    assert coverage.shape == (80, 100)
    assert coverage.sum() == photo.area
    np.testing.assert_array_equal(pixels[5:45, 10:60], source)


def test_pixels_of_another_size_or_depth_are_refused() -> None:
    grid = _grid(Size(50, 40))
    layer = RestoredTiles(LayerKey("fake", "draft", grid))
    with pytest.raises(ValueError, match="do not fit"):
        layer.put(TileIndex(0, 0), np.zeros((3, 3, 3), np.uint16))
    height, width = grid.support(TileIndex(0, 0)).height, grid.support(TileIndex(0, 0)).width
    with pytest.raises(ValueError, match="do not fit"):
        layer.put(TileIndex(0, 0), np.zeros((height, width, 3), np.uint8))


def test_bytes_are_those_of_the_tiles() -> None:
    photo = Size(20, 10)
    layer = _layer(_grid(photo), _photo(photo))
    assert layer.nbytes == 20 * 10 * 3 * 2


def test_a_preview_shows_through_until_the_finer_tiles_lie_over_it() -> None:
    photo = Size(150, 110)
    fine, coarse = _photo(photo, 1), _photo(photo, 2)
    grid = _grid(photo)
    missing = frozenset({TileIndex(1, 1)})
    layers = [_layer(grid, fine, missing), _layer(_grid(photo, factor=4), coarse)]
    pixels, coverage = read_layers(layers, Rect.of_size(photo))
    share = layers[0].read(Rect.of_size(photo))[1][..., np.newaxis]
    assert (coverage == 1).all()
    np.testing.assert_allclose(pixels, fine * share + coarse * (1 - share), atol=0.51)


def test_without_layers_nothing_is_covered() -> None:
    pixels, coverage = read_layers([], Rect(3, 4, 5, 6))
    assert pixels.shape == (6, 5, 3)
    assert not coverage.any()
