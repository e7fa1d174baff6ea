"""Whether what a network gave is a picture of what it was given.

Restoring moves edges; it changes neither the brightness nor the colour of a neighbourhood.
Networks are known to break that: NAFNet with local pooling turns about 0.3 % of real photos
into coloured mosaic, and half precision overflows. Over 34 tiles of real and made-up blur the
first stage of MAXIM changed no 32 × 32 block's mean by more than 0.04 in brightness and 0.015
in colour, and left [0, 1] by no more than 0.12. The limits are about four times that: far from
every picture, near to no fault. Noise that is taken away is no fault either: a mosaic adds
colour from one pixel to the next.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_BLOCK = 32  # pixels
_BRIGHTNESS = 0.15  # change of a block's mean
_COLOUR = 0.07  # the same, red or blue against green
_MOSAIC = 0.10  # steps of colour between neighbours that were not there, a block's mean
_BEYOND = 0.5  # outside [0, 1]
_ROWS = 4  # every fourth row tells of a mosaic: this must cost little beside a quick network


def fault_of(source: Tensor, restored: Tensor) -> str | None:
    """What is wrong with `restored` (N, 3, H, W) of `source`, or None.

    Both are pictures of the same shape; `source` is in [0, 1].
    """
    lowest, highest = torch.aminmax(restored)
    # A single NaN makes both NaN.
    if not bool(torch.isfinite(lowest) & torch.isfinite(highest)):
        return "not finite"
    if float(lowest) < -_BEYOND or float(highest) > 1 + _BEYOND:
        return "out of range"
    change = _means(restored) - _means(source)
    if float(change.mean(1).abs().max()) > _BRIGHTNESS:
        return "of another brightness"
    if float(_colour(change).abs().max()) > _COLOUR:
        return "of another colour"
    if float((_unrest(restored) - _unrest(source)).max()) > _MOSAIC:
        return "a coloured mosaic"
    return None


def fault_of_solver(_source: Tensor, solved: Tensor) -> str | None:
    """The same for what a solver gave: it may change anything, but has to be finite."""
    return None if bool(torch.isfinite(solved).all()) else "not finite"


def _colour(picture: Tensor) -> Tensor:
    """(N, 2, H, W): red and blue against green."""
    return picture[:, ::2] - picture[:, 1:2]


def _unrest(picture: Tensor) -> Tensor:
    """Mean step of colour from one pixel to the next, by block."""
    colour = _colour(picture[:, :, ::_ROWS])
    steps = functional.pad(colour.diff(dim=3).abs_(), (0, 1))
    return _means(steps, _BLOCK // _ROWS)


def _means(values: Tensor, rows: int = _BLOCK) -> Tensor:
    """Of blocks; where there is less than one, of what there is."""
    block = (min(rows, values.shape[2]), min(_BLOCK, values.shape[3]))
    return functional.avg_pool2d(values, block)
