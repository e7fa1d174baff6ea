"""The paths of the camera and of things before it, drawn from the configured ranges."""

from __future__ import annotations

import torch
from torch import Tensor

from unblur_models.training.draws import Draws, Range
from unblur_models.training.synthesis.camera import CameraPath, looking
from unblur_models.training.synthesis.config import Shake, SynthesisConfig
from unblur_models.training.synthesis.trajectory import as_frames, smooth_paths, smooth_turns

_SHORT = 8.0  # pixels: a third of the poses still lie closer together than a pixel or so


def camera_path(draws: Draws, ranges: Shake, steps: int) -> CameraPath:
    """A hand-held camera over one exposure."""
    focal = draws.uniform("focal", ranges.focal)[:, 0]
    offset = draws.uniform("offset", ranges.offset, 2)
    extent = draws.log_uniform("shake extent", ranges.extent)
    path = _path(draws, "shake", ranges, steps) * extent[:, :, None]
    # Roll moves what lies far from the centre: no more than the extent allows there.
    roll = draws.uniform("roll", ranges.roll)[:, 0]
    roll = torch.minimum(roll, 0.7 * extent[:, 0] / offset.norm(dim=1).clamp(min=50.0))
    turned = smooth_turns(draws, "shake roll", steps) * roll[:, None]
    frames = _frames(draws, ranges, steps)
    return looking(as_frames(path, frames), as_frames(turned, frames), focal, offset)


def object_paths(draws: Draws, config: SynthesisConfig) -> tuple[CameraPath, CameraPath]:
    """(what is behind, what is in front), both over the same exposure."""
    ranges, steps = config.object, config.steps
    frames = _frames(draws, config.shake, steps)
    behind = draws.log_uniform("background extent", ranges.background)
    behind = behind * ~draws.happens("still", ranges.still_probability)[:, None]
    before = draws.log_uniform("object extent", ranges.extent)
    turn = draws.uniform("object turn", ranges.turn) * smooth_turns(draws, "object turn", steps)

    def seen(name: str, extent: Tensor, turned: Tensor) -> CameraPath:
        path = _path(draws, name, config.shake, steps) * extent[:, :, None]
        focal = draws.uniform("focal", config.shake.focal)[:, 0]
        # Its own centre is the point that it turns about.
        offset = torch.zeros(len(draws), 2)
        return looking(as_frames(path, frames), as_frames(turned, frames), focal, offset)

    return seen("background", behind, torch.zeros_like(turn)), seen("object", before, turn)


def by_length(*paths: CameraPath) -> list[tuple[Tensor, tuple[CameraPath, ...]]]:
    """Samples of short and of long blur apart, (rows, their paths): short blur needs few poses."""
    length = torch.stack([each.lengths() for each in paths]).amax(0)
    result = []
    for is_short in (True, False):
        rows = ((length < _SHORT) == is_short).nonzero()[:, 0]
        if len(rows):
            chosen = tuple(each.taken(rows) for each in paths)
            result.append((rows, tuple(p.thinned(3) for p in chosen) if is_short else chosen))
    return result


def _path(draws: Draws, name: str, ranges: Shake, steps: int) -> Tensor:
    roughness = draws.uniform(f"{name} roughness", ranges.roughness)
    drift = draws.uniform(f"{name} drift", ranges.drift)
    return smooth_paths(draws, name, steps, roughness=roughness, drift=drift)


def _frames(draws: Draws, ranges: Shake, steps: int) -> Tensor:
    is_video = draws.happens("video", ranges.frames_probability)
    within: Range = (ranges.frames[0], min(ranges.frames[1], steps) + 1)
    counted = draws.uniform("frames", within)[:, 0].to(torch.int64)
    return torch.where(is_video, counted, steps)
