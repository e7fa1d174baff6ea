"""How noisy a picture is."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_MEDIAN_TO_DEVIATION = 1.4826  # for a normal distribution
_MASK = ((1.0, -2.0, 1.0), (-2.0, 4.0, -2.0), (1.0, -2.0, 1.0))  # no plane and no straight edge


def noise_deviation(pictures: Tensor) -> float:
    """The standard deviation of the noise of pictures (N, C, H, W), in their own units.

    By J. Immerkær, "Fast noise variance estimation", CVIU 1996, with the median in place of
    the mean so that texture counts less; most reliable where there is blur. 0 for pictures
    less than 3 pixels wide or high.
    """
    channels = pictures.shape[1]
    if min(pictures.shape[-2:]) < 3:
        return 0.0
    mask = torch.tensor(_MASK, device=pictures.device).expand(channels, 1, 3, 3)
    response = functional.conv2d(pictures, mask, groups=channels)
    return float(response.abs().median()) * _MEDIAN_TO_DEVIATION / 6
