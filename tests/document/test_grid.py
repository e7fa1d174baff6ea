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


def test_the_input_is_the_support_with_its_halo_and_may_leave_the_photo() -> None:
    assert grid().input(TileIndex(0, 0)) == Rect(13 - 8, -5 - 8, 32 + 16, 24 + 16)


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
