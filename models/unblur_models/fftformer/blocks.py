"""The blocks of an FFTformer: attention among patches' spectra, and a network that filters."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

from unblur_models.channel_norm import ChannelNorm
from unblur_models.fftformer.spectrum import Spectrum

_EPSILON = 1e-5


class Block(nn.Module):
    """Attention, where the block has it, and then a filtering network, each added."""

    def __init__(
        self, width: int, hidden: int, spectrum: Spectrum, *, attends: bool, has_bias: bool
    ) -> None:
        super().__init__()
        self.attends = attends
        if attends:
            self.norm1 = _norm(width)
            self.attn = SpectralAttention(width, spectrum, has_bias=has_bias)
        self.norm2 = _norm(width)
        self.ffn = FilteringNetwork(width, hidden, spectrum, has_bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """The features, refined: (N, C, h, w), in channels-last order."""
        if self.attends:
            features = features + self.attn(self.norm1(features))
        refined: Tensor = features + self.ffn(self.norm2(features))
        return refined


class SpectralAttention(nn.Module):
    """Values, weighted by how queries and keys of a patch correlate at every shift."""

    def __init__(self, width: int, spectrum: Spectrum, *, has_bias: bool) -> None:
        super().__init__()
        inside = 6 * width
        self.spectrum = spectrum
        self.to_hidden = nn.Conv2d(width, inside, 1, bias=has_bias)
        self.to_hidden_dw = nn.Conv2d(inside, inside, 3, padding=1, groups=inside, bias=has_bias)
        self.norm = _norm(2 * width)
        self.project_out = nn.Conv2d(2 * width, width, 1, bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """What attention adds: same shape."""
        hidden = self.to_hidden_dw(self.to_hidden(features))
        queries, keys, values = hidden.chunk(3, dim=1)
        spectrum = self.spectrum
        likeness = spectrum.convolved(spectrum.patches(queries), spectrum.patches(keys))
        weights = self.norm(spectrum.pictures(likeness, *features.shape[2:]))
        change: Tensor = self.project_out(values * weights)
        return change


class FilteringNetwork(nn.Module):
    """A gated network at every place, behind a filter of each patch that training chose."""

    def __init__(self, width: int, hidden: int, spectrum: Spectrum, *, has_bias: bool) -> None:
        super().__init__()
        inside, side = 2 * hidden, spectrum.side
        self.spectrum = spectrum
        self.project_in = nn.Conv2d(width, inside, 1, bias=has_bias)
        self.fft = nn.Parameter(torch.ones(inside, 1, 1, side, side // 2 + 1))
        self.dwconv = nn.Conv2d(inside, inside, 3, padding=1, groups=inside, bias=has_bias)
        self.project_out = nn.Conv2d(hidden, width, 1, bias=has_bias)

    def forward(self, features: Tensor) -> Tensor:
        """What the network adds: same shape."""
        spectrum = self.spectrum
        # The published order is the first layer, then the spectrum. Both are linear, one
        # among channels and one among places, so they may change places: there are six
        # times fewer channels before the layer.
        spectra = spectrum.spectra(spectrum.patches(features))
        spectra = functional.linear(spectra, self.project_in.weight.flatten(1))
        if self.project_in.bias is not None:
            # The same number at every place of a patch is a mean alone.
            mean = functional.pad(
                spectrum.side * self.project_in.bias[None], (0, 0, 0, spectrum.side**2 - 1)
            )
            spectra = spectra + mean
        filtered = spectrum.inverse(spectra * spectrum.weights(self.fft))
        pictures = spectrum.pictures(filtered, *features.shape[2:])
        gate, passing = self.dwconv(pictures).chunk(2, dim=1)
        # In one piece: the activation of every second half of a row takes three times as long.
        gate = gate.contiguous(memory_format=torch.channels_last)
        change: Tensor = self.project_out(functional.gelu(gate) * passing)
        return change


class Fusion(nn.Module):
    """Joins what comes from below with what was skipped."""

    def __init__(self, width: int, hidden: int, spectrum: Spectrum) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2 * width, 2 * width, 1)
        self.att_channel = Block(2 * width, hidden, spectrum, attends=False, has_bias=False)
        self.conv2 = nn.Conv2d(2 * width, 2 * width, 1)

    def forward(self, below: Tensor, skipped: Tensor) -> Tensor:
        """(N, width, h, w)."""
        both = self.att_channel(self.conv(torch.cat((below, skipped), 1)))
        first, second = self.conv2(both).chunk(2, dim=1)
        return torch.add(first, second)


def _norm(width: int) -> nn.Sequential:
    return nn.Sequential(OrderedDict(body=ChannelNorm(width, epsilon=_EPSILON)))
