"""The view's arithmetic: what stays where, and that the photo is never lost."""

from __future__ import annotations

import itertools
import random

import pytest

from unblur.document.geometry import Point, Rect, Size
from unblur.ui.canvas.view import (
    MAX_SCALE,
    ZOOM_STEPS,
    DevicePoint,
    ViewTransform,
    next_step,
    previous_step,
)

PHOTOS = [Size(6000, 4000), Size(1, 5000), Size(1, 1), Size(640, 480)]
VIEWPORTS = [Size(1920, 1080), Size(333, 777), Size(1, 1)]


def random_views(count: int) -> list[ViewTransform]:
    chance = random.Random(7)
    return [
        ViewTransform(
            chance.choice(PHOTOS),
            chance.choice(VIEWPORTS),
            2 ** chance.uniform(-5, 5),
            DevicePoint(chance.uniform(-3000, 3000), chance.uniform(-3000, 3000)),
        )
        for _ in range(count)
    ]


def test_zooming_keeps_the_photo_point_under_the_anchor() -> None:
    chance = random.Random(1)
    for view in random_views(300):
        anchor = DevicePoint(chance.uniform(0, 1920), chance.uniform(0, 1080))
        zoomed = view.zoomed(2 ** chance.uniform(-2, 2), anchor)
        back = zoomed.to_view(view.to_photo(anchor))
        assert back == pytest.approx(anchor, abs=1e-6)


def test_to_photo_and_to_view_undo_each_other() -> None:
    for view in random_views(100):
        point = Point(12.25, 3.5)
        assert view.to_photo(view.to_view(point)) == pytest.approx(point, abs=1e-6)


def test_the_scale_stays_within_its_limits() -> None:
    view = ViewTransform.fitted(Size(6000, 4000), Size(600, 400))
    assert view.zoomed(1e9, view.middle).scale == MAX_SCALE
    assert view.zoomed(1e-9, view.middle).scale > 0


def test_a_clamped_view_always_shows_some_of_the_photo() -> None:
    for view in random_views(500):
        assert not view.clamped().visible.is_empty


def test_clamping_twice_changes_nothing() -> None:
    for view in random_views(200):
        once = view.clamped()
        again = once.clamped()
        assert again.offset == pytest.approx(once.offset, abs=1e-9)


def test_a_photo_that_fits_is_centred() -> None:
    view = ViewTransform(Size(100, 50), Size(300, 300), 1.0, DevicePoint(-900, 4)).clamped()
    assert view.offset == (100, 125)


def test_a_large_photo_can_be_pulled_in_until_its_corner_is_in_the_middle() -> None:
    view = ViewTransform(Size(6000, 4000), Size(600, 400), 1.0).panned(1e9, 1e9).clamped()
    assert view.to_view(Point(0, 0)) == (300, 200)


def test_fitting_shows_all_of_the_photo_in_the_middle() -> None:
    for photo, viewport in itertools.product(PHOTOS, VIEWPORTS):
        view = ViewTransform.fitted(photo, viewport, margin=16)
        assert view.visible == Rect.of_size(photo)
        assert view.scale <= 1.0
        assert view.center == pytest.approx((photo.width / 2, photo.height / 2))


def test_resizing_keeps_the_middle() -> None:
    view = ViewTransform(Size(6000, 4000), Size(600, 400), 0.7, DevicePoint(-812, -455))
    assert view.resized(Size(901, 333)).center == pytest.approx(view.center)


def test_the_painted_view_begins_on_a_whole_device_pixel() -> None:
    view = ViewTransform(Size(10, 10), Size(9, 9), 1.0, DevicePoint(-0.5, 3.49)).snapped()
    assert view.offset == (0.0, 3.0)


def test_the_visible_pixels_include_those_seen_in_part() -> None:
    view = ViewTransform(Size(100, 100), Size(20, 20), 4.0, DevicePoint(-10, -9))
    assert view.visible == Rect.from_edges(2, 2, 8, 8)


def test_steps_lead_through_100_percent() -> None:
    assert next_step(0.9) == 1.0
    assert previous_step(1.2) == 1.0
    assert next_step(1.0) == 1.5
    assert next_step(ZOOM_STEPS[-1]) == ZOOM_STEPS[-1]
    assert previous_step(ZOOM_STEPS[0]) == ZOOM_STEPS[0]
