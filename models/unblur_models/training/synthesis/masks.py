"""Soft outlines of made-up things, for where no real masks are at hand."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.training.draws import Draws, field
from unblur_models.training.synthesis.config import ObjectMotion

_KNOTS = 6  # along a side of the field that bends the outline


def random_masks(
    draws: Draws, ranges: ObjectMotion, side: int, patch: int, device: torch.device
) -> Tensor:
    """(N, 1, side, side) in [0, 1]: an ellipse a sample with a bent outline and a soft edge.

    `patch` is the side of the part that will be seen, in the middle: sizes are in units of it.
    """
    count = len(draws)
    axes = draws.uniform("mask axes", ranges.size, 2).to(device) * patch
    centre = draws.uniform("mask centre", (-0.3, 0.3), 2).to(device) * patch
    angle = draws.uniform("mask angle", (0, math.pi)).to(device)[:, :, None]
    wobble = draws.uniform("mask wobble", ranges.wobble).to(device)[:, :, None]
    softness = draws.uniform("mask softness", ranges.softness).to(device)[:, :, None]
    axis = torch.arange(side, device=device) - (side - 1) / 2
    x = axis[None, None, :] - centre[:, 0, None, None]
    y = axis[None, :, None] - centre[:, 1, None, None]
    along = (x * angle.cos() + y * angle.sin()) / axes[:, 0, None, None]
    across = (y * angle.cos() - x * angle.sin()) / axes[:, 1, None, None]
    knots = field(draws.keys("mask field").to(device), (1, _KNOTS, _KNOTS))
    bends = functional.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)
    distance = 1 - (along.square() + across.square()).sqrt() + wobble * bends[:, 0]
    # The level falls by one over an axis, so this many pixels lie between 0 and 1.
    edge = distance * axes.mean(1)[:, None, None] / softness + 0.5
    return edge.clamp(0, 1).reshape(count, 1, side, side)
