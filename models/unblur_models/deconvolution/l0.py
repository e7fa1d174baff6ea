"""A picture of few steep edges that explains a blurred one: what a PSF is estimated from.

It is not a restored picture, but it has strong edges where the sharp one has, and nothing of
noise and ringing. L. Xu, S. Zheng and J. Jia, "Unnatural L0 sparse representation for natural
image deblurring", CVPR 2013; J. Pan et al., "Deblurring text images via L0-regularized
intensity and gradient prior", CVPR 2014 (here the gradient's part).
"""

from __future__ import annotations

from torch import Tensor

from unblur_models.deconvolution.fourier import (
    differences,
    divergence,
    forward,
    gradient_power,
    inverse,
)
from unblur_models.deconvolution.observation import Observation

_COUPLING_GROWTH = 2.5
_COUPLING_END = 10.0  # from here on the blurred picture has no say any more


def few_edges(observation: Observation, transfer: Tensor, weight: float) -> Tensor:
    """Pictures (N, C, H', W') on the torus: lowers |k ⊗ x − y|² + weight · ‖∇x‖₀.

    The norm counts the pixels whose gradient, over both axes, is not zero. `weight` is over 0.
    """
    torus = observation.torus
    power = transfer.abs().square()
    slopes = gradient_power(torus, transfer.device)
    data = forward(observation.extended) * transfer.conj()
    sharp = observation.extended
    coupling = 2 * weight
    while coupling < _COUPLING_END:
        down, right = differences(sharp)
        # Keeping a gradient costs the weight, dropping it coupling · |v|².
        is_edge = down.square().addcmul_(right, right) > weight / coupling
        spectrum = forward(divergence(down * is_edge, right * is_edge)) * coupling
        spectrum += data
        spectrum /= power + coupling * slopes
        sharp = inverse(spectrum, torus)
        coupling *= _COUPLING_GROWTH
    return sharp
