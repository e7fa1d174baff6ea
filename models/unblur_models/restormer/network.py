"""Restormer: a U-Net of four levels that predicts what to add to the picture."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from unblur_models.parameters import StateDict, filled, require_one_stage
from unblur_models.restormer.blocks import Block
from unblur_models.restormer.layout import NAME, Hyperparameters, hyperparameters, is_restormer


class Restormer(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    Parameters have the published names, so that a published file fits as it is. The last
    level on the way up keeps the channels of both its sources, and so is as wide as the
    second.
    """

    def __init__(self, *, shape: Hyperparameters) -> None:
        super().__init__()
        self.shape = shape
        widths = [shape.dim * 2**level for level in range(len(shape.blocks))]

        def halved(level: int) -> nn.Conv2d:
            return nn.Conv2d(2 * widths[level], widths[level], 1, bias=shape.has_bias)

        self.patch_embed = _named(proj=nn.Conv2d(3, shape.dim, 3, padding=1, bias=False))
        self.encoder_level1 = _blocks(shape, 0, shape.blocks[0])
        self.down1_2 = _smaller(widths[0])
        self.encoder_level2 = _blocks(shape, 1, shape.blocks[1])
        self.down2_3 = _smaller(widths[1])
        self.encoder_level3 = _blocks(shape, 2, shape.blocks[2])
        self.down3_4 = _smaller(widths[2])
        self.latent = _blocks(shape, 3, shape.blocks[3])
        self.up4_3 = _larger(widths[3])
        self.reduce_chan_level3 = halved(2)
        self.decoder_level3 = _blocks(shape, 2, shape.blocks[2])
        self.up3_2 = _larger(widths[2])
        self.reduce_chan_level2 = halved(1)
        self.decoder_level2 = _blocks(shape, 1, shape.blocks[1])
        self.up2_1 = _larger(widths[1])
        self.decoder_level1 = _blocks(shape, 0, shape.blocks[0], is_joined=True)
        self.refinement = _blocks(shape, 0, shape.refinement, is_joined=True)
        self.output = nn.Conv2d(widths[1], 3, 3, padding=1, bias=shape.has_bias)

    @staticmethod
    def detect(state: StateDict) -> bool:
        """Whether these parameters are named as a Restormer's."""
        return is_restormer(state)

    @classmethod
    def from_state_dict(cls, state: StateDict) -> Restormer:
        """The network with these published parameters, in float32.

        Raises ParametersDifferError, also for a network that sees the two views of a
        dual-pixel sensor.
        """
        shape = hyperparameters(state)
        return filled(lambda: cls(shape=shape), state, NAME, described=shape)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        first = self.encoder_level1(self.patch_embed(_ordered(batch)))
        second = self.encoder_level2(_ordered(self.down1_2(first)))
        third = self.encoder_level3(_ordered(self.down2_3(second)))
        features = self.latent(_ordered(self.down3_4(third)))
        features = self.reduce_chan_level3(_joined(self.up4_3(features), third))
        features = self.decoder_level3(features)
        features = self.reduce_chan_level2(_joined(self.up3_2(features), second))
        features = self.decoder_level2(features)
        features = self.decoder_level1(_joined(self.up2_1(features), first))
        restored: Tensor = self.output(self.refinement(features)) + batch
        return restored


def _blocks(
    shape: Hyperparameters, level: int, count: int, *, is_joined: bool = False
) -> nn.Sequential:
    """Blocks of a level; `is_joined` when they keep the channels of two sources."""
    wide = level + is_joined
    return nn.Sequential(
        *(
            Block(
                shape.dim * 2**wide,
                shape.heads[level],
                shape.hidden[wide],
                has_bias=shape.has_bias,
                norm_shifts=shape.norm_shifts,
            )
            for _ in range(count)
        )
    )


def _joined(enlarged: Tensor, skipped: Tensor) -> Tensor:
    return torch.cat((_ordered(enlarged), skipped), 1)


def _ordered(features: Tensor) -> Tensor:
    # Shuffling leaves channels-last order, and every layer after it would pay.
    return features.contiguous(memory_format=torch.channels_last)


def _smaller(width: int) -> nn.Sequential:
    conv = nn.Conv2d(width, width // 2, 3, padding=1, bias=False)
    return _named(body=nn.Sequential(conv, nn.PixelUnshuffle(2)))


def _larger(width: int) -> nn.Sequential:
    conv = nn.Conv2d(width, 2 * width, 3, padding=1, bias=False)
    return _named(body=nn.Sequential(conv, nn.PixelShuffle(2)))


def _named(**layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(layers))
