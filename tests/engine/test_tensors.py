from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from unblur.document.buffer import PixelImage, UInt16Image
from unblur.document.geometry import Rect, Size
from unblur.engine import tensors
from unblur.engine.enlarging import enlarged

CPU = torch.device("cpu")
MakePhoto = Callable[..., PixelImage]


def test_a_crop_inside_the_photo_is_a_view(random_photo: MakePhoto) -> None:
    photo = random_photo(Size(40, 30))
    crop = tensors.crop(photo, Rect(5, 6, 10, 12))
    assert crop.base is photo
    np.testing.assert_array_equal(crop, photo[6:18, 5:15])


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 50), Size(2, 3), Size(50, 1), Size(31, 17)])
def test_a_crop_beyond_the_photo_reflects_as_often_as_needed(
    size: Size, random_photo: MakePhoto
) -> None:
    photo = random_photo(size)
    padded = np.pad(photo, ((70, 60), (50, 40), (0, 0)), mode="reflect")
    crop = tensors.crop(photo, Rect(-50, -70, size.width + 90, size.height + 130))
    np.testing.assert_array_equal(crop, padded)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_pixels_survive_the_way_to_a_batch_and_back(
    dtype: type, random_photo: MakePhoto, as_uint16: Callable[[PixelImage], UInt16Image]
) -> None:
    photo = random_photo(Size(256, 300), dtype)
    batch = tensors.to_batch(photo, CPU)
    assert batch.shape == (1, 3, 300, 256)
    assert batch.is_contiguous()
    restored = tensors.to_pixels(batch)
    np.testing.assert_array_equal(restored, as_uint16(photo))
    assert not restored.flags.writeable


def test_every_level_survives_exactly() -> None:
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=2)
    np.testing.assert_array_equal(tensors.to_pixels(tensors.to_batch(levels, CPU)), levels)


def test_floats_outside_the_range_are_clipped_on_the_way_in() -> None:
    photo = np.array([[[-0.5, 0.25, 1.5]]], np.float32)
    assert tensors.to_batch(photo, CPU).flatten().tolist() == [0.0, 0.25, 1.0]


def test_pixels_are_clipped_and_rounded_on_the_way_out() -> None:
    batch = torch.tensor([-1.0, 0.6 / 65535, 2.0]).reshape(1, 3, 1, 1)
    assert tensors.to_pixels(batch).flatten().tolist() == [0, 1, 65535]


def test_shrinking_takes_the_mean() -> None:
    batch = torch.arange(48, dtype=torch.float32).reshape(1, 3, 4, 4)
    assert torch.equal(tensors.shrunk(batch, 2), batch.reshape(1, 3, 2, 2, 2, 2).mean(dim=(3, 5)))
    assert tensors.shrunk(batch, 1) is batch


@pytest.mark.parametrize("factor", [2, 4])
def test_the_change_is_enlarged_as_if_the_whole_input_were(factor: int) -> None:
    generator = torch.Generator().manual_seed(1)
    change = torch.rand(1, 3, 32, 48, generator=generator)
    source = torch.rand(1, 3, 32 * factor, 48 * factor, generator=generator)
    keep = Rect(5 * factor, 7 * factor, 20 * factor + 1, 9 * factor + 1)
    expected = (source + enlarged(change, factor))[:, :, *keep.slices]
    actual = tensors.with_change(source, change, keep, factor)
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-5)


def test_a_batch_is_cropped_like_a_photo(random_photo: MakePhoto) -> None:
    photo = random_photo(Size(20, 24))
    rect = Rect(-7, -9, 40, 50)
    expected = tensors.to_batch(tensors.crop(photo, rect), CPU)
    assert torch.equal(tensors.crop_batch(tensors.to_batch(photo, CPU), rect), expected)
