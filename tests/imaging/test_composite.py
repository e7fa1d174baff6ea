from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from unblur.document.buffer import full_scale
from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.shapes import BrushStroke, Rectangle
from unblur.imaging.composite import result
from unblur.imaging.masks import rasterize

BOX = Rectangle(Rect(10, 8, 30, 20))
DEPTHS = [np.uint8, np.uint16, np.float32]


def expected(document: Document, layers: Any) -> np.ndarray:
    """The definition, in double precision over the whole photo."""
    photo = document.photo
    scale = full_scale(photo.pixels.dtype)
    values = photo.pixels.astype(np.float64)
    for region in document.regions:
        mask = rasterize(region.shapes, region.feather, photo.rect, photo.size)
        weight = (mask * layers.coverage * np.float32(region.strength)).astype(np.float64)
        values += weight[..., None] * (layers.restored.astype(np.float64) / 65535 * scale - values)
    return values if scale == 1 else np.rint(values)


@pytest.mark.parametrize("dtype", DEPTHS)
@pytest.mark.parametrize("feather", [0.0, 6.0])
def test_the_result_follows_its_definition(
    dtype: Any,
    feather: float,
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(dtype=dtype)
    stroke = BrushStroke((Point(20, 20), Point(50, 30)), 9.0)
    document = document_of(photo, BOX, stroke, strength=0.7, feather=feather)
    source = layers(photo)
    out = result(document, source, photo.rect)
    assert out.dtype == dtype
    difference = np.abs(out.astype(np.float64) - expected(document, source))
    # At 8 bits single precision may round a value that lies half-way the other way.
    assert difference.max() <= {np.uint8: 1, np.uint16: 0, np.float32: 1e-6}[dtype]
    assert (difference > 1e-6).mean() < 0.001


@pytest.mark.parametrize("dtype", DEPTHS)
def test_outside_of_the_mask_the_source_is_untouched_bit_for_bit(
    dtype: Any,
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(dtype=dtype)
    document = document_of(photo, BOX, feather=5.0)
    out = result(document, layers(photo), photo.rect)
    outside = rasterize((BOX,), 5.0, photo.rect, photo.size) == 0
    np.testing.assert_array_equal(out[outside], photo.pixels[outside])
    assert not np.array_equal(out, photo.pixels)


@pytest.mark.parametrize("dtype", DEPTHS)
def test_what_is_not_yet_restored_is_untouched(
    dtype: Any,
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(dtype=dtype)
    source = layers(photo)
    source.coverage[:, 20:] = 0
    out = result(document_of(photo), source, photo.rect)
    np.testing.assert_array_equal(out[:, 20:], photo.pixels[:, 20:])


def test_at_full_strength_the_restored_pixels_show_exactly(
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(dtype=np.uint16)
    source = layers(photo)
    out = result(document_of(photo), source, photo.rect)
    np.testing.assert_array_equal(out, source.restored)


def test_a_later_region_lies_over_an_earlier_one(
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of()
    lower = document_of(photo, strength=0.5).regions[0]
    upper = document_of(photo, BOX, strength=0.25, feather=4.0).regions[0]
    document = Document(photo, (lower, upper))
    source = layers(photo)
    np.testing.assert_array_equal(result(document, source, photo.rect), expected(document, source))


@pytest.mark.parametrize("change", [{"strength": 0.0}, {"is_visible": False}])
def test_a_region_that_does_not_show_changes_nothing(
    change: dict[str, Any],
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of()
    region = replace(document_of(photo).regions[0], **change)
    out = result(Document(photo, (region,)), layers(photo), photo.rect)
    np.testing.assert_array_equal(out, photo.pixels)


def test_any_part_is_a_crop_of_the_whole(
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(700, 300, np.uint16)
    document = document_of(photo, Rectangle(Rect(30, 30, 600, 200)), strength=0.6, feather=40.0)
    source = layers(photo)
    whole = result(document, source, photo.rect)
    for rect in (Rect(0, 0, 1, 1), Rect(25, 28, 610, 9), Rect(300, 100, 400, 200)):
        np.testing.assert_array_equal(result(document, source, rect), whole[rect.slices])


def test_without_restored_pixels_the_result_is_the_source(
    photo_of: Callable[..., Photo], document_of: Callable[..., Document], no_layers: Any
) -> None:
    photo = photo_of()
    np.testing.assert_array_equal(result(document_of(photo), no_layers, photo.rect), photo.pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_what_is_protected_keeps_every_bit_of_every_region(
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
    dtype: Any,
) -> None:
    photo = photo_of(200, 150, dtype)
    lower = document_of(photo, strength=0.9).regions[0]
    upper = document_of(photo, BOX, strength=1.0, feather=4.0).regions[0]
    brush = BrushStroke((Point(20, 20), Point(120, 60)), 15.0, hardness=0.5)
    free = Document(photo, (lower, upper))
    kept = Document(photo, (lower, upper), (brush,))
    source = layers(photo)
    without, out = (result(document, source, photo.rect) for document in (free, kept))
    protected = rasterize((brush,), 0.0, photo.rect, photo.size)
    np.testing.assert_array_equal(out[protected == 1], photo.pixels[protected == 1])
    np.testing.assert_array_equal(out[protected == 0], without[protected == 0])
    assert (without[protected == 1] != photo.pixels[protected == 1]).any()
    # In between it lies between the two.
    low, high = np.minimum(photo.pixels, without), np.maximum(photo.pixels, without)
    assert ((out >= low) & (out <= high)).all()


def test_a_protected_part_is_a_crop_of_the_whole(
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(700, 300, np.uint16)
    stroke = BrushStroke((Point(20, 20), Point(600, 200)), 40.0, hardness=0.0)
    document = replace(document_of(photo), protection=(stroke,))
    source = layers(photo)
    whole = result(document, source, photo.rect)
    for rect in (Rect(0, 0, 1, 1), Rect(25, 28, 610, 9), Rect(300, 100, 400, 200)):
        np.testing.assert_array_equal(result(document, source, rect), whole[rect.slices])
