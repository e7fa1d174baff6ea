"""Richardson–Lucy deconvolution with total-variation regularisation.

W. H. Richardson, JOSA 1972; L. B. Lucy, AJ 1974; N. Dey et al., "Richardson–Lucy algorithm
with total variation regularization for 3D confocal microscope deconvolution", Microscopy
Research and Technique 2006. Accelerated by extrapolation: D. S. C. Biggs and M. Andrews,
"Acceleration of iterative image restoration algorithms", Applied Optics 1997.
"""

from __future__ import annotations

import torch
from torch import Tensor

from unblur_models.deconvolution.fourier import differences, divergence, forward, inverse
from unblur_models.deconvolution.observation import Observation
from unblur_models.deconvolution.stopping import ShouldStop, never, raise_if

_DARKEST = 1e-4  # a fortieth of an 8-bit step: nothing is divided by less
# A gradient below so many times the smoothness counts as flat. Explicit steps of the total
# variation swing from side to side where it is smaller than their length.
_FLAT = 8.0
_LEAST_FLAT = 1e-3


def richardson_lucy(
    observation: Observation,
    transfer: Tensor,
    *,
    smoothness: float = 0.002,
    rounds: int = 15,
    should_stop: ShouldStop = never,
) -> Tensor:
    """Sharp pictures (N, C, H', W') on the torus, over 0 and not clamped above.

    It takes noise to be that of counted light, and never gives negative light. `smoothness`
    (from 0 to 0.05) is the weight of the total variation. Raises Stopped.
    """
    torus = observation.torus
    adjoint = transfer.conj()
    sharp = guess = observation.extended.clamp(min=_DARKEST)
    step = torch.zeros_like(sharp)
    for _ in range(rounds):
        raise_if(should_stop)
        blurred = inverse(forward(guess) * transfer, torus).clamp_(min=_DARKEST)
        # Where nothing was seen the prediction stands for it, and the ratio is one.
        ratio = observation.completed(blurred.clone()).clamp_(min=0).div_(blurred)
        factor = inverse(forward(ratio) * adjoint, torus)
        if smoothness:
            factor /= (1 - smoothness * _curvature(guess, smoothness)).clamp_(min=0.1)
        previous, sharp = sharp, (guess * factor).clamp_(min=_DARKEST)
        previous_step, step = step, sharp - guess
        lead = _alignment(step, previous_step)
        guess = torch.add(sharp, lead * (sharp - previous)).clamp_(min=_DARKEST)
    return sharp


def _curvature(pictures: Tensor, smoothness: float) -> Tensor:
    """div(∇x / |∇x|)."""
    flat = max(_LEAST_FLAT, _FLAT * smoothness)
    down, right = differences(pictures)
    length = (down.square() + right.square()).add_(flat**2).sqrt_()
    return divergence(down.div_(length), right.div_(length)).neg_()


def _alignment(step: Tensor, previous: Tensor) -> Tensor:
    """(N, 1, 1, 1) in [0, 1): how far two steps agree, which is how far it is safe to lead."""
    axes = (-3, -2, -1)
    agreement = (step * previous).sum(axes, keepdim=True)
    return (agreement / previous.square().sum(axes, keepdim=True).clamp(min=1e-20)).clamp(0, 0.98)
