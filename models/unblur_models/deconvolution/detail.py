"""Where a picture has most to tell about its blur."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.deconvolution.fourier import Size2

_LUMA = (0.299, 0.587, 0.114)  # Rec. 601
_CELL = 16  # pixels; windows begin at multiples of it
_SATURATED = 0.99


def luma(picture: Tensor) -> Tensor:
    """(H, W) from a picture (1 or 3, H, W)."""
    if picture.shape[0] == 1:
        return picture[0]
    return (picture * torch.tensor(_LUMA, device=picture.device)[:, None, None]).sum(0)


def most_detailed(picture: Tensor, size: Size2) -> tuple[slice, slice]:
    """Rows and columns of the window of `size` (height, width) with most edges in all directions.

    `picture` is (H, W) in [0, 1]. An edge tells of the blur across it only, so that windows
    are compared by the smaller eigenvalue of their structure tensor. Edges of saturated areas
    were moved by the cut and do not count.
    """
    height, width = picture.shape
    size = (min(size[0], height), min(size[1], width))
    if size == (height, width) or min(size) < 2 * _CELL:
        return slice(0, size[0]), slice(0, size[1])
    down = functional.pad(picture.diff(dim=0), (0, 0, 0, 1))
    right = functional.pad(picture.diff(dim=1), (0, 1))
    cut_off = functional.max_pool2d((picture >= _SATURATED).float()[None], 9, 1, 4)[0]
    products = torch.stack((down * down, right * right, down * right)) * (1 - cut_off)
    cells = functional.avg_pool2d(products[None], _CELL)
    window = (size[0] // _CELL, size[1] // _CELL)
    over_down, over_right, both = functional.avg_pool2d(cells, window, stride=1)[0]
    half = (over_down + over_right) / 2
    weakest = half - ((over_down - over_right).square() / 4 + both.square()).sqrt()
    row, column = divmod(int(weakest.argmax()), weakest.shape[1])
    top = min(row * _CELL, height - size[0])
    left = min(column * _CELL, width - size[1])
    return slice(top, top + size[0]), slice(left, left + size[1])
