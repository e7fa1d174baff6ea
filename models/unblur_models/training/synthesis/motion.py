"""Averages over an exposure: of one picture, or of something in front of something else."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.training.synthesis.camera import CameraPath


def exposed(picture: Tensor, path: CameraPath, side: int) -> Tensor:
    """(N, C, side, side): the middle of the pictures (N, C, S, S), averaged along the path."""
    total = torch.zeros(*picture.shape[:2], side, side, device=picture.device)
    for steps in _passes(path):
        total += _sampled(picture, path, steps, side).sum(2)
    return total / path.steps


def exposed_layers(
    back: Tensor, front: Tensor, paths: tuple[CameraPath, CameraPath], side: int
) -> tuple[Tensor, Tensor]:
    """As `exposed`, of a picture and of something in front of it that moves by itself.

    Returns the light (N, 3, side, side), and for what part of the exposure the front was there
    (N, 1, side, side).

    `front` (N, 4, S, S) is its colours times its mask, and the mask in [0, 1]; `paths` are of
    the back and of the front. At every moment the front hides what is behind it then.
    """
    total = torch.zeros(len(back), 3, side, side, device=back.device)
    presence = torch.zeros(len(back), 1, side, side, device=back.device)
    for steps in _passes(paths[0]):
        behind = _sampled(back, paths[0], steps, side)
        before = _sampled(front, paths[1], steps, side)
        total += covered(behind, before).sum(2)
        presence += before[:, 3:].sum(2)
    return total / paths[0].steps, presence / paths[0].steps


def covered(back: Tensor, front: Tensor) -> Tensor:
    """The back (N, 3, …) with the front (N, 4, …) before it, at one moment."""
    return front[:, :3] + (1 - front[:, 3:]) * back


def middle(picture: Tensor, side: int) -> Tensor:
    """The middle square of this side."""
    start = (picture.shape[-1] - side) // 2
    return picture[..., start : start + side, start : start + side]


def _passes(path: CameraPath) -> Iterator[slice]:
    """Steps that are taken at once: many on an accelerator, few where caches are small."""
    at_once = 3 if path.focal.device.type == "cpu" else 8
    for start in range(0, path.steps, at_once):
        yield slice(start, min(start + at_once, path.steps))


def _sampled(picture: Tensor, path: CameraPath, steps: slice, side: int) -> Tensor:
    """(N, C, steps, side, side). The poses stand one below the other in a single tall grid."""
    grid = path.grid(steps, side, picture.shape[-1])
    poses = grid.shape[1]
    tall = functional.grid_sample(
        picture,
        grid.reshape(len(picture), poses * side, side, 2),
        mode="bilinear",
        padding_mode="reflection",
        align_corners=False,
    )
    return tall.reshape(*picture.shape[:2], poses, side, side)
