"""Sharp pictures from blurred ones with a known PSF."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from unblur_models.deconvolution.deconvolve import Effort, Method, Settings, deconvolve
from unblur_models.deconvolution.errors import Stopped
from unblur_models.deconvolution.hyper_laplacian import kept_share
from unblur_models.deconvolution.noise import noise_deviation
from unblur_models.deconvolution.psf import Psf, identity_psf
from unblur_models.deconvolution.shapes import disc_psf, gaussian_psf, motion_psf
from unblur_models.deconvolution.wiener import Spectrum

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
METHODS = list(Method)


def test_every_method_gains_on_a_photo_moved_by_a_known_psf() -> None:
    sharp, blurred = _moved(motion_psf(9, 30))
    before = _psnr(blurred, sharp)
    gains = {method: _psnr(_solved(blurred, motion_psf(9, 30), method), sharp) for method in Method}
    assert gains[Method.WIENER] > before + 3
    assert gains[Method.RICHARDSON_LUCY] > before + 2
    assert gains[Method.HYPER_LAPLACIAN] > before + 5
    assert gains[Method.HYPER_LAPLACIAN] > gains[Method.WIENER] + 1


def test_every_method_gains_on_a_photo_out_of_focus() -> None:
    psf = disc_psf(3.5)
    sharp, blurred = _moved(psf)
    before = _psnr(blurred, sharp)
    for method in METHODS:
        assert _psnr(_solved(blurred, psf, method), sharp) > before + 1.5, method


@pytest.mark.parametrize("spectrum", Spectrum)
def test_every_spectrum_of_wiener_gains(spectrum: Spectrum) -> None:
    psf = gaussian_psf(1.5)
    sharp, blurred = _moved(psf)
    settings = Settings(Method.WIENER, spectrum=spectrum, noise=0.01)
    assert _psnr(deconvolve(blurred, psf, settings), sharp) > _psnr(blurred, sharp) + 1


@pytest.mark.parametrize("method", METHODS)
def test_a_preview_is_worth_showing(method: Method) -> None:
    psf = motion_psf(9, 30)
    sharp, blurred = _moved(psf)
    preview = deconvolve(blurred, psf, Settings(method, Effort.PREVIEW))
    assert _psnr(preview, sharp) > _psnr(blurred, sharp) + 1


@pytest.mark.parametrize("method", METHODS)
def test_the_border_does_not_ring(method: Method) -> None:
    """Light came in from outside. Taken for periodic, the border is wrong by many times more."""
    psf = motion_psf(13, 20)
    scene = _waves(160)
    blurred = _blurred(scene, psf)
    sharp = _inner(scene, psf)
    error = (_solved(blurred, psf, method) - sharp).square().mean(0)
    rim = 10
    middle = error[rim:-rim, rim:-rim].mean()
    border = (error.sum() - error[rim:-rim, rim:-rim].sum()) / (
        error.numel() - error[rim:-rim, rim:-rim].numel()
    )
    assert float(border) < 6 * float(middle)
    assert float(border) < float((blurred - sharp).square().mean())


@pytest.mark.parametrize("method", METHODS)
def test_a_lamp_that_was_cut_off_does_not_ring(method: Method) -> None:
    psf = disc_psf(4)
    scene = _waves(120) * 0.5
    scene[..., 54:66, 50:70] = 6.0  # far brighter than white
    blurred = _blurred(scene, psf)
    sharp = _inner(scene, psf).clamp(0, 1)
    masked = _solved(blurred, psf, method)
    naive = deconvolve(blurred, psf, Settings(method, saturation=None))
    assert _psnr(masked, sharp) > _psnr(naive, sharp) + 2


def test_where_a_psf_lies_in_its_frame_does_not_matter() -> None:
    psf = motion_psf(9, 30)
    _, blurred = _moved(psf)
    settings = Settings(noise=0.01)
    aside = Psf.normalised(torch.nn.functional.pad(psf.weights, (0, 4, 6, 0)))
    there, elsewhere = (deconvolve(blurred, each, settings) for each in (psf, aside))
    torch.testing.assert_close(there, elsewhere, atol=1e-3, rtol=0)


def test_a_psf_between_two_pixels_moves_nothing() -> None:
    """Two halves, right and in the middle: the centroid is half a pixel off."""
    pair = Psf(torch.tensor([[0.0, 0.5, 0.5]]))
    column = torch.linspace(0, 1, 64).mul(6).sin().mul(0.3).add(0.5).expand(3, 64, 64)
    moved = (column + column.roll(1, -1)) / 2
    restored = deconvolve(moved[..., 1:].contiguous(), pair, Settings(noise=0.01))
    expected = moved[..., 1:]  # smooth: its blur is itself, half a pixel to the right
    slope = (expected[..., 6:-4] - expected[..., 4:-6]) / 2
    error = (restored - expected)[..., 5:-5]
    offset = float((error * slope).sum() / slope.square().sum())  # in pixels
    assert abs(offset) < 0.1


def test_the_identity_gives_the_picture_back() -> None:
    picture = _waves(40) * 0.9
    restored = _solved(picture, identity_psf(), Method.RICHARDSON_LUCY)
    torch.testing.assert_close(restored, picture, atol=0.02, rtol=0)
    for method in (Method.WIENER, Method.HYPER_LAPLACIAN):
        restored = deconvolve(picture, identity_psf(), Settings(method, noise=1e-4))
        torch.testing.assert_close(restored, picture, atol=0.02, rtol=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 5), (37, 3000)])
def test_pictures_of_any_size_are_restored(method: Method, size: tuple[int, int]) -> None:
    picture = torch.rand(3, *size, generator=torch.Generator().manual_seed(4))
    restored = deconvolve(picture, motion_psf(21, 45), Settings(method, Effort.PREVIEW))
    assert restored.shape == picture.shape
    assert restored.dtype == torch.float32
    assert bool(torch.isfinite(restored).all())
    assert 0 <= float(restored.min()) <= float(restored.max()) <= 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_picture_of_one_colour_stays_so(method: Method, level: float) -> None:
    picture = torch.full((3, 24, 31), level)
    restored = _solved(picture, disc_psf(3), method)
    torch.testing.assert_close(restored, picture, atol=2e-3, rtol=0)


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_is_its_pictures_one_by_one(method: Method) -> None:
    psf = motion_psf(5, 0)
    batch = torch.stack([_waves(48), _waves(48).flip(-1) * 0.6])
    settings = Settings(method, Effort.PREVIEW, noise=0.01)
    together = deconvolve(batch, psf, settings)
    for picture, restored in zip(batch, together, strict=True):
        torch.testing.assert_close(deconvolve(picture, psf, settings), restored, atol=1e-4, rtol=0)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_picture_gives_the_same_bits_and_stays_as_it_is(method: Method) -> None:
    picture = _waves(50)
    before = picture.clone()
    first, second = (_solved(picture, motion_psf(7, 10), method) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(picture, before)


@pytest.mark.parametrize("method", METHODS)
def test_a_newer_value_stops_a_solver_before_its_next_round(method: Method) -> None:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    with pytest.raises(Stopped):
        deconvolve(_waves(40), motion_psf(7, 10), Settings(method), should_stop)
    assert asked == 3


def test_blur_of_light_is_undone_better_in_linear_light() -> None:
    psf = disc_psf(3)
    scene = _waves(120).square()  # linear light, with deep shadows
    sharp = _inner(scene, psf)
    blurred = _blurred(scene, psf, levels=0)
    encoded, expected = (_to_srgb(each) for each in (blurred, sharp))
    settings = Settings(noise=0.003)
    plain = deconvolve(encoded, psf, settings)
    linear = deconvolve(encoded, psf, dataclasses.replace(settings, is_linear=True))
    assert _psnr(linear, expected) > _psnr(plain, expected) + 1


def test_more_noise_to_reckon_with_gives_a_smoother_picture() -> None:
    _, blurred = _moved(motion_psf(9, 30))
    for method in METHODS:
        rough, smooth = (
            deconvolve(blurred, motion_psf(9, 30), Settings(method, noise=noise))
            .diff()
            .abs()
            .mean()
            for noise in (0.005, 0.05)
        )
        assert float(smooth) < float(rough), method


@pytest.mark.parametrize("deviation", [1 / 255, 4 / 255, 12 / 255])
def test_noise_on_a_blurred_photo_is_measured(deviation: float) -> None:
    _, blurred = _moved(disc_psf(3))
    noise = torch.randn(blurred.shape, generator=torch.Generator().manual_seed(2))
    measured = noise_deviation((blurred + deviation * noise)[None])
    own = math.hypot(1, math.sqrt(1 / 12)) / 255  # of the photo, and of its rounding
    assert measured == pytest.approx(math.hypot(deviation, own), rel=0.15)


@pytest.mark.parametrize("exponent", [0.5, 2 / 3, 0.8, 1.0])
def test_the_shrinkage_is_the_best_of_all_candidates(exponent: float) -> None:
    coupling = 7.0
    lengths = torch.linspace(0.01, 4, 60)
    candidates = torch.linspace(0, 4, 40001)
    cost = candidates.pow(exponent) + coupling / 2 * (candidates - lengths[:, None]).square()
    best = candidates[cost.argmin(1)]
    shrunk = lengths * kept_share(lengths, coupling, exponent)
    reached = shrunk.pow(exponent) + coupling / 2 * (shrunk - lengths).square()
    # By cost: beside the threshold, keeping and dropping are as good.
    torch.testing.assert_close(reached, cost.amin(1), atol=5e-3, rtol=0)
    close = (shrunk - best).abs() < 0.02
    assert float(close.float().mean()) > 0.95


@pytest.mark.parametrize("noise", [0.0, -1.0, 1.5, float("nan")])
def test_noise_out_of_range_is_refused(noise: float) -> None:
    with pytest.raises(ValueError, match="noise"):
        Settings(noise=noise)


@pytest.mark.parametrize(
    "pictures",
    [torch.rand(8, 8), torch.rand(3, 0, 8), torch.zeros(3, 8, 8, dtype=torch.uint8)],
)
def test_what_is_no_picture_is_refused(pictures: Tensor) -> None:
    with pytest.raises(ValueError, match="pictures"):
        deconvolve(pictures, identity_psf())


def _solved(blurred: Tensor, psf: Psf, method: Method) -> Tensor:
    return deconvolve(blurred, psf, Settings(method))


def _moved(psf: Psf) -> tuple[Tensor, Tensor]:
    """A crop of a photo, and the same blurred by the PSF, with light from around it."""
    with Image.open(PAIRS / "gopro-01-sharp.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(np.float32) / 255
    scene = torch.from_numpy(pixels).permute(2, 0, 1).contiguous()
    return _inner(scene, psf), _blurred(scene, psf)


def _waves(side: int) -> Tensor:
    """A picture (3, side, side) in [0.1, 0.9] with edges, textures and ramps."""
    axis = torch.arange(side, dtype=torch.float32)
    x, y = axis[None, :], axis[:, None]
    checks = ((x // 11 + y // 17) % 2) * 0.4
    rings = 0.15 * torch.sin((x.square() + y.square()) / 90)
    channels = [0.3 + checks + rings, 0.25 + checks.T + 0.2 * x / side, 0.35 + checks * y / side]
    return torch.stack([each.expand(side, side) for each in channels]).clamp(0.1, 0.9)


def _blurred(scene: Tensor, psf: Psf, levels: int = 255) -> Tensor:
    """Only where all light is known; noise of one level, rounded to levels and cut off."""
    kernel = psf.weights.flip(0, 1).expand(3, 1, -1, -1)
    seen = torch.nn.functional.conv2d(scene[None], kernel, groups=3)[0]
    if not levels:
        return seen
    noise = torch.randn(seen.shape, generator=torch.Generator().manual_seed(6)) / levels
    return ((seen + noise).clamp(0, 1) * levels).round() / levels


def _inner(scene: Tensor, psf: Psf) -> Tensor:
    y, x = psf.height // 2, psf.width // 2
    return scene[:, y : scene.shape[1] - y, x : scene.shape[2] - x]


def _to_srgb(linear: Tensor) -> Tensor:
    return torch.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp(min=1e-9).pow(1 / 2.4) - 0.055
    )


def _psnr(restored: Tensor, sharp: Tensor) -> float:
    return -10 * float((restored.clamp(0, 1) - sharp).square().mean().log10())
