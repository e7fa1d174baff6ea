"""FFTformer: a U-Net of three levels that predicts what to add to the picture."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from unblur_models.fftformer.blocks import Block, Fusion
from unblur_models.fftformer.layout import NAME, Hyperparameters, hyperparameters, is_fftformer
from unblur_models.fftformer.spectrum import Spectrum
from unblur_models.parameters import StateDict, filled, require_one_stage


class FftFormer(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    Parameters have the published names, so that a published file fits as it is.
    """

    def __init__(self, *, shape: Hyperparameters) -> None:
        super().__init__()
        self.shape = shape
        spectrum = Spectrum(shape.side)
        widths = [shape.dim * 2**level for level in range(len(shape.blocks))]

        def encoder(level: int) -> nn.Sequential:
            return _blocks(shape, spectrum, level, shape.blocks[level], attends=False)

        def decoder(level: int) -> nn.Sequential:
            return _blocks(shape, spectrum, level, shape.blocks[level], attends=True)

        self.patch_embed = _named(proj=nn.Conv2d(3, shape.dim, 3, padding=1, bias=False))
        self.encoder_level1 = encoder(0)
        self.down1_2 = _smaller(widths[0])
        self.encoder_level2 = encoder(1)
        self.down2_3 = _smaller(widths[1])
        self.encoder_level3 = encoder(2)
        self.decoder_level3 = decoder(2)
        self.up3_2 = _larger(widths[2])
        # Published files have this layer, and nothing uses it.
        self.reduce_chan_level2 = nn.Conv2d(widths[2], widths[1], 1, bias=shape.has_bias)
        self.fuse2 = Fusion(widths[1], shape.fused[1], spectrum)
        self.decoder_level2 = decoder(1)
        self.up2_1 = _larger(widths[1])
        self.fuse1 = Fusion(widths[0], shape.fused[0], spectrum)
        self.decoder_level1 = decoder(0)
        self.refinement = _blocks(shape, spectrum, 0, shape.refinement, attends=True)
        self.output = nn.Conv2d(widths[0], 3, 3, padding=1, bias=shape.has_bias)

    @staticmethod
    def detect(state: StateDict) -> bool:
        """Whether these parameters are named as an FFTformer's."""
        return is_fftformer(state)

    @classmethod
    def from_state_dict(cls, state: StateDict) -> FftFormer:
        """The network with these published parameters, in float32.

        Raises ParametersDifferError.
        """
        shape = hyperparameters(state)
        return filled(lambda: cls(shape=shape), state, NAME, described=shape)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        batch = batch.contiguous(memory_format=torch.channels_last)
        first = self.encoder_level1(self.patch_embed(batch))
        second = self.encoder_level2(self.down1_2(first))
        third = self.decoder_level3(self.encoder_level3(self.down2_3(second)))
        features = self.decoder_level2(self.fuse2(self.up3_2(third), second))
        features = self.decoder_level1(self.fuse1(self.up2_1(features), first))
        restored: Tensor = self.output(self.refinement(features)) + batch
        return restored


def _blocks(
    shape: Hyperparameters, spectrum: Spectrum, level: int, count: int, *, attends: bool
) -> nn.Sequential:
    width, hidden = shape.dim * 2**level, shape.hidden[level]
    return nn.Sequential(
        *(
            Block(width, hidden, spectrum, attends=attends, has_bias=shape.has_bias)
            for _ in range(count)
        )
    )


def _smaller(width: int) -> nn.Sequential:
    conv = nn.Conv2d(width, 2 * width, 3, padding=1, bias=False)
    return _named(body=nn.Sequential(nn.AvgPool2d(2), conv))


def _larger(width: int) -> nn.Sequential:
    conv = nn.Conv2d(width, width // 2, 3, padding=1, bias=False)
    return _named(body=nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), conv))


def _named(**layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(layers))
