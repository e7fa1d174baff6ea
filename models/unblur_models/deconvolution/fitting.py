"""The PSF that turns one picture's gradients into another's, by non-negative least squares."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from unblur_models.deconvolution.errors import InvalidPsfError
from unblur_models.deconvolution.fourier import forward, inverse
from unblur_models.deconvolution.psf import Psf, identity_psf

Gradients = tuple[Tensor, Tensor]  # down and right, each (H, W) on a torus

_ROUNDS = 80
_POWER_ROUNDS = 8
_FAINTEST = 0.02  # of the brightest weight: fainter ones are errors of the estimate
_LEAST_PART = 0.03  # of the light: smaller islands are errors too


def fitted_psf(
    latent: Gradients, blurred: Gradients, region: Tensor, side: int, ridge: float
) -> Psf:
    """The PSF of at most `side` × `side` (odd) with k ⊗ latent ≈ blurred, tidied.

    `region` (H, W) is one where the blurred gradients are to be explained and zero elsewhere.
    `ridge` weighs |k|² against the power of the latent gradients; it spreads the light. The
    identity where there are no gradients.
    """
    size = (region.shape[0], region.shape[1])
    inside = forward(torch.stack(latent) * region)
    power = inside.abs().square().sum(0)
    seen = forward(torch.stack(blurred) * region)
    cross = (forward(torch.stack(latent)).conj() * seen).sum(0)
    alike = _around_origin(inverse(power, size), 2 * side - 1)
    wanted = _around_origin(inverse(cross, size), side)
    scale = alike[side - 1, side - 1]
    if not float(scale) > 0:
        return identity_psf()
    weights = _non_negative(alike / scale, wanted / scale, ridge)
    try:
        return tidied(Psf.normalised(weights))
    except InvalidPsfError:  # nothing of the blurred picture is explained
        return identity_psf()


def tidied(psf: Psf) -> Psf:
    """The PSF without its faintest weights and its small islands, centred."""
    weights = psf.weights
    kept = weights * (weights >= _FAINTEST * weights.max())
    islands = _islands(kept > 0)
    for island in set(islands.flatten().tolist()):
        part = islands == island
        if float(kept[part].sum()) < _LEAST_PART * float(kept.sum()):
            kept = kept.masked_fill(part, 0)
    return Psf.normalised(kept).centred()


def _non_negative(alike: Tensor, wanted: Tensor, ridge: float) -> Tensor:
    """Lowers ½ kᵀ (A + ridge) k − wantedᵀ k over k ≥ 0, A the convolution with `alike`.

    FISTA: A. Beck and M. Teboulle, SIAM Journal on Imaging Sciences 2009.
    """
    side = wanted.shape[-1]
    size = (3 * side, 3 * side)
    response = forward(
        functional.pad(alike, (0, size[1] - 2 * side + 1, 0, size[0] - 2 * side + 1))
    )

    def applied(weights: Tensor) -> Tensor:
        spread = forward(functional.pad(weights, (0, 2 * side, 0, 2 * side)))
        whole = inverse(spread * response, size)
        return whole[side - 1 : 2 * side - 1, side - 1 : 2 * side - 1] + ridge * weights

    rate = 1 / _largest_factor(applied, wanted)
    weights = guess = torch.zeros_like(wanted)
    momentum = 1.0
    for _ in range(_ROUNDS):
        previous = weights
        weights = (guess + rate * (wanted - applied(guess))).clamp_(min=0)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        guess = weights + (momentum - 1) / following * (weights - previous)
        momentum = following
    return weights


def _largest_factor(applied: Callable[[Tensor], Tensor], like: Tensor) -> float:
    """Not less than the largest eigenvalue, by the power method."""
    vector = torch.ones_like(like)
    for _ in range(_POWER_ROUNDS):
        vector = applied(vector / vector.norm())
    return 1.2 * float(vector.norm())


def _around_origin(torus: Tensor, side: int) -> Tensor:
    """The (side, side) square around pixel (0, 0) of a torus that is at least as large."""
    reach = side // 2
    return torus.roll((reach, reach), (0, 1))[:side, :side]


def _islands(lit: Tensor) -> Tensor:
    """A number for every lit pixel, the same for pixels that touch, corners included; −1 else."""
    numbers = torch.arange(lit.numel(), dtype=torch.float64).reshape(lit.shape)
    numbers = numbers.masked_fill(~lit, -1)
    while True:
        grown = functional.max_pool2d(numbers[None], 3, stride=1, padding=1)[0]
        grown = grown.masked_fill(~lit, -1)
        if torch.equal(grown, numbers):
            return numbers
        numbers = grown
