"""SRN-DeblurNet, restoring a photograph from coarse to fine.

At every scale the same encoder and decoder see the blurred picture beside what the coarser
scale made of it, enlarged; the coarsest sees the blurred picture twice. X. Tao, H. Gao, X. Shen,
J. Wang and J. Jia, "Scale-recurrent Network for Deep Image Deblurring", CVPR 2018.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from unblur_models.parameters import StateDict, filled, require_one_stage
from unblur_models.srn.blocks import Carried, DecoderLevel, EncoderLevel, Memory
from unblur_models.srn.layout import NAME, SCALES, Hyperparameters, hyperparameters, is_srn
from unblur_models.srn.resize import doubled, halved

# How much of what lies around the wanted part each scale computes, the finest first. A coarse
# scale sees as much of the scene with a quarter of the work.
_SHARES = (0.0, 0.4, 1.0)


class _Part(NamedTuple):
    """Rows and columns of a picture, in pixels of the finest scale."""

    top: int
    left: int
    bottom: int
    right: int

    def slices(self, within: _Part, factor: int) -> tuple[slice, slice]:
        """Where it lies in a part around it that is `factor` times smaller."""
        top, left = (self.top - within.top) // factor, (self.left - within.left) // factor
        bottom, right = (self.bottom - within.top) // factor, (self.right - within.left) // factor
        return slice(top, bottom), slice(left, right)


class Srn(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1]."""

    def __init__(self, *, hyper: Hyperparameters) -> None:
        super().__init__()
        self.hyper = hyper
        self._wanted: tuple[slice, slice] | None = None
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

    @contextmanager
    def wanting(self, rows: slice, columns: slice) -> Iterator[None]:
        """Within, only these pixels of a picture have to be right; more are not all computed.

        What is left out is the picture as it was given.
        """
        self._wanted = rows, columns
        try:
            yield
        finally:
            self._wanted = None

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
        parts = self._parts(*batch.shape[2:])
        coarser, part, carried = pyramid[-1], parts[-1], None
        for scale in reversed(range(SCALES)):
            if scale < SCALES - 1:
                coarser, carried = self._cut(coarser, carried, parts[scale], part, 2 ** (scale + 1))
                coarser = doubled(coarser)
            part = parts[scale]
            seen = pyramid[scale][:, :, *part.slices(parts[-1], 2**scale)]
            coarser, carried = self._scale(seen, coarser, carried)
        if part == parts[-1]:
            return coarser.reshape(batch.shape)
        restored = blurred.clone()
        restored[:, :, *part.slices(parts[-1], 1)] = coarser
        return restored.reshape(batch.shape)

    def _parts(self, height: int, width: int) -> list[_Part]:
        """What each scale computes of a picture, the finest first; the coarsest all of it."""
        whole = _Part(0, 0, height, width)
        if self._wanted is None:
            return [whole] * SCALES
        rows, columns = self._wanted
        inner = _Part(rows.start, columns.start, rows.stop, columns.stop)
        return [self._between(inner, whole, share) for share in _SHARES]

    def _between(self, inner: _Part, outer: _Part, share: float) -> _Part:
        """The inner part with a share of what lies around, on the network's own lattice."""
        step = self.hyper.size_multiple
        ends = [int(near + share * (far - near)) for near, far in zip(inner, outer, strict=True)]
        return _Part(
            ends[0] // step * step,
            ends[1] // step * step,
            -(-ends[2] // step) * step,
            -(-ends[3] // step) * step,
        )

    def _cut(
        self, coarser: Tensor, carried: Carried | None, wanted: _Part, part: _Part, factor: int
    ) -> tuple[Tensor, Carried | None]:
        """Of what a scale made of `part` at 1/`factor` of the size, that of the `wanted` part."""
        cut = coarser[:, :, *wanted.slices(part, factor)]
        if carried is None:
            return cut, None
        inside = wanted.slices(part, factor * 2 ** (len(self.hyper.widths) - 1))
        return cut, Carried(carried.cell[:, :, *inside], carried.hidden[:, :, *inside])

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
