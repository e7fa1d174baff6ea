"""Layer normalisation of a picture's channels, place by place."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class ChannelNorm(nn.Module):
    """Every place's channels with mean 0 and variance 1, then scaled and shifted."""

    def __init__(self, channels: int, *, epsilon: float) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W), the same order in memory: free of copies where that is channels-last."""
        last = features.permute(0, 2, 3, 1)
        normed = functional.layer_norm(
            last, (last.shape[-1],), self.weight, self.bias, self.epsilon
        )
        return normed.permute(0, 3, 1, 2)
