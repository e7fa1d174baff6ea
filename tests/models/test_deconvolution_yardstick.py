"""Ours beside scikit-image's solvers, each of those with the best of several settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unblur_models.deconvolution.deconvolve import Method, Settings, deconvolve
from unblur_models.deconvolution.psf import Psf
from unblur_models.deconvolution.shapes import disc_psf, motion_psf

restoration = pytest.importorskip("skimage.restoration", reason="scikit-image is not installed")

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
PSFS = {"motion": motion_psf(11, 30), "disc": disc_psf(3)}


@pytest.mark.parametrize("name", PSFS)
def test_no_method_is_below_its_counterpart(name: str) -> None:
    psf = PSFS[name]
    sharp, blurred = _grey(psf)
    ours = {
        method: _psnr(_ours(blurred, psf, method), sharp, psf)
        for method in (Method.WIENER, Method.RICHARDSON_LUCY, Method.HYPER_LAPLACIAN)
    }
    weights = psf.weights.numpy().astype(np.float64)
    wiener = max(
        _psnr(restoration.wiener(blurred, weights, balance, clip=False), sharp, psf)
        for balance in (0.002, 0.01, 0.03, 0.1, 0.3)
    )
    unsupervised = restoration.unsupervised_wiener(blurred, weights, clip=False, rng=1)[0]
    lucy = max(
        _psnr(restoration.richardson_lucy(blurred, weights, num_iter=rounds), sharp, psf)
        for rounds in (10, 30)
    )
    assert ours[Method.WIENER] >= wiener
    assert ours[Method.WIENER] >= _psnr(unsupervised, sharp, psf)
    assert ours[Method.RICHARDSON_LUCY] >= lucy
    assert ours[Method.HYPER_LAPLACIAN] >= max(wiener, lucy) + 1


def _ours(blurred: np.ndarray, psf: Psf, method: Method) -> np.ndarray:
    plane = torch.from_numpy(blurred.astype(np.float32))[None]
    return deconvolve(plane, psf, Settings(method))[0].numpy()


def _grey(psf: Psf) -> tuple[np.ndarray, np.ndarray]:
    """A sharp photo and the same blurred, light from outside included, in 8-bit steps."""
    with Image.open(PAIRS / "gopro-00-sharp.png") as image:
        scene = torch.from_numpy(np.asarray(image.convert("L")).astype(np.float32) / 255)
    kernel = psf.weights.flip(0, 1)[None, None]
    seen = torch.nn.functional.conv2d(scene[None, None], kernel)[0, 0]
    noise = torch.randn(seen.shape, generator=torch.Generator().manual_seed(8)) / 255
    y, x = psf.height // 2, psf.width // 2
    sharp = scene[y : scene.shape[0] - y, x : scene.shape[1] - x]
    rounded = ((seen + noise).clamp(0, 1) * 255).round() / 255
    return sharp.numpy().astype(np.float64), rounded.numpy().astype(np.float64)


def _psnr(restored: np.ndarray, sharp: np.ndarray, psf: Psf) -> float:
    """Without a rim, where scikit-image takes what is outside for black or periodic."""
    rim = max(psf.height, psf.width)
    error = (np.clip(restored, 0, 1) - sharp)[rim:-rim, rim:-rim]
    return float(-10 * np.log10(np.mean(error**2)))
