"""From light on the sensor to a developed picture: noise and the colour mosaic."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.training.draws import Draws, field
from unblur_models.training.synthesis.config import Sensor

# Bilinear: a missing value is the mean of its two or four neighbours of that colour.
_GREEN = ((0.0, 0.25, 0.0), (0.25, 1.0, 0.25), (0.0, 0.25, 0.0))
_RED_OR_BLUE = ((0.25, 0.5, 0.25), (0.5, 1.0, 0.5), (0.25, 0.5, 0.25))


def recorded(light: Tensor, draws: Draws, ranges: Sensor) -> Tensor:
    """Linear light (N, 3, H, W) as a camera gives it back: in [0, 1], with its noise.

    White balance is undone first, since the noise is the sensor's. Samples without noise and
    mosaic come back as they are, clipped.
    """
    device = light.device
    clipped = light.clamp(0, 1)
    gains = _gains(draws, ranges).to(device)
    is_noisy = draws.happens("noise", ranges.noise_probability)
    is_mosaic = draws.happens("mosaic", ranges.mosaic_probability)
    raw = clipped / gains
    for chosen, change in ((is_noisy, _noisy), (is_mosaic, _developed)):
        rows = chosen.nonzero()[:, 0]
        if len(rows):
            places = rows.to(device)
            raw = raw.index_copy(0, places, change(raw[places], draws.taken(rows), ranges))
    developed = (raw * gains).clamp(0, 1)
    return torch.where(_mask(is_noisy | is_mosaic, device), developed, clipped)


def demosaiced(raw: Tensor) -> Tensor:
    """(N, 3, H, W) after a Bayer pattern (RGGB) has kept one colour a pixel; H and W even."""
    pattern = torch.zeros(3, *raw.shape[2:], device=raw.device)
    pattern[0, ::2, ::2] = 1
    pattern[1, ::2, 1::2] = 1
    pattern[1, 1::2, ::2] = 1
    pattern[2, 1::2, 1::2] = 1
    kernels = torch.tensor((_RED_OR_BLUE, _GREEN, _RED_OR_BLUE), device=raw.device)[:, None]
    # Reflected, a pixel past the edge has the colour of its mirror image: the pattern holds.
    padded = functional.pad(raw * pattern, (1, 1, 1, 1), mode="reflect")
    return functional.conv2d(padded, kernels, groups=3)


def _noisy(raw: Tensor, draws: Draws, ranges: Sensor) -> Tensor:
    noise = field(draws.keys("sensor noise").to(raw.device), raw.shape[1:])
    shot, read = (each.to(raw.device)[:, :, None, None] for each in _strengths(draws, ranges))
    return raw + noise * (raw * shot + read).sqrt()


def _developed(raw: Tensor, _draws: Draws, _ranges: Sensor) -> Tensor:
    return demosaiced(raw)


def _strengths(draws: Draws, ranges: Sensor) -> tuple[Tensor, Tensor]:
    shot = draws.log_uniform("shot noise", ranges.shot)
    spread = ranges.read_deviation * draws.normal("read noise")
    read = (ranges.read_slope * shot.log() + ranges.read_offset + spread).exp()
    return shot, read


def _gains(draws: Draws, ranges: Sensor) -> Tensor:
    red = draws.uniform("red gain", ranges.red_gain)
    blue = draws.uniform("blue gain", ranges.blue_gain)
    return torch.cat((red, torch.ones_like(red), blue), 1)[:, :, None, None]


def _mask(rows: Tensor, device: torch.device) -> Tensor:
    return rows.to(device)[:, None, None, None]
