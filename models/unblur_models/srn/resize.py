"""Halving and doubling as TensorFlow 1 resized, with which SRN-DeblurNet was trained.

Its bilinear resizing took pixel i of the result from position i / factor of the source, not
from the centre of a pixel. So shrinking by two keeps every second pixel, and enlarging by two
keeps every pixel and puts the mean of two between them; the last one is repeated.
"""

from __future__ import annotations

import torch
from torch import Tensor


def halved(x: Tensor) -> Tensor:
    """(N, C, H / 2, W / 2), for even H and W."""
    return x[:, :, ::2, ::2]


def doubled(x: Tensor) -> Tensor:
    """(N, C, 2·H, 2·W)."""
    return _doubled_along(_doubled_along(x, 3), 2)


def _doubled_along(x: Tensor, axis: int) -> Tensor:
    last = x.shape[axis] - 1
    following = torch.cat([x.narrow(axis, 1, last), x.narrow(axis, last, 1)], axis)
    return torch.stack([x, torch.lerp(x, following, 0.5)], axis + 1).flatten(axis, axis + 1)
