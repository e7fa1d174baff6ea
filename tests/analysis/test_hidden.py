"""Places that were pixelated or blurred on purpose are found; photographs raise no alarm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from tests.psfs import SCENES, Pixels, gaussian, motion, photographed, scene

from unblur.analysis.caution import Caution, is_lost
from unblur.analysis.hidden import (
    HiddenKind,
    HiddenPlace,
    hidden_places,
    over_hidden,
    said_about,
)
from unblur.document.geometry import Rect, Size
from unblur.errors import Cancelled
from unblur.imaging.opencv import cv2

PLACE = Rect(250, 150, 96, 110)


def pixelated(pixels: Pixels, rect: Rect, cell: int) -> Pixels:
    """The picture with cells of one colour in `rect`."""
    out = pixels.copy()
    part = out[rect.slices]
    cells = Size(rect.width // cell, rect.height // cell)
    small = cv2.resize(part, tuple(cells), interpolation=cv2.INTER_AREA)
    size = (cells.width * cell, cells.height * cell)
    out[rect.y : rect.y + size[1], rect.x : rect.x + size[0]] = cv2.resize(
        small, size, interpolation=cv2.INTER_NEAREST
    )
    return out


def smudged(pixels: Pixels, rect: Rect, sigma: float, *, is_oval: bool) -> Pixels:
    """The picture with an oval or a rectangle of it blurred."""
    mask = np.zeros(pixels.shape[:2], np.float32)
    if is_oval:
        cv2.ellipse(mask, (rect.center, rect.size, 0.0), 1.0, cv2.FILLED)
    else:
        mask[rect.slices] = 1.0
    mask = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None]
    soft = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return np.rint(pixels * (1 - mask) + soft * mask).astype(np.uint8)


def as_jpeg(pixels: Pixels, quality: int = 85) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def is_at(places: tuple[HiddenPlace, ...], rect: Rect) -> bool:
    """Whether there is one place that covers what it should, and not half the picture."""
    if len(places) != 1:
        return False
    shared = places[0].rect.intersected(rect).size.area
    return shared > 0.7 * rect.size.area and places[0].rect.size.area < 7 * rect.size.area


@pytest.mark.parametrize("cell", [8, 11, 16, 20])
@pytest.mark.parametrize("is_saved", [False, True])
def test_a_mosaic_is_found_where_it_is(cell: int, is_saved: bool) -> None:
    rect = Rect(PLACE.x, PLACE.y, 8 * cell, 8 * cell)
    made = pixelated(scene("square"), rect, cell)
    if is_saved and cell > 8:
        made = as_jpeg(made)
    (place,) = hidden_places(made)
    assert place.kind is HiddenKind.MOSAIC
    assert is_at((place,), rect)


def test_a_mosaic_bears_a_little_resizing() -> None:
    made = pixelated(scene("square"), Rect(200, 150, 144, 144), 16)
    smaller = cv2.resize(made, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA)
    assert is_at(hidden_places(as_jpeg(smaller)), Rect(180, 135, 130, 130))


def test_cells_of_large_photos_are_found_in_smaller_copies() -> None:
    large = cv2.resize(scene("square"), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    rect = Rect(800, 600, 480, 480)
    assert is_at(hidden_places(pixelated(large, rect, 60)), rect)


@dataclass(frozen=True)
class Busy:
    """A street of nothing but detail, in which a smudge is one whatever the scene."""

    seed: int = 5

    def pixels(self) -> Pixels:
        generator = np.random.default_rng(self.seed)
        coarse = cv2.resize(generator.random((28, 36, 3)).astype(np.float32), (576, 448))
        fine = generator.normal(0.0, 26.0, (448, 576, 1))
        return np.clip(40 + 170 * coarse + fine, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("is_oval", [True, False])
@pytest.mark.parametrize("sigma", [8.0, 16.0])
def test_a_smooth_place_in_sharp_surroundings_is_found(sigma: float, is_oval: bool) -> None:
    made = as_jpeg(smudged(Busy().pixels(), PLACE, sigma, is_oval=is_oval), 92)
    (place,) = hidden_places(made)
    assert place.kind is HiddenKind.BLUR
    assert is_at((place,), PLACE)


def test_a_blurred_background_is_no_secret() -> None:
    picture = Busy().pixels()
    background = smudged(picture, Rect(0, 0, 300, 448), 12.0, is_oval=False)
    assert hidden_places(background) == ()


def test_a_smooth_thing_without_content_is_no_secret() -> None:
    picture = Busy().pixels()
    picture[PLACE.slices] = picture[PLACE.slices].mean(axis=(0, 1))
    assert hidden_places(picture) == ()


@pytest.mark.parametrize("path", sorted(SCENES.glob("*.jpg")), ids=lambda path: path.stem)
def test_photographs_raise_no_alarm(path: object) -> None:
    sharp = scene(getattr(path, "stem", ""))
    for picture in (
        sharp,
        as_jpeg(sharp, 20),  # whose blocks are cells as well
        photographed(sharp, gaussian(3.0)),
        photographed(sharp, motion(15, 30)),
    ):
        assert hidden_places(picture) == ()


def test_depths_are_alike() -> None:
    made = pixelated(scene("square"), PLACE, 12)
    deep = made.astype(np.uint16) * 257
    assert hidden_places(deep) == hidden_places(made)
    assert hidden_places(deep) != ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (40, 3000, 3), (33, 33, 3)])
def test_tiny_pictures_are_none_of_its_business(shape: tuple[int, ...]) -> None:
    assert hidden_places(np.zeros(shape, np.uint8)) == ()


def test_the_search_can_be_ended() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        hidden_places(scene("square"), stop)


def test_regions_that_touch_a_place_are_told() -> None:
    place = HiddenPlace(PLACE, HiddenKind.BLUR)
    assert over_hidden(Rect(0, 0, 300, 300), [place]) == (place,)
    assert over_hidden(Rect(0, 0, 250, 300), [place]) == ()


def test_sentences_say_how_many_and_how() -> None:
    mosaic, blur = HiddenPlace(PLACE, HiddenKind.MOSAIC), HiddenPlace(PLACE, HiddenKind.BLUR)
    assert said_about(()) == Caution().sentence == ""
    assert said_about([mosaic]).startswith("A place on this photo looks pixelated on purpose.")
    assert "look blurred on purpose" in said_about([blur, blur])
    assert "pixelated or blurred" in said_about([blur, mosaic])
    assert "details of a restored face may be invented" in Caution((), (PLACE,)).sentence
    assert "2 faces are" in Caution((blur,), (PLACE, PLACE)).sentence


def test_a_face_is_lost_when_its_blur_is_wide_against_it() -> None:
    assert is_lost(Rect(0, 0, 50, 60), 12.0)
    assert not is_lost(Rect(0, 0, 100, 120), 12.0)
