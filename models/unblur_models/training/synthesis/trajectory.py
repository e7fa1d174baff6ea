"""Smooth random paths over one exposure."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from unblur_models.training.draws import Draws

_HARMONICS = 6


def smooth_paths(
    draws: Draws, name: str, steps: int, *, roughness: Tensor, drift: Tensor
) -> Tensor:
    """(N, steps, 2): paths of length one across, their mean at zero.

    A path is a straight part weighted by `drift` plus half cosines of random height that
    decays with their number to the power of `roughness`; both are (N, 1). "Length across" is
    the diagonal of the box around the path.
    """
    time = torch.linspace(0, 1, steps)
    order = torch.arange(1, _HARMONICS + 1, dtype=torch.float32)
    waves = torch.cos(math.pi * order[:, None] * time)  # (harmonics, steps)
    height = draws.normal(f"{name} harmonics", 2 * _HARMONICS).reshape(-1, 2, _HARMONICS)
    height = height * order.pow(-roughness)[:, None, :]
    angle = draws.uniform(f"{name} direction", (0, 2 * math.pi))
    straight = torch.stack((angle.cos(), angle.sin()), 1) * (time - 0.5)  # (N, 2, steps)
    path = (height @ waves + straight * drift[:, None]).transpose(1, 2)
    box = (path.amax(1) - path.amin(1)).norm(dim=1).clamp(min=1e-6)
    scaled: Tensor = path / box[:, None, None]
    return scaled - scaled.mean(1, keepdim=True)


def smooth_turns(draws: Draws, name: str, steps: int) -> Tensor:
    """(N, steps): how far something has turned, over a range of one, its mean at zero."""
    time = torch.linspace(0, 1, steps)
    bend = draws.uniform(f"{name} bend", (-1, 1))
    turned = (time - 0.5) + bend * (time - 0.5).square()
    turned = turned / (turned.amax(1) - turned.amin(1))[:, None]
    return turned - turned.mean(1, keepdim=True)


def as_frames(path: Tensor, frames: Tensor) -> Tensor:
    """The path (N, steps, …) where the camera takes only `frames` (N,) pictures of it.

    A video averages few frames with gaps between them. Every step shows the frame that it
    falls into, so that the cost stays the same; at `within[1]` frames and more all is smooth.
    """
    steps = path.shape[1]
    step = torch.arange(steps)
    counted = frames.clamp(1, steps)[:, None]
    frame = step * counted // steps  # the frame that a step falls into
    middle = (2 * frame + 1) * steps // (2 * counted)
    index = middle.clamp(max=steps - 1).reshape(len(path), steps, *(1,) * (path.ndim - 2))
    return path.gather(1, index.expand_as(path))
