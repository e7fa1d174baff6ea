"""NAFNet: a U-Net that predicts what to add to the picture, without activation functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from unblur_models.channel_norm import ChannelNorm
from unblur_models.nafnet.layout import NAME, Hyperparameters, hyperparameters, is_nafnet
from unblur_models.nafnet.pooling import Mean, spread
from unblur_models.parameters import StateDict, filled, require_one_stage

LOCAL_WINDOW = 384  # 1.5 times the side of the patches that the published networks learnt from

_EPSILON = 1e-6


class NafNet(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    Parameters have the published names, so that a published file fits as it is. `window` is
    what `pool_over` was last told; a new network pools over the whole picture.
    """

    def __init__(self, *, shape: Hyperparameters) -> None:
        super().__init__()
        self.shape = shape
        self.window: int | None = None
        levels = range(len(shape.encoder))

        def blocks(level: int, count: int) -> nn.Sequential:
            return nn.Sequential(*(_Block(shape.channels(level), shape) for _ in range(count)))

        self.intro = nn.Conv2d(3, shape.width, 3, padding=1)
        self.encoders = nn.ModuleList(blocks(i, shape.encoder[i]) for i in levels)
        self.downs = nn.ModuleList(
            nn.Conv2d(shape.channels(i), shape.channels(i + 1), 2, stride=2) for i in levels
        )
        self.middle_blks = blocks(len(levels), shape.middle)
        self.ups = nn.ModuleList(_enlargement(shape.channels(i + 1)) for i in reversed(levels))
        self.decoders = nn.ModuleList(
            blocks(level, count)
            for level, count in zip(reversed(levels), shape.decoder, strict=True)
        )
        self.ending = nn.Conv2d(shape.width, 3, 3, padding=1)

    @staticmethod
    def detect(state: StateDict) -> bool:
        """Whether these parameters are named as a NAFNet's."""
        return is_nafnet(state)

    @classmethod
    def from_state_dict(cls, state: StateDict) -> NafNet:
        """The network with these published parameters, in float32, pooling locally.

        Raises ParametersDifferError.
        """
        shape = hyperparameters(state)
        network = filled(lambda: cls(shape=shape), state, NAME, described=shape)
        network.pool_over(LOCAL_WINDOW)
        return network

    def pool_over(self, window: int | None) -> None:
        """Give attention by the mean over `window` pixels square, None for the whole picture.

        None is the network as it was trained, on patches. A local window treats a large
        picture as its patches were treated; a picture that is no larger sees no difference.
        """
        self.window = window
        for level, blocks in self._levels():
            for part in blocks.modules():
                if isinstance(part, Mean):
                    part.window = None if window is None else max(window // 2**level, 1)

    @contextmanager
    def carefully(self) -> Iterator[None]:
        """Within, pool over the whole picture.

        Local pooling turns about one photo of three hundred into a coloured mosaic somewhere
        (megvii-research/NAFNet, issue 25); pooling over everything does not.
        """
        window = self.window
        self.pool_over(None)
        try:
            yield
        finally:
            self.pool_over(window)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        features = self.intro(batch.contiguous(memory_format=torch.channels_last))
        skipped = []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            features = encoder(features)
            skipped.append(features)
            features = down(features)
        features = self.middle_blks(features)
        for up, decoder in zip(self.ups, self.decoders, strict=True):
            enlarged = up(features).contiguous(memory_format=torch.channels_last)
            features = decoder(enlarged + skipped.pop())
        restored: Tensor = self.ending(features) + batch
        return restored

    def _levels(self) -> Iterator[tuple[int, nn.Module]]:
        yield from enumerate(self.encoders)
        yield len(self.encoders), self.middle_blks
        yield from zip(reversed(range(len(self.decoders))), self.decoders, strict=True)


class _Block(nn.Module):
    """Attention by gates and means, then a small gated network at every place."""

    def __init__(self, width: int, shape: Hyperparameters) -> None:
        super().__init__()
        inside = width * shape.dw_expand
        self.norm1 = ChannelNorm(width, epsilon=_EPSILON)
        self.conv1 = nn.Conv2d(width, inside, 1)
        self.conv2 = nn.Conv2d(inside, inside, 3, padding=1, groups=inside)
        self.sca = nn.Sequential(Mean(), nn.Conv2d(inside // 2, inside // 2, 1))
        self.conv3 = nn.Conv2d(inside // 2, width, 1)
        self.beta = nn.Parameter(torch.zeros(1, width, 1, 1))
        inside = width * shape.ffn_expand
        self.norm2 = ChannelNorm(width, epsilon=_EPSILON)
        self.conv4 = nn.Conv2d(width, inside, 1)
        self.conv5 = nn.Conv2d(inside // 2, width, 1)
        self.gamma = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined."""
        gated = _gated(self.conv2(self.conv1(self.norm1(features))))
        # The published network spreads the means and then convolves them; a convolution of
        # single places may as well see each mean once.
        attention = spread(self.sca(gated), *gated.shape[2:])
        features = torch.addcmul(features, self.conv3(gated * attention), self.beta)
        change = self.conv5(_gated(self.conv4(self.norm2(features))))
        return torch.addcmul(features, change, self.gamma)


def _gated(features: Tensor) -> Tensor:
    """Half of the channels, each times one of the other half."""
    first, second = features.chunk(2, dim=1)
    return first * second


def _enlargement(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, 2 * channels, 1, bias=False), nn.PixelShuffle(2))
