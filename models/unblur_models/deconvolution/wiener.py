"""Wiener deconvolution, with a choice of what is taken for likely of a sharp picture."""

from __future__ import annotations

import enum

import torch
from torch import Tensor

from unblur_models.deconvolution.fourier import (
    Size2,
    forward,
    gradient_power,
    inner_product,
    inverse,
)
from unblur_models.deconvolution.observation import Observation
from unblur_models.deconvolution.stopping import ShouldStop, never, raise_if


class Spectrum(enum.Enum):
    """The power that a sharp picture is expected to have, by frequency f."""

    FLAT = "flat"  # the textbook's constant noise-to-signal ratio
    GRADIENT = "gradient"  # falls as 1/f², as in photographs
    LAPLACIAN = "laplacian"  # falls as 1/f⁴: smoother


def wiener(
    observation: Observation,
    transfer: Tensor,
    *,
    noise_to_signal: float,
    spectrum: Spectrum = Spectrum.GRADIENT,
    rounds: int = 4,
    should_stop: ShouldStop = never,
) -> Tensor:
    """Sharp pictures (N, C, H', W') on the torus, not clamped.

    `noise_to_signal` (over 0) is the ratio of the noise's power to that of the picture (its
    mean taken off), of its first differences, or of its Laplacian, by `spectrum`. No round is
    the filter of the textbook on the faded border. Every round is a step of conjugate
    gradients towards the solution that explains only what was seen, with that filter as the
    preconditioner (Reeves 2005): its unknown border does not ring. Raises Stopped.
    """
    torus = observation.torus
    mean = observation.seen.mean((-2, -1), keepdim=True)
    penalty = noise_to_signal * _rarity(spectrum, torus, transfer.device)
    inverse_power = 1 / (transfer.abs().square() + penalty)
    adjoint = transfer.conj()

    def explained(spectra: Tensor) -> Tensor:
        """The normal equations' matrix times some pictures, all as spectra."""
        seen = observation.blanked(inverse(spectra * transfer, torus))
        return forward(seen) * adjoint + penalty * spectra

    sharp = forward(observation.extended - mean) * (adjoint * inverse_power)
    if rounds:
        target = forward(observation.blanked(observation.extended - mean)) * adjoint
        residual = target - explained(sharp)
        step = filtered = residual * inverse_power
        error = inner_product(residual, filtered, torus)
    for _ in range(rounds):
        raise_if(should_stop)
        change = explained(step)
        length = error / inner_product(step, change, torus).clamp(min=_TINY)
        sharp += length * step
        residual -= length * change
        filtered = residual * inverse_power
        previous, error = error, inner_product(residual, filtered, torus)
        step = filtered + (error / previous.clamp(min=_TINY)) * step
    return inverse(sharp, torus) + mean


_TINY = 1e-20  # of a squared residual: a picture of one colour has none


def _rarity(spectrum: Spectrum, torus: Size2, device: torch.device) -> Tensor:
    """One over the expected power of each frequency."""
    power = gradient_power(torus, device)
    if spectrum is Spectrum.FLAT:
        return torch.ones_like(power)
    return power if spectrum is Spectrum.GRADIENT else power.square()
