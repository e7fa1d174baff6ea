"""Masks as a detector finds them: of a coarse grid, a little aside, or not at all."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.training.draws import Draws
from unblur_models.training.synthesis.config import Detection


def detected(mask: Tensor, draws: Draws, faults: Detection) -> Tensor:
    """(N, 1, S, S) in [0, 1]: the true masks with the faults of found ones.

    Moved, smeared, then cut at another level than the middle, which lets them grow or shrink;
    and some are missing altogether.
    """
    found = _smeared(_moved(mask, draws, faults), draws, faults)
    shape = (-1, 1, 1, 1)
    level = draws.uniform("mask level", faults.level).reshape(shape).to(mask.device)
    slope = draws.log_uniform("mask slope", faults.slope).reshape(shape).to(mask.device)
    # What is sure on both sides stays so, whatever the level: 0 is 0 and 1 is 1.
    low, high = level * (1 - 1 / slope), level + (1 - level) / slope
    found = ((found - low) / (high - low)).clamp(0, 1)
    is_missed = draws.happens("mask missed", faults.missed_probability)
    return found * (~is_missed).reshape(shape).to(mask.device)


def _moved(mask: Tensor, draws: Draws, faults: Detection) -> Tensor:
    """By whole pixels; what comes in from outside repeats the border."""
    side = mask.shape[-1]
    shift = draws.uniform("mask shift", faults.shift, 2).round().to(torch.int64).to(mask.device)
    places = (torch.arange(side, device=mask.device) - shift[:, :, None]).clamp(0, side - 1)
    rows = torch.arange(len(mask), device=mask.device)[:, None, None]
    moved: Tensor = mask[rows, 0, places[:, 0, :, None], places[:, 1, None, :]][:, None]
    return moved


def _smeared(mask: Tensor, draws: Draws, faults: Detection) -> Tensor:
    """By a Gaussian; beyond the border the border goes on."""
    deviation = draws.log_uniform("mask smear", faults.smear).to(mask.device)
    reach = math.ceil(3 * faults.smear[1])
    axis = torch.arange(-reach, reach + 1, device=mask.device)
    taps = torch.exp(-axis.square() / (2 * deviation.square()))
    taps = taps / taps.sum(1, keepdim=True)
    count, side = len(mask), mask.shape[-1]
    # One sample a channel, each with its own taps.
    wide = functional.pad(mask.reshape(1, count, side, side), (reach,) * 4, mode="replicate")
    down = functional.conv2d(wide, taps[:, None, :, None], groups=count)
    return functional.conv2d(down, taps[:, None, None, :], groups=count).reshape(mask.shape)
