from __future__ import annotations

import numpy as np
import pytest

from unblur.document.geometry import Rect, Size
from unblur.document.grid import TileGrid, TileIndex

PHOTO = Size(101, 67)


def grid(**changes: object) -> TileGrid:
    values: dict[str, object] = {
        "photo": PHOTO,
        "anchor_x": 13,
        "anchor_y": -5,
        "cell": Size(32, 24),
        "overlap": 8,
        "halo": 4,
    }
    return TileGrid(**(values | changes))  # type: ignore[arg-type]


def test_cores_tile_the_photo_without_gaps_or_doubles() -> None:
    count = np.zeros((PHOTO.height, PHOTO.width), int)
    for index in grid().tiles_touching(Rect.of_size(PHOTO)):
        count[grid().core(index).slices] += 1
    # Tiles touch by their support, so that some have no pixels of their own on the photo.
    assert (count == 1).all()


@pytest.mark.parametrize("rect", [Rect(0, 0, 1, 1), Rect(40, 20, 9, 31), Rect(100, 66, 1, 1)])
def test_exactly_the_tiles_whose_support_overlaps_are_touched(rect: Rect) -> None:
    everything = [TileIndex(c, r) for r in range(-3, 6) for c in range(-3, 6)]
    expected = [index for index in everything if grid().support(index).overlaps(rect)]
    assert list(grid().tiles_touching(rect)) == expected


def test_a_rectangle_beside_the_photo_touches_no_tile() -> None:
    assert list(grid().tiles_touching(Rect(500, 500, 10, 10))) == []


def test_the_input_is_the_support_with_its_halo() -> None:
    assert grid().input(TileIndex(1, 1)) == Rect(45 - 8, 19 - 8, 32 + 16, 24 + 16)


def test_inputs_at_the_edge_are_moved_onto_the_photo() -> None:
    assert grid().input(TileIndex(0, 0)) == Rect(13 - 8, 0, 32 + 16, 24 + 16)
    corner = grid().input(TileIndex(grid().columns.last, grid().rows.last))
    assert (corner.right, corner.bottom) == PHOTO


def test_inputs_of_smaller_scales_begin_on_whole_network_pixels() -> None:
    moved = grid(factor=4, cell=Size(16, 16), halo=4, anchor_x=12, anchor_y=4)
    for index in moved.tiles_touching(Rect.of_size(PHOTO)):
        seen = moved.input(index)
        assert seen.x % 4 == seen.y % 4 == 0
        assert seen.contains(moved.core(index))


def test_inputs_of_an_aligned_grid_begin_at_multiples_and_reach_beyond_the_photo_if_need_be() -> (
    None
):
    aligned = grid(anchor_x=8, anchor_y=8, cell=Size(32, 16), halo=4, alignment=16)
    for index in aligned.tiles_touching(Rect.of_size(PHOTO)):
        seen = aligned.input(index)
        assert seen.x % 16 == seen.y % 16 == 0
        assert seen.contains(aligned.support(index))
    last = aligned.input(TileIndex(aligned.columns.last, aligned.rows.last))
    assert last.right - PHOTO.width in range(16)
    assert last.bottom - PHOTO.height in range(16)


def test_an_input_with_a_sight_shows_more_on_both_sides_and_stays_on_the_photo() -> None:
    wide = grid(sight=Size(30, 0))
    assert wide.network_size == grid().network_size
    assert wide.input_size == Size(32 + 16 + 30, 24 + 16)
    middle = TileIndex(1, 1)
    assert wide.input(middle) == Rect(grid().input(middle).x - 15, 11, 78, 40)
    for index in wide.tiles_touching(Rect.of_size(PHOTO)):
        assert Rect.of_size(PHOTO).contains(wide.input(index))
        assert wide.input(index).contains(grid().support(index))


def test_only_a_photo_smaller_than_an_input_is_reflected() -> None:
    small = grid(photo=Size(40, 67))
    assert small.input(TileIndex(0, 0)).width > small.photo.width
    assert small.input(TileIndex(0, 0)).contains(small.core(TileIndex(0, 0)))


def test_a_sliver_at_the_edge_of_the_photo_belongs_to_the_neighbour() -> None:
    # The first cell would end at x = 6, and the rim of the next reaches 8 to its left.
    columns = grid(anchor_x=6).columns
    assert (columns.first, columns.end(columns.first)) == (0, 38)
    assert grid(anchor_x=6).core(TileIndex(-1, 0)).is_empty
    assert grid(anchor_x=6).core(TileIndex(0, 0)).left == 0


def test_a_photo_narrower_than_its_rims_is_one_tile() -> None:
    for anchor in range(-40, 40):
        tiny = grid(photo=Size(9, 5), anchor_x=anchor, anchor_y=anchor)
        tiles = list(tiny.tiles_touching(Rect(0, 0, 9, 5)))
        cores = [tiny.core(tile) for tile in tiles]
        assert cores == [Rect(0, 0, 9, 5)]
        assert tiny.input(tiles[0]).contains(Rect(0, 0, 9, 5))


def test_every_input_holds_what_its_tile_keeps() -> None:
    for anchor in range(-40, 40):
        moved = grid(anchor_x=anchor, anchor_y=anchor)
        for index in moved.tiles_touching(Rect.of_size(PHOTO)):
            assert moved.input(index).contains(moved.support(index))


def test_neighbours_share_exactly_the_overlap() -> None:
    left, right = grid().support(TileIndex(0, 1)), grid().support(TileIndex(1, 1))
    assert left.intersected(right).width == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"overlap": 7},
        {"overlap": 40},
        {"factor": 0},
        {"factor": 16},
        {"cell": Size(0, 24)},
    ],
)
def test_a_grid_that_cannot_work_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="TileGrid"):
        grid(**changes)
