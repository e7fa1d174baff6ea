"""A deblurring autoencoder of plain convolutions at full resolution.

The plain way to deblur with a network, as small projects for it describe: an encoder of
convolutions and ReLU that halves the picture level by level, a decoder that mirrors it,
skip connections between them (Ronneberger et al., MICCAI 2015), and a residual output. No
norms: they blur the line between tiles. 32 channels and 4 levels are 8.6 million parameters.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.parameters import draw_for_relu, filled, in_channels_last, require_one_stage
from unblur_models.unet.enlarging import Enlarging
from unblur_models.unet.layout import NAME, Hyperparameters, hyperparameters, is_autoencoder


class Unet(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    A new network returns the picture it is given.
    """

    def __init__(self, *, shape: Hyperparameters) -> None:
        super().__init__()
        self.shape = shape
        self.autoencoder = _Body(shape)
        in_channels_last(self)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        restored: Tensor = batch + self.autoencoder(batch)
        return restored

    @staticmethod
    def detect(state: Mapping[str, Tensor]) -> bool:
        """Whether these parameters are a deblurring autoencoder's."""
        return is_autoencoder(state)

    @staticmethod
    def from_state_dict(state: Mapping[str, Tensor]) -> Unet:
        """The network with these parameters in float32."""
        shape = hyperparameters(state)
        return filled(lambda: Unet(shape=shape), state, NAME, described=shape)


class _Body(nn.Module):
    def __init__(self, shape: Hyperparameters) -> None:
        super().__init__()
        widths = [shape.channels(level) for level in range(shape.levels + 1)]
        self.encoder = nn.ModuleList(
            _Pair(before, width, stride=1 if level == 0 else 2)
            for level, (before, width) in enumerate(zip([3, *widths], widths, strict=False))
        )
        self.enlarging = nn.ModuleList(
            Enlarging(below, width) for width, below in itertools.pairwise(widths)
        )
        self.decoder = nn.ModuleList(_Pair(2 * width, width) for width in widths[:-1])
        self.tail = nn.Conv2d(shape.width, 3, 1)
        nn.init.zeros_(self.tail.weight)
        if self.tail.bias is not None:
            nn.init.zeros_(self.tail.bias)

    def forward(self, batch: Tensor) -> Tensor:
        """What to add to the pictures."""
        features = batch.contiguous(memory_format=torch.channels_last)
        skipped = []
        for encoder in self.encoder:
            features = encoder(features)
            skipped.append(features)
        for level in reversed(range(len(self.decoder))):
            enlarged = functional.relu(self.enlarging[level](features), inplace=True)
            features = self.decoder[level](torch.cat((enlarged, skipped[level]), 1))
        change: Tensor = self.tail(features)
        return change


class _Pair(nn.Module):
    """Two convolutions with ReLU; the first one may halve the size."""

    def __init__(self, channels: int, width: int, *, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, width, 3, stride=stride, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        for layer in (self.first, self.second):
            draw_for_relu(layer.weight)

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined."""
        for layer in (self.first, self.second):
            features = functional.relu(layer(features), inplace=True)
        return features
