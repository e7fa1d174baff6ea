"""A residual U-Net of plain 3×3 convolutions that predicts what to add to the picture.

Plain convolutions in channels-last order run at twice the rate of blocks with norms, gates
and depthwise convolutions on a CPU, and the layers at full size cost most. So the picture is
unshuffled before the first layer, and depth at low resolution buys the field of view.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.parameters import filled, in_channels_last, require_one_stage
from unblur_models.plain_unet.folding import SCALE, folded
from unblur_models.plain_unet.layout import (
    NAME,
    Hyperparameters,
    hyperparameters,
    is_plain_unet,
)

_FIRST_SCALE = 0.2  # a young block adds little, so that deep networks start calmly


class PlainUnet(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    With `is_training_form` every residual block has a scale a channel, which `folded`
    works into its last convolution. A new network returns the picture it is given.
    """

    def __init__(self, *, shape: Hyperparameters, is_training_form: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.plain_unet = _Body(shape, is_scaled=is_training_form)
        in_channels_last(self)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures, not clamped. H and W are multiples of `shape.size_multiple`.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        restored: Tensor = batch + self.plain_unet(batch)
        return restored

    @staticmethod
    def detect(state: Mapping[str, Tensor]) -> bool:
        """Whether these parameters are a plain U-Net's."""
        return is_plain_unet(state)

    @staticmethod
    def from_state_dict(state: Mapping[str, Tensor]) -> PlainUnet:
        """The network with these parameters in float32, folded."""
        shape = hyperparameters(state)
        return filled(lambda: PlainUnet(shape=shape), folded(state), NAME, described=shape)

    @staticmethod
    def for_training(state: Mapping[str, Tensor]) -> PlainUnet:
        """The network in training form: scales that were folded away come back as ones."""
        network = PlainUnet(shape=hyperparameters(state), is_training_form=True)
        own = network.state_dict()
        ones = {name: torch.ones_like(own[name]) for name in own if name.endswith(SCALE)}
        network.load_state_dict({**ones, **{name: value.float() for name, value in state.items()}})
        return network


class _Body(nn.Module):
    def __init__(self, shape: Hyperparameters, *, is_scaled: bool) -> None:
        super().__init__()
        self.unshuffle = shape.unshuffle
        picture = 3 * shape.unshuffle**2
        levels = range(len(shape.encoder))

        def blocks(level: int, count: int) -> nn.Sequential:
            width = shape.channels(level)
            return nn.Sequential(*(ResidualBlock(width, is_scaled=is_scaled) for _ in range(count)))

        self.head = nn.Conv2d(picture, shape.width, 3, padding=1)
        self.encoder = nn.ModuleList(blocks(i, shape.encoder[i]) for i in levels)
        self.down = nn.ModuleList(
            nn.Conv2d(shape.channels(i), shape.channels(i + 1), 2, stride=2) for i in levels
        )
        self.middle = blocks(len(shape.encoder), shape.middle)
        self.up = nn.ModuleList(
            nn.Conv2d(shape.channels(i + 1), 4 * shape.channels(i), 1) for i in levels
        )
        self.decoder = nn.ModuleList(blocks(i, shape.decoder[i]) for i in levels)
        self.tail = nn.Conv2d(shape.width, picture, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        if self.tail.bias is not None:
            nn.init.zeros_(self.tail.bias)

    def forward(self, batch: Tensor) -> Tensor:
        """What to add to the pictures."""
        unshuffled = functional.pixel_unshuffle(batch, self.unshuffle)
        features = self.head(unshuffled.contiguous(memory_format=torch.channels_last))
        skipped = []
        for encoder, down in zip(self.encoder, self.down, strict=True):
            features = encoder(features)
            skipped.append(features)
            features = down(features)
        features = self.middle(features)
        for level in reversed(range(len(skipped))):
            # Shuffling would leave channels-last order, and every layer after it would pay.
            enlarged = functional.pixel_shuffle(self.up[level](features), 2)
            features = enlarged.contiguous(memory_format=torch.channels_last) + skipped[level]
            features = self.decoder[level](features)
        return functional.pixel_shuffle(self.tail(features), self.unshuffle)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions, their result added to what they were given.

    With `is_scaled`, for training, the result is scaled a channel first; see folding.
    """

    def __init__(self, width: int, *, is_scaled: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.scale = nn.Parameter(torch.full((width,), _FIRST_SCALE)) if is_scaled else None

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined."""
        change: Tensor = self.second(functional.relu(self.first(features), inplace=True))
        if self.scale is not None:
            change = change * self.scale[:, None, None]
        return features + change


def parameter_count(network: nn.Module) -> int:
    """The number of trained values."""
    return sum(each.numel() for each in network.parameters())
