"""SRN-DeblurNet, restoring a photograph from coarse to fine.

At every scale the same encoder and decoder see the blurred picture beside what the coarser
scale made of it, enlarged; the coarsest sees the blurred picture twice. X. Tao, H. Gao, X. Shen,
J. Wang and J. Jia, "Scale-recurrent Network for Deep Image Deblurring", CVPR 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from unblur_models.parameters import StateDict, filled, require_one_stage
from unblur_models.srn.blocks import Carried, DecoderLevel, EncoderLevel, Memory
from unblur_models.srn.layout import NAME, SCALES, Hyperparameters, hyperparameters, is_srn
from unblur_models.srn.resize import doubled, halved


class Srn(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1]."""

    def __init__(self, *, hyper: Hyperparameters) -> None:
        super().__init__()
        self.hyper = hyper
        levels = range(len(hyper.widths))
        self.encoder = nn.ModuleList(EncoderLevel(hyper=hyper, level=i) for i in levels)
        self.decoder = nn.ModuleList(DecoderLevel(hyper=hyper, level=i) for i in levels)
        if hyper.memory_side:
            self.memory = Memory(width=hyper.widths[-1], side=hyper.memory_side)
        self.output = nn.Conv2d(hyper.widths[0], hyper.picture, hyper.side, padding=hyper.side // 2)

    @staticmethod
    def detect(state: StateDict) -> bool:
        """Whether these parameters are named as an SRN-DeblurNet's."""
        return is_srn(state)

    @classmethod
    def from_state_dict(cls, state: StateDict) -> Srn:
        """The network with these parameters, in float32. Raises ParametersDifferError."""
        hyper = hyperparameters(state)
        return filled(lambda: cls(hyper=hyper), state, NAME, described=hyper)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """The restored picture: same shape, not clamped.

        Height and width are multiples of `hyper.size_multiple`. There is one stage, because the
        coarse scales give no full-size picture; ValueError for more.
        """
        require_one_stage(stages, NAME)
        # A network of grey pictures takes red, green and blue as three of them.
        blurred = batch.reshape(-1, self.hyper.picture, *batch.shape[2:])
        pyramid = [blurred.contiguous(memory_format=torch.channels_last)]
        for _ in range(SCALES - 1):
            pyramid.append(halved(pyramid[-1]))
        restored, carried = pyramid[-1], None
        for scale in reversed(range(SCALES)):
            restored, carried = self._scale(pyramid[scale], restored, carried)
            if scale > 0:
                restored = doubled(restored)
        return restored.reshape(batch.shape)

    def _scale(
        self, blurred: Tensor, coarser: Tensor, carried: Carried | None
    ) -> tuple[Tensor, Carried | None]:
        """The picture restored at one scale, and what the memory carries to the next."""
        x = torch.cat([blurred, coarser], 1).contiguous(memory_format=torch.channels_last)
        skips = []
        for level in self.encoder:
            x = level(x)
            skips.append(x)
        if self.hyper.memory_side:
            x, carried = self.memory(x, carried)
        for level, skip in zip(reversed(self.decoder), [None, *skips[-2::-1]], strict=True):
            x = level(x, skip)
        return self.output(x), carried
