from __future__ import annotations

import numpy as np
import pytest

from unblur.document.geometry import Point, Rect, Size


def test_a_size_is_width_then_height() -> None:
    assert Size(6000, 4000).area == 24_000_000
    assert Size(6000, 4000).megapixels == 24.0


def test_slices_cut_the_pixels_out_of_an_array() -> None:
    picture = np.arange(20).reshape(4, 5)
    assert picture[Rect(1, 2, 3, 1).slices].tolist() == [[11, 12, 13]]


def test_crossed_edges_give_an_empty_rectangle() -> None:
    assert Rect.from_edges(5, 5, 3, 9).is_empty


def test_around_covers_both_corners_whichever_comes_first() -> None:
    rect = Rect.around(Point(7.2, 3.0), Point(2.9, 8.5))
    assert rect == Rect(2, 3, 6, 6)
    assert rect == Rect.around(Point(2.9, 8.5), Point(7.2, 3.0))


def test_intersection_and_union_of_rectangles_that_overlap() -> None:
    a, b = Rect(0, 0, 10, 10), Rect(5, 6, 10, 10)
    assert a.intersected(b) == Rect(5, 6, 5, 4)
    assert a.united(b) == Rect(0, 0, 15, 16)
    assert a.overlaps(b)


def test_rectangles_that_only_share_an_edge_do_not_overlap() -> None:
    assert not Rect(0, 0, 10, 10).overlaps(Rect(10, 0, 5, 5))


def test_uniting_with_an_empty_rectangle_adds_nothing() -> None:
    empty = Rect(100, 100, 0, 5)
    assert empty.united(Rect(1, 2, 3, 4)) == Rect(1, 2, 3, 4)
    assert Rect(1, 2, 3, 4).united(empty) == Rect(1, 2, 3, 4)


def test_every_rectangle_contains_an_empty_one() -> None:
    assert Rect(0, 0, 1, 1).contains(Rect(50, 50, 0, 0))
    assert not Rect(0, 0, 4, 4).contains(Rect(2, 2, 3, 1))


def test_expanding_stays_inside_of_the_limits() -> None:
    assert Rect(2, 2, 4, 4).expanded(5, Rect(0, 0, 9, 20)) == Rect(0, 0, 9, 11)


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_shrinking_and_enlarging_again_covers_the_rectangle(factor: int) -> None:
    rect = Rect(5, 7, 11, 13)
    covering = rect.shrunk_by(factor).enlarged_by(factor)
    assert covering.contains(rect)
    assert covering.width < rect.width + 2 * factor


def test_a_point_lies_on_pixels_from_the_left_edge_to_before_the_right() -> None:
    rect = Rect(3, 3, 2, 2)
    assert rect.contains_point(Point(3.0, 4.99))
    assert not rect.contains_point(Point(5.0, 4.0))


def test_relative_rectangles_count_from_the_other_corner() -> None:
    assert Rect(7, 9, 2, 2).relative_to(Rect(5, 5, 10, 10)) == Rect(2, 4, 2, 2)
