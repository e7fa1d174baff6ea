"""Enlarging what a network changed at a smaller scale, without softness and without halos.

A pixel of the small change is the mean of those that it stands for. Bicubic interpolation does
not keep these means: shrunk again, edges are softer than before. One step of back projection
gives back what is missing (M. Irani and S. Peleg, "Improving resolution by image registration",
1991), done on the small picture, where it costs next to nothing. At strong edges that
overshoots, so no pixel may leave the range of the small pixels around it.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

_TAPS = 2  # small pixels beyond its own that a bicubic sample looks at
REACH = 2 * _TAPS  # and an enlarged one: once for the step back, once for itself


def enlarged(change: Tensor, factor: int) -> Tensor:
    """A change (N, C, h, w) `factor` times larger; it depends on `REACH` pixels around."""
    sharpened = 2 * change - _shrunk_again(change, factor)
    larger = functional.interpolate(
        sharpened, scale_factor=factor, mode="bicubic", align_corners=False
    )
    padded = functional.pad(change, (1, 1, 1, 1), mode="replicate")
    highest = functional.max_pool2d(padded, 3, stride=1)
    lowest = functional.max_pool2d(padded.neg_(), 3, stride=1).neg_()
    # As blocks of factor × factor: nothing as large as the result is made for the bounds.
    count, channels, height, width = change.shape
    blocks = larger.view(count, channels, height, factor, width, factor)
    bounds = [each[:, :, :, None, :, None] for each in (lowest, highest)]
    return blocks.clamp_(min=bounds[0], max=bounds[1]).view_as(larger)


def _shrunk_again(change: Tensor, factor: int) -> Tensor:
    """What is left of a change that is enlarged by interpolation and shrunk to its size."""
    kernel = _kernel(factor).to(change.device, change.dtype)
    planes = change.flatten(0, 1)[:, None]
    across = functional.pad(planes, (_TAPS, _TAPS, 0, 0), mode="replicate")
    across = functional.conv2d(across, kernel[None, None, None])
    down = functional.pad(across, (0, 0, _TAPS, _TAPS), mode="replicate")
    return functional.conv2d(down, kernel[None, None, :, None]).view_as(change)


@lru_cache(maxsize=4)
def _kernel(factor: int) -> Tensor:
    """How enlarging and shrinking spread a small pixel over its neighbours, along one axis."""
    side = 4 * _TAPS + 1
    point = torch.zeros(1, 1, side, side)
    point[..., side // 2, :] = 1.0
    larger = functional.interpolate(point, scale_factor=factor, mode="bicubic")
    again = functional.avg_pool2d(larger, factor)[0, 0, :, side // 2]
    return again[side // 2 - _TAPS : side // 2 + _TAPS + 1].clone()
