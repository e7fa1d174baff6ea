"""Enlarging by two without the checkerboard of a transposed convolution, at its price.

Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts" (Distill, 2016): enlarge
to the nearest pixel, then convolve. Both together are one transposed convolution whose 4×4
kernel is made of the 3×3 one: 16 products a place instead of 36, and no enlarged copy in memory.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.parameters import draw_for_relu


class Enlarging(nn.Module):
    """Features (N, `channels`, H, W) to (N, `narrower`, 2·H, 2·W)."""

    def __init__(self, channels: int, narrower: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(narrower, channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(narrower))
        draw_for_relu(self.weight)

    def forward(self, features: Tensor) -> Tensor:
        """The enlarged features, convolved."""
        kernel = _spread(_spread(self.weight, 2), 3).transpose(0, 1)
        return functional.conv_transpose2d(
            features,
            kernel.contiguous(memory_format=torch.channels_last),
            self.bias,
            stride=2,
            padding=1,
        )


def _spread(kernel: Tensor, dim: int) -> Tensor:
    """Three taps over an enlarged row are four over the row itself.

    An even place sees its left neighbour by the first tap and itself by the other two, an odd
    place itself by the first two and its right neighbour by the last.
    """
    first, second, third = kernel.unbind(dim)
    return torch.stack((third, second + third, first + second, first), dim)
