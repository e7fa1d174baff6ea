"""What training makes small."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.training.config import LossConfig

_GOOD = 1e-4  # mean square error (40 dB) below which a patch is left in peace
_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def loss(restored: Tensor, sharp: Tensor, config: LossConfig) -> Tensor:
    """One number for pictures (N, 3, H, W): of pixels, patches, frequencies and edges."""
    error = restored.float() - sharp
    total = _charbonnier(error, config.charbonnier)
    if config.psnr:
        squares = error.square().mean((1, 2, 3))
        total = total + config.psnr * 10 * (squares + _GOOD).log10().mean()
    if config.frequency:
        spectrum = torch.view_as_real(torch.fft.rfft2(error, norm="ortho"))
        total = total + config.frequency * spectrum.abs().mean()
    if config.edge:
        kernel = error.new_tensor(_LAPLACIAN).expand(3, 1, 3, 3)
        total = total + config.edge * _charbonnier(
            functional.conv2d(error, kernel, groups=3), config.charbonnier
        )
    return total


def _charbonnier(error: Tensor, corner: float) -> Tensor:
    return (error.square() + corner**2).sqrt().mean()
