"""Deconvolution under a hyper-Laplacian prior on gradients: few edges, and those steep.

The prior and its shrinkage from a table are of D. Krishnan and R. Fergus, "Fast image
deconvolution using hyper-Laplacian priors", NIPS 2009. Two things are different here. The
gradient of a pixel is one vector over both axes and all channels, so that edges of a colour
picture stay together: it is sharper by 1 dB, and one shrinkage serves six differences. And
the splitting is that of the alternating direction method of multipliers with unknown borders
(Almeida and Figueiredo, IEEE TIP 2013), which needs a fraction of the rounds of a penalty
alone and explains only what was seen.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from unblur_models.deconvolution.fourier import (
    differences,
    divergence,
    forward,
    gradient_power,
    inverse,
)
from unblur_models.deconvolution.observation import Observation
from unblur_models.deconvolution.stopping import ShouldStop, never, raise_if

# Couplings as shares of the fidelity, found by measurement: of the blurred picture, and of the
# gradients in the first and the last round. Gradients are bound loosely at first.
_BLUR_COUPLING = 0.2
_GRADIENT_COUPLINGS = (1 / 300, 1 / 30)

_TABLE_STEPS = 4096
_TABLE_END = 32.0  # from here on the shrinkage is taken as constant, under 2 %
_NEWTON_ROUNDS = 60


def hyper_laplacian(
    observation: Observation,
    transfer: Tensor,
    *,
    start: Tensor,
    fidelity: float,
    exponent: float = 0.9,
    rounds: int = 12,
    should_stop: ShouldStop = never,
) -> Tensor:
    """Sharp pictures (N, C, H', W') on the torus, not clamped.

    Lowers fidelity / 2 · |k ⊗ x − y|² + Σ |∇x|^exponent from `start` (N, C, H', W'), the
    first sum over what was seen; exponent in [0.5, 1]. Raises Stopped.
    """
    torus = observation.torus
    power = transfer.abs().square()
    slopes = gradient_power(torus, transfer.device)
    slopes[0, 0] = 1e-12  # not zero: a PSF's transfer is one there, but rounding may differ
    blur_coupling = _BLUR_COUPLING * fidelity
    sharp = start
    blurred = inverse(forward(start) * transfer, torus)
    blur_dual = torch.zeros_like(start)
    gradient_duals = [torch.zeros_like(start) for _ in range(2)]
    for coupling, previous in _couplings(fidelity, rounds):
        raise_if(should_stop)
        wanted = [
            difference.add_(dual, alpha=previous / coupling)
            for difference, dual in zip(differences(sharp), gradient_duals, strict=True)
        ]
        share = kept_share(_length(wanted), coupling, exponent)
        edges = [each * share for each in wanted]
        gradient_duals = [each.sub_(edge) for each, edge in zip(wanted, edges, strict=True)]
        blurred += blur_dual
        agreed = _agreed(observation, blurred, fidelity, blur_coupling)
        blur_dual = blurred.sub_(agreed)
        spectrum = forward(agreed.sub_(blur_dual)) * (transfer.conj() * blur_coupling)
        down, right = (e.sub_(dual) for e, dual in zip(edges, gradient_duals, strict=True))
        spectrum += forward(divergence(down, right)) * coupling
        spectrum /= blur_coupling * power + coupling * slopes
        sharp = inverse(spectrum, torus)
        blurred = inverse(spectrum * transfer, torus)
    return sharp


def kept_share(lengths: Tensor, coupling: float, exponent: float) -> Tensor:
    """w / v for each v ≥ 0, where w minimises w^exponent + coupling / 2 · (w − v)².

    With u = v · coupling^(1 / (2 − exponent)) the coupling falls out, so that one table
    serves all rounds.
    """
    scale = coupling ** (1 / (2 - exponent)) * _TABLE_STEPS / _TABLE_END
    place = (lengths * scale).clamp_(max=_TABLE_STEPS).round_().to(torch.int32)
    return _table(exponent).to(lengths.device)[place]


def _couplings(fidelity: float, rounds: int) -> list[tuple[float, float]]:
    """The coupling of every round, and of the one before."""
    first, last = _GRADIENT_COUPLINGS
    steps = [(last / first) ** (i / max(1, rounds - 1)) for i in range(rounds)]
    couplings = [fidelity * first * step for step in steps]
    return list(zip(couplings, couplings[:1] + couplings[:-1], strict=True))


def _length(gradients: list[Tensor]) -> Tensor:
    """(N, 1, H', W'): the length of the gradient over axes and channels."""
    squared = torch.zeros_like(gradients[0][:, :1])
    for gradient in gradients:
        for channel in gradient.unbind(1):  # ten times as fast as a norm over the axis
            squared[:, 0].addcmul_(channel, channel)
    return squared.sqrt_()


def _agreed(
    observation: Observation, predicted: Tensor, fidelity: float, coupling: float
) -> Tensor:
    """The blurred picture between what was seen and what is predicted; outside, the latter."""
    agreed = predicted.clone()
    inside = observation.cut(agreed)
    between = inside.lerp(observation.seen, fidelity / (fidelity + coupling))
    inside.copy_(observation.reconciled(between, inside))
    return agreed


@functools.lru_cache(maxsize=8)
def _table(exponent: float) -> Tensor:
    """What is left of each |u| from 0 to _TABLE_END, as a share of it."""
    u = torch.linspace(0, _TABLE_END, _TABLE_STEPS + 1, dtype=torch.float64)
    w = u.clone()
    # Newton's method from above finds the larger root of the derivative, where there is one.
    for _ in range(_NEWTON_ROUNDS):
        safe = w.clamp(min=1e-6)
        slope = exponent * safe.pow(exponent - 1) + safe - u
        bend = exponent * (exponent - 1) * safe.pow(exponent - 2) + 1
        w = torch.where(bend > 0, (safe - slope / bend).clamp(min=0), 0.0)
    cost = w.pow(exponent) + (w - u).square() / 2
    kept = (w > 0) & (cost < u.square() / 2)
    return torch.where(kept, w / u.clamp(min=1e-12), 0.0).float()
