"""The parts of SRN-DeblurNet: residual blocks, the levels of its encoder and decoder, its memory.

Pictures are (N, C, h, w), channels-last. Every convolution ends in a ReLU but the second one of
a residual block.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.srn import minimal
from unblur_models.srn.layout import Hyperparameters
from unblur_models.srn.resize import doubled

_FORGET = 1.0  # added to the forget gate: a memory that is not trained yet remembers


class EncoderLevel(nn.Module):
    """One level down: a convolution, which halves the size below the first, and blocks."""

    def __init__(self, *, hyper: Hyperparameters, level: int) -> None:
        super().__init__()
        self.stride = 1 if level == 0 else 2
        inputs = 2 * hyper.picture if level == 0 else hyper.widths[level - 1]
        self.entry = nn.Conv2d(inputs, hyper.widths[level], hyper.side, stride=self.stride)
        self.blocks = _blocks(hyper, level)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, h, w), from the level above."""
        # TensorFlow's padding: as little as possible, and the odd one behind.
        total = self.entry.kernel_size[0] - self.stride
        before, after = total // 2, total - total // 2
        entered = self.entry(functional.pad(x, (before, after, before, after)))
        encoded: Tensor = self.blocks(entered.relu_())
        return encoded


class DecoderLevel(nn.Module):
    """One level up: blocks, and a transposed convolution to the size of the level above."""

    def __init__(self, *, hyper: Hyperparameters, level: int) -> None:
        super().__init__()
        if level < len(hyper.widths) - 1:
            below, width = hyper.widths[level + 1], hyper.widths[level]
            self.up = nn.ConvTranspose2d(below, width, 4, stride=2, padding=1)
        self.blocks = _blocks(hyper, level)

    def forward(self, x: Tensor, skip: Tensor | None) -> Tensor:
        """(N, width, h, w), from the level below and what the encoder made at this one.

        The lowest level has no skip: it continues where the encoder ended.
        """
        if skip is not None:
            x = self.up(x).relu_() + skip
        decoded: Tensor = self.blocks(x)
        return decoded


class Convolution(nn.Conv2d):
    """A convolution that keeps the size."""

    def __init__(self, inputs: int, outputs: int, side: int) -> None:
        super().__init__(inputs, outputs, side, padding=side // 2)
        self._row_kernels: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        """(N, outputs, h, w), from (N, inputs, h, w)."""
        if self.bias is None or not self.is_quicker_minimal(x):
            return super().forward(x)
        if not self._row_kernels:
            self._row_kernels = minimal.row_kernels(self.weight)
        return minimal.convolved(x, self._row_kernels, self.bias)

    def is_quicker_minimal(self, x: Tensor) -> bool:
        """Whether minimal filtering computes this sooner (and gives no gradient)."""
        return (
            x.device.type == "cpu"
            and x.dtype is torch.float32  # in half precision the values would lose what counts
            and not torch.is_grad_enabled()
            and minimal.pays(self.in_channels, self.kernel_size[0], x.shape[2] * x.shape[3])
        )


class Block(nn.Module):
    """A residual block."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.first = Convolution(width, width, side)
        self.second = Convolution(width, width, side)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        change: Tensor = self.second(self.first(x).relu_())
        return change.add_(x)


class Carried(NamedTuple):
    """What a ConvLSTM hands from one scale to the next, each (N, width, h, w)."""

    cell: Tensor
    hidden: Tensor


class Memory(nn.Module):
    """A ConvLSTM at the bottom of the network: features, recurrent over the scales."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.gates = Convolution(2 * width, 4 * width, side)

    def forward(self, x: Tensor, carried: Carried | None) -> tuple[Tensor, Carried]:
        """What the decoder gets, and what the next scale gets. None at the coarsest."""
        empty = torch.zeros_like(x)
        cell, hidden = (empty, empty) if carried is None else map(doubled, carried)
        gates: Tensor = self.gates(torch.cat([x, hidden], 1))
        entering, new, kept, shown = gates.chunk(4, 1)
        cell = cell * (kept + _FORGET).sigmoid() + entering.sigmoid() * new.tanh()
        hidden = cell.tanh() * shown.sigmoid()
        return hidden, Carried(cell, hidden)


def _blocks(hyper: Hyperparameters, level: int) -> nn.Sequential:
    width = hyper.widths[level]
    return nn.Sequential(*(Block(width=width, side=hyper.side) for _ in range(hyper.blocks)))
