"""The one place of NCHW tensors: photo pixels become a batch, a batch becomes pixels.

Whatever is cut out is a copy of the crop alone, at the photo's depth, so the cost of a tile
does not depend on the size of the photo. Work at a smaller scale is undone here as well: the
network's change, enlarged, is added to the pixels at full size.

A batch has a fourth channel where a network is told where people are: how much of each pixel is
somebody. It is cut out, moved and shrunk like a colour.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from unblur.document.buffer import FloatImage, PixelImage, UInt16Image, read_only, to_float
from unblur.document.geometry import Rect, Size
from unblur.engine import enlarging
from unblur_models.padding import reflected

_COLOURS = 3


def crop(pixels: PixelImage, rect: Rect) -> PixelImage:
    """The pixels (h, w, C) of `rect`, at their depth; beyond the photo's borders, reflected.

    Any photo works: one that is smaller than the reach is reflected again and again, and a
    single row or column is repeated.
    """
    height, width = pixels.shape[:2]
    if Rect(0, 0, width, height).contains(rect):
        return pixels[rect.slices]
    rows = reflected(rect.top, rect.bottom, height)
    columns = reflected(rect.left, rect.right, width)
    return pixels[rows[:, np.newaxis], columns[np.newaxis, :]]


def to_batch(pixels: PixelImage, device: torch.device) -> Tensor:
    """Pixels (H, W, C) of any depth as (1, C, H, W) float32 in [0, 1] on `device`."""
    values = to_float(pixels)
    if pixels.dtype == np.float32:  # floats alone can lie outside
        values = np.clip(values, 0.0, 1.0)
    planes = np.ascontiguousarray(values.transpose(2, 0, 1)[np.newaxis])
    return torch.from_numpy(planes).to(device)


def crop_batch(batch: Tensor, rect: Rect) -> Tensor:
    """The part (N, C, h, w) of a batch under `rect`; beyond its borders, reflected."""
    height, width = batch.shape[2:]
    rows = torch.from_numpy(reflected(rect.top, rect.bottom, height)).to(batch.device)
    columns = torch.from_numpy(reflected(rect.left, rect.right, width)).to(batch.device)
    return batch.index_select(2, rows).index_select(3, columns)


def picture_of(batch: Tensor) -> Tensor:
    """The colours (N, 3, H, W) of a batch."""
    return batch[:, :_COLOURS]


def people_of(batch: Tensor) -> Tensor | None:
    """How much of each pixel is somebody (N, 1, H, W); None where nobody told."""
    return batch[:, _COLOURS:] if batch.shape[1] > _COLOURS else None


def shrunk(batch: Tensor, factor: int) -> Tensor:
    """A batch `factor` times smaller, each pixel the mean of those that it covers."""
    return batch if factor == 1 else functional.avg_pool2d(batch, factor)


def change_under(keep: Rect, factor: int, whole: Size) -> Rect:
    """The part of a change of size `whole` on which `with_change` over `keep` depends."""
    if factor == 1:
        return keep
    return keep.shrunk_by(factor).expanded(enlarging.REACH, Rect.of_size(whole))


def with_change(source: Tensor, change: Tensor, keep: Rect, factor: int) -> Tensor:
    """The full-size `source` plus the enlarged `change`, both over the same input.

    `change` is `factor` times smaller than `source`. Returns (1, 3, h, w) over `keep`, which
    counts full-size pixels from the corner of the input.
    """
    kept = source[:, :, *keep.slices]
    height, width = change.shape[2:]
    small = change_under(keep, factor, Size(width, height))
    enlarged = enlarging.enlarged(change[:, :, *small.slices], factor)
    return kept + enlarged[:, :, *keep.relative_to(small.enlarged_by(factor)).slices]


def to_pixels(batch: Tensor) -> UInt16Image:
    """A batch (1, 3, h, w) as read-only uint16 (h, w, 3), clipped and rounded."""
    levels = batch[0].clamp(0.0, 1.0).mul(65535.0).round().permute(1, 2, 0)
    values: FloatImage = levels.contiguous().cpu().numpy()
    return read_only(values.astype(np.uint16))
