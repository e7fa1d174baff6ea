"""A gated context aggregation network that works at full resolution.

Chen et al., "Gated Context Aggregation Network for Image Dehazing and Deraining" (GCANet,
WACV 2019): the picture and its edges go through residual blocks of dilated convolutions, each
smoothed beforehand so that dilation leaves no grid; features of low, middle and high level are
added up as gates learnt from them say. Dilation instead of shrinking is how so few parameters
see far, and why they cost a product a pixel each.

What differs, and why. Nothing is halved, so that no fine detail is lost. Of the instance norms
only the affine part is kept, which convolutions have anyway: statistics of a tile are not those
of the picture, and on a CPU they take longer than the convolution before them. The smoothing
has a kernel a channel, not one for all: it costs the same. Width 40 with the paper's seven
blocks are 279 thousand parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.compact.layout import NAME, Hyperparameters, hyperparameters, is_compact
from unblur_models.parameters import draw_for_relu, filled, in_channels_last, require_one_stage
from unblur_models.plain_unet.folding import folded

_FIRST_SCALE = 0.2  # a young block adds little, so that deep networks start calmly
_LEVELS = 3  # low, middle and high


class Compact(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1] as encoded in the file.

    With `is_training_form` every residual block has a scale a channel, which `folded`
    works into its last convolution. A new network returns the picture it is given.
    """

    def __init__(self, *, shape: Hyperparameters, is_training_form: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.compact = _Body(shape, is_scaled=is_training_form)
        in_channels_last(self)

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures of any height and width, not clamped.

        There is one stage; ValueError for more.
        """
        require_one_stage(stages, NAME)
        restored: Tensor = batch + self.compact(batch)
        return restored

    @staticmethod
    def detect(state: Mapping[str, Tensor]) -> bool:
        """Whether these parameters are a compact network's."""
        return is_compact(state)

    @staticmethod
    def from_state_dict(state: Mapping[str, Tensor]) -> Compact:
        """The network with these parameters in float32, folded."""
        shape = hyperparameters(state)
        return filled(lambda: Compact(shape=shape), folded(state), NAME, described=shape)


class _Body(nn.Module):
    def __init__(self, shape: Hyperparameters, *, is_scaled: bool) -> None:
        super().__init__()
        width = shape.width

        def blocks(dilations: tuple[int, ...]) -> nn.Sequential:
            return nn.Sequential(*(_Block(width, d, is_scaled=is_scaled) for d in dilations))

        self.head = nn.ModuleList(_Convolution(channels, width) for channels in (4, width, width))
        self.near = blocks(shape.near)
        self.far = blocks(shape.far)
        self.gate = nn.Conv2d(_LEVELS * width, _LEVELS, 3, padding=1)
        self.decoder = nn.ModuleList(_Convolution(width, width) for _ in range(2))
        self.tail = nn.Conv2d(width, 3, 1)
        # A young network returns the picture, and trusts its three levels alike.
        for layer, bias in ((self.gate, 1 / _LEVELS), (self.tail, 0.0)):
            nn.init.zeros_(layer.weight)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, bias)

    def forward(self, batch: Tensor) -> Tensor:
        """What to add to the pictures."""
        seen = torch.cat((batch, edges(batch)), 1)
        low = seen.contiguous(memory_format=torch.channels_last)
        for layer in self.head:
            low = functional.relu(layer(low), inplace=True)
        middle = self.near(low)
        high = self.far(middle)
        gates = self.gate(torch.cat((low, middle, high), 1))
        features = gates[:, :1] * low + gates[:, 1:2] * middle + gates[:, 2:] * high
        for layer in self.decoder:
            features = functional.relu(layer(features), inplace=True)
        change: Tensor = self.tail(features)
        return change


class _Block(nn.Module):
    """Two convolutions of one dilation, their result added to what they were given."""

    def __init__(self, width: int, dilation: int, *, is_scaled: bool) -> None:
        super().__init__()
        layer = _Smoothed if dilation > 1 else _Convolution
        self.first = layer(width, width, dilation)
        self.second = layer(width, width, dilation)
        self.scale = nn.Parameter(torch.full((width,), _FIRST_SCALE)) if is_scaled else None

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined."""
        change: Tensor = self.second(functional.relu(self.first(features), inplace=True))
        if self.scale is not None:
            change = change * self.scale[:, None, None]
        return functional.relu(features + change, inplace=True)


class _Convolution(nn.Conv2d):
    """A 3×3 convolution that keeps the size."""

    def __init__(self, channels: int, width: int, dilation: int = 1) -> None:
        super().__init__(channels, width, 3, padding=dilation, dilation=dilation)
        draw_for_relu(self.weight)


class _Smoothed(_Convolution):
    """A dilated convolution of what a small convolution of each channel has smoothed.

    Without it neighbouring pixels of the result share no pixel of the features, and a grid
    shows (Wang and Ji, KDD 2018). A new one smooths nothing.
    """

    def __init__(self, channels: int, width: int, dilation: int) -> None:
        super().__init__(channels, width, dilation)
        side = 2 * dilation - 1
        self.smoothing = nn.Conv2d(
            channels, channels, side, padding=side // 2, groups=channels, bias=False
        )
        nn.init.dirac_(self.smoothing.weight, groups=channels)

    def forward(self, features: Tensor) -> Tensor:
        """The features, smoothed and convolved."""
        return super().forward(self.smoothing(features))


def edges(batch: Tensor) -> Tensor:
    """(N, 1, H, W): the mean step from a pixel to its four neighbours, over the colours."""
    across = (batch[:, :, :, 1:] - batch[:, :, :, :-1]).abs().mean(1, keepdim=True)
    along = (batch[:, :, 1:] - batch[:, :, :-1]).abs().mean(1, keepdim=True)
    pad = functional.pad
    return (
        pad(across, (1, 0))
        + pad(across, (0, 1))
        + pad(along, (0, 0, 1, 0))
        + pad(along, (0, 0, 0, 1))
    ) / 4
