"""Convolution on a torus: transfer functions and sizes that transform fast."""

from __future__ import annotations

import torch
from torch import Tensor

from unblur_models.deconvolution.psf import Psf

Size2 = tuple[int, int]  # (height, width) of a torus


def fast_length(length: int) -> int:
    """The smallest even number from `length` on whose prime factors are 2, 3 and 5."""
    candidate = length + length % 2
    while not _is_smooth(candidate):
        candidate += 2
    return candidate


def transfer_function(psf: Psf, size: Size2, device: torch.device) -> Tensor:
    """complex64 (H, W // 2 + 1): what the PSF does to each frequency of a picture (H, W).

    The torus is at least as large as the PSF.
    """
    torus = torch.zeros(size)
    torus[: psf.height, : psf.width] = psf.weights
    return forward(torus.roll((-(psf.height // 2), -(psf.width // 2)), (0, 1)).to(device))


def gradient_power(size: Size2, device: torch.device) -> Tensor:
    """(H, W // 2 + 1): Σ |D|² of the forward differences along both axes."""
    rows = torch.fft.fftfreq(size[0], device=device)[:, None]
    columns = torch.fft.rfftfreq(size[1], device=device)
    return 4 * (torch.sin(torch.pi * rows).square() + torch.sin(torch.pi * columns).square())


def shift_phases(offset: tuple[float, float], size: Size2, device: torch.device) -> Tensor:
    """complex64 (H, W // 2 + 1): moves a picture (H, W) by `offset` pixels, (right, down)."""
    rows = torch.fft.fftfreq(size[0], device=device)[:, None]
    columns = torch.fft.rfftfreq(size[1], device=device)
    turns = columns * offset[0] + rows * offset[1]
    return torch.polar(torch.ones_like(turns), -2 * torch.pi * turns)


def forward(pictures: Tensor) -> Tensor:
    """The spectrum (…, H, W // 2 + 1) of real pictures (…, H, W)."""
    spectrum: Tensor = torch.fft.rfft2(pictures)
    return spectrum


def inverse(spectrum: Tensor, size: Size2) -> Tensor:
    """Real pictures (…, H, W) from their spectrum."""
    pictures: Tensor = torch.fft.irfft2(spectrum, s=size)
    return pictures


def inner_product(a: Tensor, b: Tensor, size: Size2) -> Tensor:
    """(…, 1, 1): Σ conj(a) · b over whole spectra of real pictures (H, W), of which half is kept.

    Up to a factor it is the sum of the pictures' product (Parseval).
    """
    products = a.real * b.real + a.imag * b.imag
    # Every column stands for its mirror image too, but the first and the last.
    total = 2 * products.sum((-2, -1), keepdim=True)
    total -= products[..., :1].sum((-2, -1), keepdim=True)
    total -= products[..., size[1] // 2 :].sum((-2, -1), keepdim=True)
    return total


def differences(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Forward differences down and to the right on the torus, each (…, H, W)."""
    return _ahead(pictures, -2), _ahead(pictures, -1)


def divergence(down: Tensor, right: Tensor) -> Tensor:
    """The transposed `differences`, summed: minus the backward differences."""
    return _behind(down, -2) + _behind(right, -1)


def _ahead(pictures: Tensor, axis: int) -> Tensor:
    length = pictures.shape[axis]
    result = torch.empty_like(pictures)
    torch.sub(
        pictures.narrow(axis, 1, length - 1),
        pictures.narrow(axis, 0, length - 1),
        out=result.narrow(axis, 0, length - 1),
    )
    torch.sub(
        pictures.narrow(axis, 0, 1),
        pictures.narrow(axis, length - 1, 1),
        out=result.narrow(axis, length - 1, 1),
    )
    return result


def _behind(pictures: Tensor, axis: int) -> Tensor:
    length = pictures.shape[axis]
    result = torch.empty_like(pictures)
    torch.sub(
        pictures.narrow(axis, 0, length - 1),
        pictures.narrow(axis, 1, length - 1),
        out=result.narrow(axis, 1, length - 1),
    )
    torch.sub(
        pictures.narrow(axis, length - 1, 1),
        pictures.narrow(axis, 0, 1),
        out=result.narrow(axis, 0, 1),
    )
    return result


def _is_smooth(number: int) -> bool:
    for prime in (2, 3, 5):
        while number % prime == 0:
            number //= prime
    return number == 1
