"""What the canvas paints, against the composite that is exported."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace

from unblur.document.document import Document
from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import BrushStroke, Rectangle, WholePhoto
from unblur.imaging.composite import result
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.surface import device_rect

BACKDROPS = {(38, 38, 38), (214, 214, 214)}


def assert_alike(shown: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> None:
    """At most one level apart on 99.5 % of the pixels, and nowhere far apart."""
    difference = np.abs(shown.astype(np.int16) - wanted).max(axis=2)
    assert (difference <= 1).mean() >= 0.995
    assert difference.max() <= 3


@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_at_100_percent_the_canvas_shows_the_exported_result(stage, strength) -> None:
    photo = stage.photo(Size(700, 520))
    document = Document(
        photo,
        (
            stage.region(Rectangle(Rect(20, 30, 200, 150)), strength=strength, feather=25),
            stage.region(BrushStroke((Point(300, 200), Point(360, 260)), 30), strength=0.8),
        ),
    )
    # As far from the source as a restored photo is: 60 levels at most.
    change = np.random.default_rng(5).integers(-60 * 257, 60 * 257, photo.pixels.shape)
    restored = np.clip(photo.pixels.astype(np.int64) * 257 + change, 0, 65535)
    layers = stage.show(document, restored=restored.astype(np.uint16))
    stage.look(CompareMode.RESULT, 1.0)
    view = stage.canvas.view
    shown = stage.shot()
    area = device_rect(photo.rect, view)
    part = shown[area.y() :, area.x() :]
    seen = Rect(0, 0, part.shape[1], part.shape[0])
    assert_alike(part, result(document, layers, seen))


def test_the_original_is_on_the_left_and_the_result_on_the_right(stage) -> None:
    photo = stage.photo(Size(400, 300))
    document = Document(photo, (stage.whole(),))
    layers = stage.show(document)
    stage.look(CompareMode.SPLIT_VERTICAL, 1.0)
    stage.canvas.move_divider(0.25)
    shown = stage.shot()[100:140]
    np.testing.assert_array_equal(shown[:, :40], photo.pixels[100:140, :40])
    restored = result(document, layers, photo.rect)
    np.testing.assert_array_equal(shown[:, 300:], restored[100:140, 300:])


def test_the_original_is_above_and_the_result_below(stage) -> None:
    photo = stage.photo(Size(400, 300))
    stage.show(Document(photo, (stage.whole(),)))
    stage.look(CompareMode.SPLIT_HORIZONTAL, 1.0)
    stage.canvas.move_divider(0.5)
    shown = stage.shot()
    np.testing.assert_array_equal(shown[5:50, 300:], photo.pixels[5:50, 300:])
    np.testing.assert_array_equal(shown[250:, 300:], 255 - photo.pixels[250:, 300:])


def test_side_by_side_shows_the_same_part_twice(stage) -> None:
    photo = stage.photo(Size(900, 700))
    stage.show(Document(photo, (stage.whole(),)))
    stage.look(CompareMode.SIDE_BY_SIDE, 1.0)
    stage.canvas.navigator.pan(-333, -217)
    shown = stage.shot()[60:]
    left, right = shown[:, :199], shown[:, 201:]
    np.testing.assert_array_equal(left, 255 - right)


def test_a_peek_shows_the_original_alone(stage) -> None:
    photo = stage.photo(Size(400, 300))
    stage.show(Document(photo, (stage.whole(),)))
    stage.look(CompareMode.RESULT, 1.0)
    stage.canvas.peek_original(True)
    np.testing.assert_array_equal(stage.shot(), photo.pixels)
    stage.canvas.peek_original(False)
    np.testing.assert_array_equal(stage.shot(), 255 - photo.pixels)


def test_a_hidden_region_and_one_without_strength_leave_the_source(stage) -> None:
    photo = stage.photo(Size(400, 300))
    stage.show(Document(photo, (stage.whole(strength=0.0),)))
    stage.look(CompareMode.RESULT, 1.0)
    np.testing.assert_array_equal(stage.shot(), photo.pixels)


def test_what_is_not_restored_yet_shows_the_source(stage) -> None:
    photo = stage.photo(Size(400, 300))
    layers = stage.show(Document(photo, (stage.whole(),)), is_done=False)
    stage.look(CompareMode.RESULT, 1.0)
    np.testing.assert_array_equal(stage.shot(), photo.pixels)
    layers.done[50:90, 60:100] = True
    stage.canvas.restored_changed(stage.canvas.document.regions[0].id, Rect(60, 50, 40, 40))
    wanted = photo.pixels.copy()
    wanted[50:90, 60:100] = 255 - wanted[50:90, 60:100]
    np.testing.assert_array_equal(stage.shot(), wanted)


@pytest.mark.parametrize("scale", [0.07, 0.26, 0.333, 0.5, 0.61, 0.99, 1.27, 1.5, 2.0, 2.7, 7.3])
@pytest.mark.parametrize("has_region", [False, True])
def test_no_backdrop_shines_through_between_tiles(stage, scale, has_region) -> None:
    photo = stage.flat(Size(2000, 1400), (250, 20, 180))
    stage.show(Document(photo, (stage.whole(),) if has_region else ()))
    stage.look(CompareMode.RESULT, scale)
    stage.canvas.navigator.pan(-301.4, -187.7)
    shown = stage.shot()
    area = device_rect(photo.rect, stage.canvas.view).intersected(stage.canvas.rect())
    part = shown[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
    wanted = (5, 235, 75) if has_region else (250, 20, 180)
    assert np.abs(part.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("scale", [0.43, 0.77, 1.3])
def test_a_panned_picture_equals_one_painted_anew(stage, scale) -> None:
    photo = stage.photo(Size(1500, 1100))
    stage.show(Document(photo, (stage.region(Rectangle(Rect(100, 80, 900, 700)), feather=50),)))
    stage.look(CompareMode.RESULT, scale)
    stage.settle()
    for dx, dy in ((-31, -17), (-90, 44), (23, -61)):
        stage.canvas.navigator.pan(dx, dy)
        stage.canvas.repaint()
    panned = stage.shot()
    offset = stage.canvas.view.offset
    stage.canvas.zoom_to(3.0)
    stage.settle()
    stage.canvas.zoom_to(scale)
    stage.canvas.navigator.pan(1e6, 1e6)
    view = stage.canvas.view
    stage.canvas.navigator.pan(offset.x - view.offset.x, offset.y - view.offset.y)
    anew = stage.shot()
    assert stage.canvas.view.offset == offset
    # Interpolation rounds a little differently from where it begins.
    assert np.abs(panned.astype(int) - anew).max() <= 1
    assert (panned == anew).mean() > 0.99


def test_coarse_levels_are_averages_and_not_samples(stage) -> None:
    pixels = np.zeros((800, 800, 3), np.uint8)
    pixels[::2, ::2] = pixels[1::2, 1::2] = 255
    photo = stage.flat(Size(800, 800), (0, 0, 0))
    photo = type(photo)(pixels, "checks")
    stage.show(Document(photo))
    stage.look(CompareMode.RESULT, 0.25)
    area = device_rect(photo.rect, stage.canvas.view)
    part = stage.shot()[area.top() : area.bottom(), area.left() : area.right()]
    assert np.abs(part.astype(int) - 128).max() <= 2


def test_from_200_percent_on_pixels_are_squares(stage) -> None:
    photo = stage.photo(Size(400, 300))
    stage.show(Document(photo))
    stage.look(CompareMode.RESULT, 4.0)
    area = device_rect(photo.rect, stage.canvas.view)
    part = stage.shot()[area.top() :, area.left() :]
    enlarged = photo.pixels.repeat(4, axis=0).repeat(4, axis=1)
    np.testing.assert_array_equal(part, enlarged[: part.shape[0], : part.shape[1]])


def test_colours_go_through_the_embedded_profile(stage) -> None:
    profile = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data())
    size = Size(64, 64)
    plain = stage.flat(size, (200, 60, 60))
    photo = type(plain)(plain.pixels, "p3", metadata=stage.photo(size, icc=profile).metadata)
    document = Document(photo, (stage.region(Rectangle(Rect(0, 0, 32, 64))),))
    stage.show(document)
    stage.look(CompareMode.RESULT, 1.0)
    area = device_rect(photo.rect, stage.canvas.view)
    shown = stage.shot()[area.top() + 30]
    # P3 red is redder than sRGB's: seen through the profile it leaves less green and blue.
    assert shown[area.left() + 50][0] > 210
    restored = shown[area.left() + 10].astype(int)
    assert np.abs(restored - (55, 195, 195)).max() > 5


def test_an_srgb_profile_changes_nothing(stage) -> None:
    profile = bytes(QColorSpace(QColorSpace.NamedColorSpace.SRgb).iccProfile().data())
    photo = stage.photo(Size(400, 300), icc=profile)
    stage.show(Document(photo))
    stage.look(CompareMode.ORIGINAL, 1.0)
    np.testing.assert_array_equal(stage.shot(), photo.pixels)


@pytest.mark.qt_log_ignore("fromIccProfile")
def test_a_broken_profile_leaves_the_colours_alone(stage) -> None:
    photo = stage.photo(Size(400, 300), icc=b"no profile at all")
    stage.show(Document(photo))
    stage.look(CompareMode.ORIGINAL, 1.0)
    np.testing.assert_array_equal(stage.shot(), photo.pixels)


def test_checks_show_only_where_the_photo_is_transparent(stage) -> None:
    photo = stage.photo(Size(400, 300), has_alpha=True)
    stage.show(Document(photo, (stage.whole(),)))
    stage.look(CompareMode.ORIGINAL, 1.0)
    shown = stage.shot()
    np.testing.assert_array_equal(shown[:, 200:], photo.pixels[:, 200:])
    assert {tuple(pixel) for pixel in shown[:, :200].reshape(-1, 3)} == {
        (204, 204, 204),
        (153, 153, 153),
    }


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 5000), Size(5000, 1), Size(3, 2)])
@pytest.mark.parametrize("mode", list(CompareMode))
def test_tiny_and_thin_photos_are_fine(stage, size, mode) -> None:
    document = Document(stage.photo(size), (stage.whole(), stage.region(WholePhoto(), feather=9)))
    stage.show(document)
    stage.canvas.set_compare(mode)
    for step in range(12):
        stage.canvas.navigator.zoom_in() if step < 6 else stage.canvas.navigator.zoom_out()
        stage.settle()
    stage.canvas.fit()
    stage.settle()


def test_a_canvas_without_room_or_photo_is_fine(stage) -> None:
    stage.canvas.resize(0, 0)
    stage.canvas.repaint()
    stage.show(Document(stage.photo(Size(50, 40)), (stage.whole(),)))
    stage.canvas.grab()
    stage.canvas.resize(300, 200)
    stage.settle()
    assert stage.canvas.visible_rect() == Rect(0, 0, 50, 40)


def test_the_empty_canvas_invites_a_drop(stage) -> None:
    colours = {tuple(pixel) for pixel in stage.shot().reshape(-1, 3)}
    assert len(colours) > 3  # words and a frame, not only the backdrop
    assert colours & BACKDROPS


def test_a_painted_region_that_is_out_of_view_is_no_accident(stage) -> None:
    stroke = BrushStroke((Point(20.0, 20.0), Point(30.0, 25.0)), 8.0)
    stage.show(Document(stage.photo(Size(2000, 1500)), (stage.region(stroke),)))
    stage.canvas.zoom_to(4.0)
    stage.canvas.navigator.pan(-1e6, -1e6)
    stage.settle()
    stage.canvas.grab()


def test_a_mistake_while_painting_is_reported_and_the_canvas_goes_on(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[BaseException] = []
    stage.show(Document(stage.photo(Size(400, 300))))
    with monkeypatch.context() as broken:
        broken.setattr(sys, "excepthook", lambda _kind, error, _trace: reported.append(error))
        broken.setattr(stage.canvas.marks, "paint", lambda *_args, **_words: 1 / 0)
        stage.canvas.grab()
    assert [type(error) for error in reported] == [ZeroDivisionError]
    stage.canvas.grab()


def test_tiles_in_work_are_framed_only_where_a_frame_is_no_fence(stage) -> None:
    stage.show(Document(stage.photo(Size(400, 300)), (stage.whole(),)))
    stage.look(CompareMode.RESULT, 1.0)
    plain = stage.shot()
    stage.canvas.set_pending([Rect(20, 20, 30, 200)])
    np.testing.assert_array_equal(stage.shot(), plain)
    stage.canvas.set_pending([Rect(20, 20, 200, 200)])
    framed = (stage.shot() != plain).any(axis=2)
    assert framed.any(axis=1).nonzero()[0][0] == framed.any(axis=0).nonzero()[0][0] == 20
    assert not framed[40:200, 40:200].any()
