"""A human-aware network: a person and what is behind them move differently.

Shen et al., "Human-Aware Motion Deblurring" (ICCV 2019): one encoder for all; a mask of the
person gates its features into two decoders, one for the person and one for the background, and
a third decoder fuses what they find. There the network finds the mask too; here it is told,
because the program has detectors, and a person who can correct them.

All of it is plain residual blocks on an unshuffled picture, which is what a CPU runs fastest
(see plain_unet). What the two decoders find is joined as the mask says, so where the mask is
zero the person's decoder has no say, and without a mask it is not run at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.human.layout import NAME, Hyperparameters, hyperparameters, is_human_aware
from unblur_models.parameters import filled, in_channels_last, require_one_stage
from unblur_models.plain_unet.folding import folded
from unblur_models.plain_unet.network import ResidualBlock


class HumanAware(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    With `is_training_form` every residual block has a scale a channel, which `folded`
    works into its last convolution. A new network returns the picture it is given.
    """

    def __init__(self, *, shape: Hyperparameters, is_training_form: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.human = _Body(shape, is_scaled=is_training_form)
        in_channels_last(self)

    def forward(self, batch: Tensor, mask: Tensor | None = None, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        `mask` (N, 1, H, W) in [0, 1] is how much of each blurred pixel is the person. None is
        a mask of zeros: all is background. There is one stage; ValueError for more, and for a
        mask of another size.
        """
        require_one_stage(stages, NAME)
        if mask is not None and mask.shape != (len(batch), 1, *batch.shape[2:]):
            raise ValueError(f"a mask {tuple(mask.shape)} does not fit {tuple(batch.shape)}")
        restored: Tensor = batch + self.human(batch, mask)
        return restored

    @staticmethod
    def detect(state: Mapping[str, Tensor]) -> bool:
        """Whether these parameters are a human-aware network's."""
        return is_human_aware(state)

    @staticmethod
    def from_state_dict(state: Mapping[str, Tensor]) -> HumanAware:
        """The network with these parameters in float32, folded."""
        shape = hyperparameters(state)
        return filled(lambda: HumanAware(shape=shape), folded(state), NAME, described=shape)


class _Body(nn.Module):
    def __init__(self, shape: Hyperparameters, *, is_scaled: bool) -> None:
        super().__init__()
        self.unshuffle = shape.unshuffle
        picture = 3 * shape.unshuffle**2
        levels = range(len(shape.encoder))
        self.head = nn.Conv2d(picture, shape.width, 3, padding=1)
        self.encoder = nn.ModuleList(
            _blocks(shape.channels(i), shape.encoder[i], is_scaled=is_scaled) for i in levels
        )
        self.down = nn.ModuleList(
            nn.Conv2d(shape.channels(i), shape.channels(i + 1), 2, stride=2) for i in levels
        )
        self.middle = _blocks(shape.channels(len(levels)), shape.middle, is_scaled=is_scaled)
        self.person = _Decoder(shape, shape.branches, is_scaled=is_scaled)
        self.background = _Decoder(shape, shape.branches, is_scaled=is_scaled)
        self.fusion = _Decoder(shape, shape.fusion, is_scaled=is_scaled)
        self.tail = nn.Conv2d(shape.width, picture, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        if self.tail.bias is not None:
            nn.init.zeros_(self.tail.bias)

    def forward(self, batch: Tensor, mask: Tensor | None) -> Tensor:
        """What to add to the pictures."""
        unshuffled = functional.pixel_unshuffle(batch, self.unshuffle)
        features = self.head(unshuffled.contiguous(memory_format=torch.channels_last))
        found = []
        for encoder, down in zip(self.encoder, self.down, strict=True):
            features = encoder(features)
            found.append(features)
            features = down(features)
        found.append(self.middle(features))
        together = [
            level + both for level, both in zip(found, self._joined(found, mask), strict=False)
        ]
        fused = self.fusion([*together, found[-1]])[0]
        return functional.pixel_shuffle(self.tail(fused), self.unshuffle)

    def _joined(self, found: Sequence[Tensor], mask: Tensor | None) -> list[Tensor]:
        """What the two branches find at every level but the bottom, as the mask says."""
        if mask is None:
            everything: list[Tensor] = self.background(found)
            return everything
        masks = _pyramid(mask, self.unshuffle, len(found))
        people = self.person([m * level for m, level in zip(masks, found, strict=True)])
        rest = self.background([(1 - m) * level for m, level in zip(masks, found, strict=True)])
        return [
            m * person + (1 - m) * behind
            for m, person, behind in zip(masks, people, rest, strict=False)
        ]


class _Decoder(nn.Module):
    """From the bottom up: enlarges, adds the features of the level, refines."""

    def __init__(self, shape: Hyperparameters, counts: Sequence[int], *, is_scaled: bool) -> None:
        super().__init__()
        levels = range(len(counts))
        self.up = nn.ModuleList(
            nn.Conv2d(shape.channels(i + 1), 4 * shape.channels(i), 1) for i in levels
        )
        self.blocks = nn.ModuleList(
            _blocks(shape.channels(i), counts[i], is_scaled=is_scaled) for i in levels
        )

    def forward(self, found: Sequence[Tensor]) -> list[Tensor]:
        """Features of every level but the bottom, from those of all levels."""
        features = found[-1]
        refined = []
        for level in reversed(range(len(self.up))):
            # Shuffling would leave channels-last order, and every layer after it would pay.
            enlarged = functional.pixel_shuffle(self.up[level](features), 2)
            joined = enlarged.contiguous(memory_format=torch.channels_last) + found[level]
            features = self.blocks[level](joined)
            refined.append(features)
        return refined[::-1]


def _blocks(width: int, count: int, *, is_scaled: bool) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width, is_scaled=is_scaled) for _ in range(count)))


def _pyramid(mask: Tensor, unshuffle: int, levels: int) -> list[Tensor]:
    """The mask at each level: the mean of the pixels of a place."""
    return [functional.avg_pool2d(mask, unshuffle * 2**level) for level in range(levels)]
