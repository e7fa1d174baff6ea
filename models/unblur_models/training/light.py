"""Between encoded pictures and linear light: the response of the camera.

Blur happens in linear light. How a camera encodes light differs: sRGB, a plain power, more or
less contrast. Pictures here are (N, 3, H, W) and parameters one a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_FLOOR = 1e-6  # below an 8-bit step by far; keeps logarithms finite


@dataclass(frozen=True, slots=True)
class Response:
    """One camera response a sample, each (N, 1, 1, 1).

    Linear light is sRGB-encoded where `gamma` is 0, else raised to 1/gamma; then the tone
    curve y = xᶜ / (xᶜ + (1 − x)ᶜ) with c = `contrast` is applied; c = 1 changes nothing.
    """

    gamma: Tensor
    contrast: Tensor

    def to(self, device: torch.device) -> Response:
        """The same on a device."""
        return Response(self.gamma.to(device), self.contrast.to(device))

    def taken(self, rows: Tensor) -> Response:
        """The responses of some samples."""
        return Response(self.gamma[rows], self.contrast[rows])

    def decoded(self, encoded: Tensor) -> Tensor:
        """Linear light in [0, 1] from an encoded picture in [0, 1]."""
        toned = _toned(encoded, 1 / self.contrast)
        power = toned.pow(self.gamma.clamp(min=1.0))
        return torch.where(self.gamma == 0, from_srgb(toned), power)

    def encoded(self, linear: Tensor) -> Tensor:
        """An encoded picture from linear light, clipped to [0, 1]: the sensor saturates."""
        clipped = linear.clamp(0, 1)
        power = clipped.pow(1 / self.gamma.clamp(min=1.0))
        return _toned(torch.where(self.gamma == 0, to_srgb(clipped), power), self.contrast)


def from_srgb(encoded: Tensor) -> Tensor:
    """Linear light from sRGB (IEC 61966-2-1)."""
    curve = ((encoded.clamp(min=0.04045) + 0.055) / 1.055).pow(2.4)
    return torch.where(encoded <= 0.04045, encoded / 12.92, curve)


def to_srgb(linear: Tensor) -> Tensor:
    """SRGB (IEC 61966-2-1) from linear light."""
    curve = 1.055 * linear.clamp(min=0.0031308).pow(1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, linear * 12.92, curve)


def _toned(picture: Tensor, contrast: Tensor) -> Tensor:
    inner = picture.clamp(_FLOOR, 1 - _FLOOR)
    # In logarithms: the curve is a straight line through the log odds.
    return torch.sigmoid(contrast * (inner.log() - (-inner).log1p()))
