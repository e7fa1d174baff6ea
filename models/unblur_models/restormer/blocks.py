"""The block of a Restormer: attention among channels, then a gated network at every place."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.channel_norm import ChannelNorm

_EPSILON = 1e-5


class Block(nn.Module):
    """Both halves, each added to what comes in."""

    def __init__(
        self, width: int, heads: int, hidden: int, *, has_bias: bool, norm_shifts: bool
    ) -> None:
        super().__init__()
        self.norm1 = _norm(width, shifts=norm_shifts)
        self.attn = ChannelAttention(width, heads, has_bias=has_bias)
        self.norm2 = _norm(width, shifts=norm_shifts)
        self.ffn = GatedNetwork(width, hidden, has_bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined: (N, C, h, w), in channels-last order."""
        features = features + self.attn(self.norm1(features))
        refined: Tensor = features + self.ffn(self.norm2(features))
        return refined


class ChannelAttention(nn.Module):
    """Within a head, every channel becomes a mixture of the channels that look like it.

    How alike two channels are is the cosine between them, over all places of the picture.
    """

    def __init__(self, width: int, heads: int, *, has_bias: bool) -> None:
        super().__init__()
        self.heads = heads
        self.temperature = nn.Parameter(torch.ones(heads, 1, 1))
        self.qkv = nn.Conv2d(width, 3 * width, 1, bias=has_bias)
        self.qkv_dwconv = nn.Conv2d(
            3 * width, 3 * width, 3, padding=1, groups=3 * width, bias=has_bias
        )
        self.project_out = nn.Conv2d(width, width, 1, bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """What attention adds: same shape."""
        number, width, height, length = features.shape
        last = self.qkv_dwconv(self.qkv(features)).permute(0, 2, 3, 1)
        queries, keys, values = last.reshape(number, height * length, 3 * width).split(width, 2)
        # Mixing and projecting are both products with the values' channels: done as one,
        # a picture is read and written once less.
        mixture = self._projected(self._likeness(queries, keys))
        mixed = torch.matmul(values, mixture)
        if self.project_out.bias is not None:
            mixed = mixed + self.project_out.bias
        return mixed.view(number, height, length, width).permute(0, 3, 1, 2)

    def _likeness(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(N, heads, C/heads, C/heads): how much of each key's value each query takes."""
        number, places, width = queries.shape
        shape = (number, places, self.heads, width // self.heads)
        queries = queries.reshape(shape).permute(0, 2, 3, 1).flatten(0, 1)
        keys = keys.reshape(shape).permute(0, 2, 1, 3).flatten(0, 1)
        # Means, because sums over all places of a picture leave the range of float16.
        empty = queries.new_empty(())
        products = torch.baddbmm(empty, queries, keys, beta=0, alpha=1 / places)
        lengths = _root_mean_square(queries, 2) * _root_mean_square(keys, 1)
        cosines = products / lengths.clamp_min(torch.finfo(lengths.dtype).tiny)
        by_head = cosines.view(number, self.heads, *cosines.shape[1:])
        return torch.softmax(by_head * self.temperature, -1).to(products.dtype)

    def _projected(self, likeness: Tensor) -> Tensor:
        """(N, C, C): from values to what is added, likeness and the last layer in one."""
        number, heads, size, _ = likeness.shape
        projection = self.project_out.weight.view(-1, heads, size).permute(1, 2, 0)
        return torch.matmul(likeness.transpose(2, 3), projection).reshape(number, heads * size, -1)


class GatedNetwork(nn.Module):
    """Half of the hidden channels, activated, opens or closes the other half."""

    def __init__(self, width: int, hidden: int, *, has_bias: bool) -> None:
        super().__init__()
        self.project_in = nn.Conv2d(width, 2 * hidden, 1, bias=has_bias)
        self.dwconv = nn.Conv2d(
            2 * hidden, 2 * hidden, 3, padding=1, groups=2 * hidden, bias=has_bias
        )
        self.project_out = nn.Conv2d(hidden, width, 1, bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """What the network adds: same shape."""
        gate, passing = self.dwconv(self.project_in(features)).chunk(2, dim=1)
        # In one piece: the activation of every second half of a row takes three times as long.
        gate = gate.contiguous(memory_format=torch.channels_last)
        change: Tensor = self.project_out(functional.gelu(gate) * passing)
        return change


class ChannelScale(nn.Module):
    """The norm without shifts: channels over their standard deviation; their mean stays."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W), the same order in memory."""
        variance = features.var(1, correction=0, keepdim=True)
        return features * (variance + _EPSILON).rsqrt() * self.weight[:, None, None]


def _norm(width: int, *, shifts: bool) -> nn.Sequential:
    body = ChannelNorm(width, epsilon=_EPSILON) if shifts else ChannelScale(width)
    return nn.Sequential(OrderedDict(body=body))


def _root_mean_square(values: Tensor, axis: int) -> Tensor:
    # torch.linalg.vector_norm takes eight times as long along an axis that is not the last.
    return values.float().square().mean(axis, keepdim=True).sqrt()
