from __future__ import annotations

import random

import pytest

from unblur.document.geometry import Point, Rect, Size
from unblur.document.grid import TileGrid, TileIndex
from unblur.document.region import Scale
from unblur.engine.tiling import (
    TilingPolicy,
    in_full,
    ordered_from,
    plan_grid,
    policy_for,
    resolve_scale,
    tiles_for_mask,
)

MAXIM = TilingPolicy(tile=256, halo=32, overlap=16, multiple=64, largest=320)


# As SRN is fed: the halo's lengths are multiples of 16, and it looks far.
FAR = TilingPolicy(tile=640, halo=72, overlap=16, multiple=16, largest=784, far=256)


class _Card:
    tile = 256
    halo = 32
    overlap = 16
    size_multiple = 64
    far_halo = 0


def test_a_card_gives_inputs_that_hold_one_tile_with_its_halo() -> None:
    assert policy_for(_Card()) == MAXIM
    assert MAXIM.sizes == (64, 128, 192, 256, 320)


@pytest.mark.parametrize("overlap", [15, 34, -2])
def test_an_overlap_that_is_odd_or_wider_than_the_halo_is_refused(overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        TilingPolicy(tile=256, halo=32, overlap=overlap, multiple=64, largest=320)


def test_inputs_that_are_all_halo_are_refused() -> None:
    with pytest.raises(ValueError, match="no input size"):
        TilingPolicy(tile=64, halo=32, overlap=16, multiple=32, largest=32)


def test_a_region_of_256_pixels_is_one_tile_that_sees_32_pixels_around_it() -> None:
    region, photo = Rect(1000, 700, 256, 256), Size(6000, 4000)
    grid = plan_grid(region, photo, MAXIM, factor=1)
    (only,) = tiles_for_mask(grid, None, region)
    assert grid.network_size == Size(320, 320)
    assert grid.input(only) == Rect(968, 668, 320, 320)
    assert grid.core(only).contains(region)


def test_a_row_of_three_tiles_reads_as_drawn() -> None:
    # The outer two keep what would be their rim, 24 pixels, as the photo ends there.
    photo = Size(24 + 3 * 272 + 24, 100)
    grid = plan_grid(Rect.of_size(photo), photo, MAXIM, factor=1)
    tiles = tiles_for_mask(grid, None, Rect.of_size(photo))
    assert tiles == [TileIndex(0, 0), TileIndex(1, 0), TileIndex(2, 0)]
    assert [grid.core(tile) for tile in tiles] == [
        Rect(0, 0, 296, 100),
        Rect(296, 0, 272, 100),
        Rect(568, 0, 296, 100),
    ]
    assert [grid.support(tile) for tile in tiles] == [
        Rect(0, 0, 304, 100),
        Rect(288, 0, 288, 100),
        Rect(560, 0, 304, 100),
    ]
    assert [grid.input(tile).left for tile in tiles] == [0, 272, 544]
    assert grid.input(tiles[2]).right == photo.width


def test_a_large_photo_costs_less_than_one_and_a_half_network_pixels_each() -> None:
    photo = Size(6000, 4000)
    cost = _network_pixels(Rect.of_size(photo), photo, MAXIM, factor=1) / photo.area
    assert cost < 1.5
    quarter = _network_pixels(Rect.of_size(photo), photo, MAXIM, factor=4) / photo.area
    assert quarter < 1.7 / 16


def test_the_cost_of_a_region_does_not_depend_on_the_photo() -> None:
    region = Rect(100, 100, 500, 300)
    costs = {
        _network_pixels(region, Size(side, side), MAXIM, factor=2) for side in (1000, 9000, 30000)
    }
    assert len(costs) == 1


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_grids_cover_their_region_and_nothing_beyond_it_is_needed(factor: int) -> None:
    rng = random.Random(factor)
    for _ in range(200):
        photo = Size(rng.randint(1, 1500), rng.randint(1, 1500))
        left, top = rng.randrange(photo.width), rng.randrange(photo.height)
        right, bottom = rng.randint(left + 1, photo.width), rng.randint(top + 1, photo.height)
        region = Rect.from_edges(left, top, right, bottom)
        grid = plan_grid(region, photo, MAXIM, factor)
        assert not any(side % MAXIM.multiple for side in grid.network_size)
        assert max(grid.network_size) <= MAXIM.largest
        tiles = tiles_for_mask(grid, None, region)
        covered = sum(grid.core(tile).intersected(region).size.area for tile in tiles)
        assert covered == region.size.area, (photo, region)
        assert all(grid.core(tile).overlaps(region) for tile in tiles), (photo, region)


def test_no_other_division_costs_fewer_network_pixels() -> None:
    for length in range(1, 900, 13):
        photo = Size(2000, 2000)
        region = Rect(500, 500, length, 1)
        cost = _network_pixels(region, photo, MAXIM, factor=1)
        best = min(
            -(-(length + MAXIM.overlap) // MAXIM.advance(size)) * size for size in MAXIM.sizes
        )
        assert cost == best * 128  # one row of pixels needs an input of 128: 64 keeps 16 of them


def test_where_the_photo_ends_nothing_is_computed_beyond_it() -> None:
    photo = Size(1000, 1000)
    corner = Rect(0, 0, 200, 200)
    at_left = plan_grid(corner, photo, MAXIM, factor=1)
    (tile,) = tiles_for_mask(at_left, None, corner)
    assert at_left.input(tile) == Rect(0, 0, 256, 256)
    corner = Rect(800, 800, 200, 200)
    at_right = plan_grid(corner, photo, MAXIM, factor=1)
    (tile,) = tiles_for_mask(at_right, None, corner)
    assert at_right.input(tile) == Rect(744, 744, 256, 256)


def test_a_photo_of_one_input_is_one_tile_without_a_halo() -> None:
    photo = Size(256, 320)
    grid = plan_grid(Rect.of_size(photo), photo, MAXIM, factor=1)
    (tile,) = tiles_for_mask(grid, None, Rect.of_size(photo))
    assert grid.input(tile) == grid.core(tile) == Rect.of_size(photo)


def test_grids_of_smaller_scales_are_anchored_on_whole_network_pixels() -> None:
    for left in range(40, 56):
        grid = plan_grid(Rect(left, left + 1, 300, 300), Size(999, 999), MAXIM, factor=4)
        assert grid.anchor_x % 4 == grid.anchor_y % 4 == 0


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_inputs_begin_on_the_lattice_of_the_photo_where_lengths_allow_it(factor: int) -> None:
    rng = random.Random(factor)
    assert (FAR.alignment, MAXIM.alignment) == (16, 1)
    for _ in range(100):
        photo = Size(rng.randint(1, 9000), rng.randint(1, 9000))
        left, top = rng.randrange(photo.width), rng.randrange(photo.height)
        right, bottom = rng.randint(left + 1, photo.width), rng.randint(top + 1, photo.height)
        grid = plan_grid(Rect.from_edges(left, top, right, bottom), photo, FAR, factor)
        step = 16 * factor
        for index in grid.tiles_touching(Rect.from_edges(left, top, right, bottom)):
            seen = grid.input(index)
            assert seen.x % step == seen.y % step == 0
            assert seen.contains(grid.support(index))
            assert not any(side % 16 for side in grid.input_size)


def test_only_where_tiles_have_neighbours_is_more_shown() -> None:
    photo = Size(4000, 720)
    grid = plan_grid(Rect.of_size(photo), photo, FAR, factor=1)
    assert grid.network_size == Size(784, 720)
    assert grid.sight == Size(512, 0)
    narrow = Size(1000, 720)
    assert plan_grid(Rect.of_size(narrow), narrow, FAR, factor=1).input_size.width == 992
    face = Rect(1000, 200, 256, 256)
    assert plan_grid(face, photo, FAR, factor=1).sight == Size(0, 0)


def test_what_is_computed_in_full_is_what_is_kept_and_its_halo() -> None:
    shown = Size(1296, 720)
    keep = Rect(300, 0, 300, 720)
    assert in_full(shown, [keep], FAR) == Rect(244, 0, 412, 720)
    assert in_full(shown, [keep, Rect(0, 0, 8, 8)], FAR) == Rect(0, 0, 656, 720)
    assert in_full(shown, [keep], MAXIM) == Rect.of_size(shown)


def test_only_tiles_whose_support_the_mask_touches_are_wanted() -> None:
    photo = Size(2000, 272)
    bounds = Rect.of_size(photo)
    grid = plan_grid(bounds, photo, MAXIM, factor=1)
    # The mask is one column, just inside the blend zone of the first two tiles.
    column = grid.core(TileIndex(1, 0)).left - 8
    tiles = tiles_for_mask(grid, lambda rect: rect.left <= column < rect.right, bounds)
    assert tiles == [TileIndex(0, 0), TileIndex(1, 0)]


def test_the_mask_is_asked_only_about_the_region() -> None:
    bounds = Rect(100, 100, 700, 300)
    grid = plan_grid(bounds, Size(2000, 2000), MAXIM, factor=1)
    asked: list[Rect] = []
    tiles_for_mask(grid, lambda rect: asked.append(rect) is None, bounds)
    assert all(bounds.contains(rect) and not rect.is_empty for rect in asked)


def test_tiles_nearest_to_the_centre_come_first() -> None:
    photo = Size(272 * 3, 272 * 3)
    grid = plan_grid(Rect.of_size(photo), photo, MAXIM, factor=1)
    tiles = tiles_for_mask(grid, None, Rect.of_size(photo))
    order = ordered_from(grid, tiles, Point(700, 420))
    assert order[0] == TileIndex(2, 1)
    assert set(order) == set(tiles)
    assert order[-1] == TileIndex(0, 0)
    assert ordered_from(grid, reversed(tiles), Point(408, 408)) == ordered_from(
        grid, tiles, Point(408, 408)
    )


@pytest.mark.parametrize(
    ("scale", "pixels", "is_accelerated", "factor"),
    [
        (Scale.AUTO, 2_000_000, False, 1),
        (Scale.AUTO, 2_000_001, False, 2),
        (Scale.AUTO, 16_000_000, False, 2),
        (Scale.AUTO, 16_000_001, False, 4),
        (Scale.AUTO, 48_000_000, True, 1),
        (Scale.QUARTER, 100, True, 4),
        (Scale.FULL, 48_000_000, False, 1),
        (Scale.HALF, 100, False, 2),
    ],
)
def test_the_automatic_scale_follows_the_region_on_a_cpu(
    scale: Scale, pixels: int, is_accelerated: bool, factor: int
) -> None:
    assert resolve_scale(scale, pixels, is_accelerated=is_accelerated) == factor


def _network_pixels(region: Rect, photo: Size, policy: TilingPolicy, factor: int) -> int:
    grid: TileGrid = plan_grid(region, photo, policy, factor)
    return len(tiles_for_mask(grid, None, region)) * grid.network_size.area
