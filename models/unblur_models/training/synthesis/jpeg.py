"""What JPEG does to a picture: quantised cosines of 8×8 blocks, chroma at half size."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

# ITU-T T.81, annex K: the tables that libjpeg scales by its quality.
_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)
# ITU-R BT.601, full range.
_TO_YCC = (
    (0.299, 0.587, 0.114),
    (-0.168736, -0.331264, 0.5),
    (0.5, -0.418688, -0.081312),
)
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))

MULTIPLE = 16  # of height and width


def compressed(picture: Tensor, quality: Tensor, is_subsampled: Tensor) -> Tensor:
    """(N, 3, H, W) in [0, 1], after JPEG at `quality` (N,) in [1, 100].

    Height and width are multiples of 16. Where `is_subsampled` (N,) chroma is at half size.
    """
    to_ycc = torch.tensor(_TO_YCC, device=picture.device)
    to_rgb = torch.tensor(_TO_RGB, device=picture.device)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    ycc = torch.einsum("kc,nchw->nkhw", to_ycc, picture * 255)
    luma = _quantised(ycc[:, :1] - 128, _table(_LUMA, scale)) + 128
    chroma_table = _table(_CHROMA, scale)
    full = _quantised(ycc[:, 1:], chroma_table)
    half = _quantised(functional.avg_pool2d(ycc[:, 1:], 2), chroma_table)
    enlarged = functional.interpolate(half, scale_factor=2, mode="bilinear", align_corners=False)
    chroma = torch.where(is_subsampled[:, None, None, None], enlarged, full)
    rgb = torch.einsum("kc,nchw->nkhw", to_rgb, torch.cat((luma, chroma), 1))
    return (rgb / 255).clamp(0, 1)


def _table(values: tuple[tuple[int, ...], ...], scale: Tensor) -> Tensor:
    """(N, 8, 8) steps, as libjpeg scales them."""
    table = torch.tensor(values, dtype=torch.float32, device=scale.device)
    return ((table * scale[:, None, None] + 50) / 100).floor().clamp(1, 255)


def _quantised(planes: Tensor, steps: Tensor) -> Tensor:
    count, channels, height, width = planes.shape
    cosines = _cosines(planes.device)
    blocks = planes.reshape(count, channels, height // 8, 8, width // 8, 8)
    waves = torch.einsum("ui,ncyixj,vj->ncyxuv", cosines, blocks, cosines)
    table = steps[:, None, None, None]
    rounded = (waves / table).round() * table
    restored = torch.einsum("ui,ncyxuv,vj->ncyixj", cosines, rounded, cosines)
    return restored.reshape(count, channels, height, width)


def _cosines(device: torch.device) -> Tensor:
    """The orthonormal cosine transform of eight values, as a matrix."""
    place = torch.arange(8, dtype=torch.float32, device=device)
    matrix = torch.cos(math.pi / 8 * place[:, None] * (place[None, :] + 0.5)) / 2
    matrix[0] /= math.sqrt(2)
    return matrix
