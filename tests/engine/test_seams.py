"""Where tiles meet, nothing shows: beside the whole picture in one piece, with real weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.psfs import motion, photographed, scene

from unblur.document.buffer import UInt8Image, read_only
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey, TileGrid
from unblur.engine import tensors
from unblur.engine.blending import RestoredTiles
from unblur.engine.device import choose_device
from unblur.engine.provider import ZooProvider
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import TilingPolicy, plan_grid, tiles_for_mask
from unblur.engine.whole import restore_whole

MODEL = "srn-color.gopro"
SIZE = Size(432, 160)
WHOLE = Rect.of_size(SIZE)
# The card's halo and overlap on small tiles, so that a small picture has borders.
POLICY = TilingPolicy(tile=240, halo=72, overlap=16, multiple=16, largest=240, far=256)
NOTHING = 0.1  # of a level: no border shows that, not even after rounding to levels
BAND = 8  # pixels on either side of a border

Levels = NDArray[np.float64]


@pytest.fixture(scope="module")
def photo() -> UInt8Image:
    blurred = photographed(scene("street"), motion(11, 20))
    return read_only(np.ascontiguousarray(blurred[150:310, 70:502]))


@pytest.fixture(scope="module")
def provider() -> ZooProvider:
    return ZooProvider()


@pytest.fixture(scope="module")
def in_one_piece(photo: UInt8Image, provider: ZooProvider) -> Levels:
    device = choose_device("cpu")
    model = provider.get(MODEL, device)
    return restore_whole(photo, model, "good", device, 16) / np.float64(257)


@pytest.fixture(scope="module")
def grid() -> TileGrid:
    return plan_grid(WHOLE, SIZE, POLICY, factor=1)


@pytest.fixture(scope="module")
def in_tiles(photo: UInt8Image, provider: ZooProvider, grid: TileGrid) -> Levels:
    return restored(photo, provider, grid)


def restored(photo: UInt8Image, provider: ZooProvider, grid: TileGrid) -> Levels:
    """The whole picture through the engine, in levels."""
    each = RestorePass(LayerKey(MODEL, "good", grid), tuple(tiles_for_mask(grid, None, WHOLE)), "r")
    tiles = RestoredTiles(each.key)
    for tile in run(InferenceRequest(1, photo, (each,), device="cpu"), provider):
        tiles.put(tile.index, tile.pixels)
    return tiles.read(WHOLE)[0] / np.float64(257)


def cut_off_hard(photo: UInt8Image, provider: ZooProvider, borders: list[int]) -> Levels:
    """The same picture from tiles that see 16 pixels of their neighbours and are not blended."""
    model = provider.get(MODEL, choose_device("cpu"))
    out = np.empty((SIZE.height, SIZE.width, 3))
    for left, right in zip([0, *borders], [*borders, SIZE.width], strict=True):
        seen = Rect.from_edges(left - 16, 0, right + 16, SIZE.height)
        side = -(-seen.width // 16) * 16
        wide = Rect(seen.x, 0, side, SIZE.height)
        batch = tensors.to_batch(tensors.crop(photo, wide), torch.device("cpu"))
        with torch.inference_mode():
            restored = model(batch, "good")[:, :, :, 16 : 16 + right - left]
        out[:, left:right] = tensors.to_pixels(restored) / 257
    return out


def borders_of(grid: TileGrid) -> list[int]:
    """Columns at which the cores of neighbouring tiles meet."""
    cores = (grid.core(index) for index in grid.tiles_touching(WHOLE))
    return sorted({core.x for core in cores if 0 < core.x < SIZE.width})


def bands(profile: Levels, borders: list[int]) -> tuple[list[float], list[float]]:
    """Means of a profile along a row, around each border and in bands away from all."""
    starts = range(0, SIZE.width - 2 * BAND + 1, 2 * BAND)
    away = [
        float(profile[start : start + 2 * BAND].mean())
        for start in starts
        if all(abs(start + BAND - border) >= 2 * BAND for border in borders)
    ]
    return [float(profile[border - BAND : border + BAND].mean()) for border in borders], away


def steps_of(difference: Levels) -> Levels:
    """How much a difference changes from each column to the next, in levels."""
    return np.abs(np.diff(difference.mean(axis=2), axis=1)).mean(axis=0)


def test_the_picture_has_borders_and_the_network_does_something(
    photo: UInt8Image, grid: TileGrid, in_one_piece: Levels
) -> None:
    assert len(borders_of(grid)) == 2
    assert np.abs(in_one_piece - photo).mean() > 1.0


def test_at_every_border_the_result_is_that_in_one_piece(
    grid: TileGrid, in_tiles: Levels, in_one_piece: Levels
) -> None:
    difference = np.abs(in_tiles - in_one_piece).mean(axis=(0, 2))

    at, away = bands(difference, borders_of(grid))

    assert max(at) < NOTHING
    assert max(away) < NOTHING


def test_a_network_that_sees_a_small_copy_first_is_shown_more_than_it_computes(
    photo: UInt8Image, provider: ZooProvider, grid: TileGrid, in_tiles: Levels,
    in_one_piece: Levels,
) -> None:  # fmt: skip
    near = plan_grid(WHOLE, SIZE, replace(POLICY, far=0), factor=1)

    ours, others = (
        bands(np.abs(each - in_one_piece).mean(axis=(0, 2)), borders_of(near))[0]
        for each in (in_tiles, restored(photo, provider, near))
    )

    assert grid.network_size == near.network_size
    assert grid.input_size.width > near.input_size.width
    assert max(others) > 2 * max(ours)


def test_no_line_shows_where_tiles_meet(
    grid: TileGrid, in_tiles: Levels, in_one_piece: Levels
) -> None:
    steps = steps_of(in_tiles - in_one_piece)

    there = [float(steps[border - 1]) for border in borders_of(grid)]

    assert max(there) < NOTHING


def test_tiles_that_are_cut_off_hard_show_a_line_that_ours_do_not(
    photo: UInt8Image, provider: ZooProvider, grid: TileGrid, in_tiles: Levels,
    in_one_piece: Levels,
) -> None:  # fmt: skip
    borders = borders_of(grid)
    hard = steps_of(cut_off_hard(photo, provider, borders) - in_one_piece)
    ours = steps_of(in_tiles - in_one_piece)

    for border in borders:
        assert ours[border - 1] < 0.5 * hard[border - 1]
