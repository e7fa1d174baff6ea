"""Batches in order, cut from larger samples where that is cheaper."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from unblur_models.training.config import Phase

# (blurred, sharp) and perhaps masks of the samples with these indices, at this size.
Samples = Callable[[Tensor, int], tuple[Tensor, ...]]

_WIDE = 16  # samples that are made at a time and cut, so that pieces of one stand far apart


class Batches:
    """Patch k of a phase is a function of k alone, wherever its batch begins."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._made: tuple[tuple[int, Phase], tuple[Tensor, ...]] | None = None

    def __call__(self, first: int, phase: Phase) -> tuple[Tensor, ...]:
        """What samples have, of patches `first` to `first + phase.batch`."""
        if phase.pieces == 1:
            return self._samples(torch.arange(first, first + phase.batch), phase.patch)
        patches = [self._piece(number, phase) for number in range(first, first + phase.batch)]
        return tuple(torch.stack(sides) for sides in zip(*patches, strict=True))

    def _piece(self, number: int, phase: Phase) -> tuple[Tensor, ...]:
        group, place = divmod(number, _WIDE * phase.pieces**2)
        piece, sample = divmod(place, _WIDE)
        down, right = (phase.patch * each for each in divmod(piece, phase.pieces))
        window = (sample, slice(None), slice(down, down + phase.patch))
        across = slice(right, right + phase.patch)
        return tuple(side[*window, across] for side in self._group(group, phase))

    def _group(self, group: int, phase: Phase) -> tuple[Tensor, ...]:
        if self._made is None or self._made[0] != (group, phase):
            # Numbered by their first patch, so that no phase makes the samples of another.
            start = group * _WIDE * phase.pieces**2
            indices = torch.arange(start, start + _WIDE)
            self._made = ((group, phase), self._samples(indices, phase.patch * phase.pieces))
        return self._made[1]
