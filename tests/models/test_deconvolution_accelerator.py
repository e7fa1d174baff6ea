"""Deconvolution on an accelerator gives what it gives on the CPU, to rounding."""

from __future__ import annotations

import pytest
import torch

from unblur_models.deconvolution.deconvolve import Effort, Method, Settings, deconvolve
from unblur_models.deconvolution.estimation import estimate_psf
from unblur_models.deconvolution.psf import similarity
from unblur_models.deconvolution.shapes import motion_psf

pytestmark = pytest.mark.gpu


def _device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "xpu")


@pytest.mark.parametrize("method", Method)
def test_a_solver_agrees_with_the_cpu(method: Method) -> None:
    picture = torch.rand(3, 61, 90, generator=torch.Generator().manual_seed(1))
    psf = motion_psf(9, 30)
    settings = Settings(method, Effort.PREVIEW, noise=0.02, is_linear=True)
    there = deconvolve(picture.to(_device()), psf, settings)
    assert there.device.type == _device().type
    torch.testing.assert_close(there.cpu(), deconvolve(picture, psf, settings), atol=5e-3, rtol=0)


def test_an_estimate_is_nearly_that_of_the_cpu() -> None:
    checks = torch.ones(8, 8).tril().repeat(12, 12).expand(3, 96, 96).contiguous() * 0.6 + 0.2
    kernel = motion_psf(7, 20).weights.flip(0, 1).expand(3, 1, -1, -1)
    picture = torch.nn.functional.conv2d(checks[None], kernel, groups=3)[0]
    here, there = (estimate_psf(each, 9) for each in (picture, picture.to(_device())))
    assert there.psf.weights.device.type == "cpu"
    assert similarity(here.psf, there.psf) > 0.95
