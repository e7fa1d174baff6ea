"""The repeated parts of MAXIM: multi-axis gated MLPs, channel attention, cross gating.

Pictures are (N, H, W, C) throughout: dense layers want the channels last, and a permuted
view of such a picture is what convolutions call channels-last, so nothing is ever copied
between two layouts. Freshly made pictures are changed in place to spare memory traffic.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.maxim.dense import dense, dense_gelu, dense_plus
from unblur_models.maxim.tokens import mix_axes

EPSILON = 1e-6
LEAK = 0.2


def convolved(layer: nn.Module, x: Tensor) -> Tensor:
    """What a convolution of PyTorch makes of a (N, H, W, C) picture."""
    y: Tensor = layer(x.permute(0, 3, 1, 2))
    return y.permute(0, 2, 3, 1)


def dense_norm(width: int) -> nn.LayerNorm:
    """A norm over the channels of each pixel."""
    return nn.LayerNorm(width, eps=EPSILON)


class TokenMixing(nn.Linear):
    """Replaces every token of a set by a weighted sum of all, the same for each channel."""

    def forward(self, tokens: Tensor) -> Tensor:
        """(sets, tokens, C), same shape."""
        weight = self.weight.expand(tokens.shape[0], -1, -1)
        return torch.bmm(weight, tokens).add_(self.bias[:, None])


class GatedMixing(nn.Module):
    """A gated MLP over (sets, tokens, C): half of its channels, mixed, gate the other half.

    The bias of `mix` includes the 1 that leaves the kept half as it is.
    """

    def __init__(self, *, width: int, tokens: int) -> None:
        super().__init__()
        self.norm = dense_norm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.gate_norm = dense_norm(width)
        self.mix = TokenMixing(tokens, tokens)
        self.project = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Same shape, with the input added."""
        kept, gate = dense_gelu(self.expand, self.norm(tokens)).chunk(2, -1)
        gated: Tensor = self.mix(self.gate_norm(gate)).mul_(kept)
        return dense_plus(self.project, gated, tokens)


class MultiAxisGate(nn.Module):
    """Half of the channels mixed globally, on a grid, and half locally, within blocks."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.norm = dense_norm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.grid = GatedMixing(width=width, tokens=side * side)
        self.block = GatedMixing(width=width, tokens=side * side)
        self.project = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape, with the input added."""
        halves = dense_gelu(self.expand, self.norm(x))
        return dense_plus(self.project, mix_axes(halves, self.side, self.grid, self.block), x)


class ChannelAttention(nn.Module):
    """Adds `y` to `x`, each channel of it weighted by what its mean says."""

    def __init__(self, *, width: int, reduction: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(width, width // reduction)
        self.excite = nn.Linear(width // reduction, width)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Same shape as both."""
        weight = self.excite(functional.relu(self.squeeze(y.mean((1, 2), keepdim=True))))
        return torch.addcmul(x, y, weight.sigmoid_())


class ResidualConvs(nn.Module):
    """Two convolutions with channel attention."""

    def __init__(self, *, width: int, reduction: int) -> None:
        super().__init__()
        self.norm = dense_norm(width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.attention = ChannelAttention(width=width, reduction=reduction)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape, with the input added."""
        y = functional.leaky_relu(convolved(self.conv1, self.norm(x)), LEAK, inplace=True)
        attended: Tensor = self.attention(x, convolved(self.conv2, y))
        return attended


class ResidualDense(nn.Module):
    """Two dense layers with channel attention."""

    def __init__(self, *, width: int, reduction: int) -> None:
        super().__init__()
        self.norm = dense_norm(width)
        self.dense1 = nn.Linear(width, width)
        self.dense2 = nn.Linear(width, width)
        self.attention = ChannelAttention(width=width, reduction=reduction)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape, with the input added."""
        y = dense(self.dense2, dense_gelu(self.dense1, self.norm(x)))
        attended: Tensor = self.attention(x, y)
        return attended


class Groups(nn.Sequential):
    """A chain of multi-axis gates and residual layers, with the chain's input added."""

    def __init__(
        self,
        *,
        width: int,
        side: int,
        groups: int,
        reduction: int,
        residual: type[ResidualConvs] | type[ResidualDense],
    ) -> None:
        super().__init__(
            *(
                nn.Sequential(
                    MultiAxisGate(width=width, side=side),
                    residual(width=width, reduction=reduction),
                )
                for _ in range(groups)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        y = x
        for group in self:
            y = group(y)
        return y.add_(x)


class AxisGate(nn.Module):
    """Turns a signal into the gate for another one: a multi-axis MLP without a residual."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.norm = dense_norm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.grid = TokenMixing(side * side, side * side)
        self.block = TokenMixing(side * side, side * side)
        self.project = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        halves = dense_gelu(self.expand, self.norm(x))
        return dense(self.project, mix_axes(halves, self.side, self.grid, self.block))


class CrossedSignal(nn.Module):
    """The layers of one of two signals that gate each other."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.norm = dense_norm(width)
        self.expand = nn.Linear(width, width)
        self.gate = AxisGate(width=width, side=side)
        self.project = nn.Linear(width, width)


class CrossGating(nn.Module):
    """Two signals of the same shape gate each other."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.x = CrossedSignal(width=width, side=side)
        self.y = CrossedSignal(width=width, side=side)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The new `x`, which holds all of both, and the new `y`."""
        inner_x = dense_gelu(self.x.expand, self.x.norm(x))
        inner_y = dense_gelu(self.y.expand, self.y.norm(y))
        gate_y = self.y.gate(inner_y)
        y = dense_plus(self.y.project, self.x.gate(inner_x).mul_(inner_y), y)
        x = dense_plus(self.x.project, gate_y.mul_(inner_x), x)
        return x.add_(y), y
