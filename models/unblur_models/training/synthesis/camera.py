"""What a camera that turns sees: homographies of a patch, as grids to sample from.

The model of Whyte et al. (CVPR 2010): an exposure is the average over the rotations that the
camera went through. The picture at pose R is the picture at rest seen through K R K⁻¹.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class CameraPath:
    """Where N cameras look over an exposure.

    `angles` (N, steps, 3) are pitch, yaw and roll in radians, `focal` (N,) is in pixels and
    `offset` (N, 2) the patch's centre from the optical centre, x and y, in pixels.
    """

    angles: Tensor
    focal: Tensor
    offset: Tensor

    def to(self, device: torch.device) -> CameraPath:
        """The same on a device."""
        return CameraPath(self.angles.to(device), self.focal.to(device), self.offset.to(device))

    @property
    def steps(self) -> int:
        """Poses in the exposure."""
        return int(self.angles.shape[1])

    def taken(self, rows: Tensor) -> CameraPath:
        """Some of the cameras."""
        return CameraPath(self.angles[rows], self.focal[rows], self.offset[rows])

    def thinned(self, every: int) -> CameraPath:
        """Only the middle one of so many poses in a row."""
        return CameraPath(self.angles[:, every // 2 :: every], self.focal, self.offset)

    def lengths(self) -> Tensor:
        """(N,): the diagonal of the box around the path at the patch's centre, in pixels."""
        span = self.angles.amax(1) - self.angles.amin(1)
        across = span[:, :2].norm(dim=1) * self.focal
        length: Tensor = across + span[:, 2] * self.offset.norm(dim=1)
        return length

    def grid(self, steps: slice, side: int, source: int) -> Tensor:
        """(N, steps, side, side, 2): where the patch's pixels lie in a square source.

        For grid_sample with `align_corners` False; the patch lies in the middle of the source
        of side `source`.
        """
        axis = torch.arange(side, device=self.focal.device) - (side - 1) / 2
        focal = self.focal[:, None, None, None]
        x = (axis[None, None, None, :] + self.offset[:, 0, None, None, None]) / focal
        y = (axis[None, None, :, None] + self.offset[:, 1, None, None, None]) / focal
        turn = rotations(self.angles[:, steps])[..., None, None]
        depth = turn[:, :, 2, 0] * x + turn[:, :, 2, 1] * y + turn[:, :, 2, 2]
        across = (turn[:, :, 0, 0] * x + turn[:, :, 0, 1] * y + turn[:, :, 0, 2]) / depth
        along = (turn[:, :, 1, 0] * x + turn[:, :, 1, 1] * y + turn[:, :, 1, 2]) / depth
        # Moves first, then the place: large offsets must not eat the digits of small moves.
        moved_x = (across - x) * focal + axis[None, None, None, :]
        moved_y = (along - y) * focal + axis[None, None, :, None]
        return torch.stack((moved_x, moved_y), -1) * (2 / source)


def rotations(angles: Tensor) -> Tensor:
    """(…, 3, 3) from pitch, yaw and roll (…, 3): roll first, then pitch, then yaw."""
    cp, cy, cr = angles.cos().unbind(-1)
    sp, sy, sr = angles.sin().unbind(-1)
    rows = (
        (cy * cr + sy * sp * sr, sy * sp * cr - cy * sr, sy * cp),
        (cp * sr, cp * cr, -sp),
        (cy * sp * sr - sy * cr, sy * sr + cy * sp * cr, cy * cp),
    )
    return torch.stack([torch.stack(row, -1) for row in rows], -2)


def looking(path: Tensor, turned: Tensor, focal: Tensor, offset: Tensor) -> CameraPath:
    """A camera whose picture of the patch moves along `path` (N, steps, 2), in pixels.

    `turned` (N, steps) is its roll in radians, about the optical centre.
    """
    angles = torch.stack(
        (-path[:, :, 1] / focal[:, None], path[:, :, 0] / focal[:, None], turned), -1
    )
    return CameraPath(angles, focal, offset)
