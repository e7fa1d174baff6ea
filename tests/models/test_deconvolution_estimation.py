"""The PSF of a picture of which only its blur is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from unblur_models.deconvolution.deconvolve import Settings, deconvolve
from unblur_models.deconvolution.detail import most_detailed
from unblur_models.deconvolution.errors import Stopped
from unblur_models.deconvolution.estimation import estimate_psf
from unblur_models.deconvolution.fitting import fitted_psf, tidied
from unblur_models.deconvolution.fourier import differences
from unblur_models.deconvolution.psf import Psf, similarity
from unblur_models.deconvolution.shapes import drawn_psf, motion_psf

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
SHAKE = drawn_psf([(0, 0), (7, 2), (9, 8)])


def test_the_shake_of_a_photo_is_found_and_undone() -> None:
    sharp, blurred = _shaken(SHAKE)
    estimate = estimate_psf(blurred, 17)
    assert similarity(estimate.psf, SHAKE) > 0.8
    restored = deconvolve(blurred, estimate.psf, Settings(noise=0.01))
    best = deconvolve(blurred, SHAKE, Settings(noise=0.01))
    gain = _psnr(restored, sharp) - _psnr(blurred, sharp)
    assert gain > 2
    assert gain > 0.4 * (_psnr(best, sharp) - _psnr(blurred, sharp))


def test_the_side_is_chosen_where_none_is_given() -> None:
    _, blurred = _shaken(SHAKE)
    assert similarity(estimate_psf(blurred).psf, SHAKE) > 0.7


def test_a_fit_between_two_known_pictures_is_the_psf() -> None:
    scene = torch.rand(96, 96, generator=torch.Generator().manual_seed(3))
    psf = motion_psf(9, 30)
    blurred = torch.zeros(96, 96)
    for (row, column), weight in np.ndenumerate(psf.weights.numpy()):
        shift = (row - psf.height // 2, column - psf.width // 2)
        blurred += weight * scene.roll(shift, (0, 1))
    region = torch.ones(96, 96)
    found = fitted_psf(differences(scene), differences(blurred), region, 15, ridge=1e-4)
    assert similarity(found, psf) > 0.99


def test_nothing_to_see_gives_the_identity() -> None:
    estimate = estimate_psf(torch.full((3, 64, 80), 0.5), 9)
    assert estimate.psf.weights.shape == (1, 1)
    assert estimate.confidence == 0


def test_halves_that_moved_differently_lower_the_confidence() -> None:
    _, across = _shaken(motion_psf(11, 0))
    _, upright = _shaken(motion_psf(11, 90))
    mixed = torch.cat((across[:, :160, :90], upright[:, :160, -90:]), 2)
    alike = estimate_psf(across[:, :160], 13).confidence
    assert alike > 0.75
    assert estimate_psf(mixed, 13).confidence < alike - 0.2


def test_tidying_drops_what_is_faint_and_what_lies_apart() -> None:
    weights = torch.zeros(15, 15)
    weights[6:9, 6:9] = 1
    weights[0, 0] = 0.2  # alone
    weights[9, 9] = 0.01  # faint
    tidy = tidied(Psf.normalised(weights))
    torch.testing.assert_close(tidy.weights, torch.full((3, 3), 1 / 9))


def test_the_part_with_edges_in_all_directions_is_chosen() -> None:
    picture = torch.full((300, 400), 0.5)
    picture[:, 20::9] = 0.9  # only upright edges, and many
    picture[:, 150:] = 0.5
    generator = torch.Generator().manual_seed(1)
    picture[160:290, 250:390] = torch.rand(130, 140, generator=generator) * 0.4
    rows, columns = most_detailed(picture, (128, 128))
    assert 144 <= rows.start <= 176
    assert 240 <= columns.start <= 272
    assert rows.stop - rows.start == columns.stop - columns.start == 128


def test_a_chosen_part_is_the_only_one_looked_at() -> None:
    _, blurred = _shaken(SHAKE)
    crop = (slice(10, 106), slice(20, 116))
    noisy = torch.rand(blurred.shape, generator=torch.Generator().manual_seed(9))
    noisy[:, crop[0], crop[1]] = blurred[:, crop[0], crop[1]]
    first, second = (estimate_psf(each, 9, crop=crop) for each in (blurred, noisy))
    assert torch.equal(first.psf.weights, second.psf.weights)
    assert (first.rows, first.columns) == crop


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (15, 400), (16, 16), (37, 300)])
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_of_any_size_have_an_estimate(size: tuple[int, int], channels: int) -> None:
    picture = torch.rand(channels, *size, generator=torch.Generator().manual_seed(4))
    estimate = estimate_psf(picture, 9)
    assert float(estimate.psf.weights.sum()) == pytest.approx(1, abs=1e-4)
    assert 0 <= estimate.confidence <= 1
    if min(size) < 16:
        assert estimate.confidence == 0


def test_the_same_picture_gives_the_same_bits() -> None:
    _, blurred = _shaken(SHAKE)
    first, second = (estimate_psf(blurred[:, :96, :96], 9) for _ in range(2))
    assert torch.equal(first.psf.weights, second.psf.weights)
    assert first.confidence == second.confidence


def test_a_newer_value_stops_the_estimate_before_its_next_round() -> None:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 4

    with pytest.raises(Stopped):
        estimate_psf(_shaken(SHAKE)[1], 9, should_stop=should_stop)
    assert asked == 4


@pytest.mark.parametrize("side", [0, 1, 8, 257, -3])
def test_a_side_that_is_none_is_refused(side: int) -> None:
    with pytest.raises(ValueError, match="side"):
        estimate_psf(torch.rand(3, 32, 32), side)


@pytest.mark.parametrize("shape", [(32, 32), (2, 32, 32), (1, 3, 32, 32), (3, 0, 32)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="picture"):
        estimate_psf(torch.rand(shape))


def _shaken(psf: Psf) -> tuple[Tensor, Tensor]:
    """A crop of a photo, and the same blurred, both (3, H, W)."""
    with Image.open(PAIRS / "gopro-01-sharp.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(np.float32) / 255
    scene = torch.from_numpy(pixels).permute(2, 0, 1).contiguous()
    kernel = psf.weights.flip(0, 1).expand(3, 1, -1, -1)
    blurred = torch.nn.functional.conv2d(scene[None], kernel, groups=3)[0]
    y, x = psf.height // 2, psf.width // 2
    sharp = scene[:, y : scene.shape[1] - y, x : scene.shape[2] - x]
    return sharp, (blurred * 255).round() / 255


def _psnr(restored: Tensor, sharp: Tensor) -> float:
    return -10 * float((restored - sharp).square().mean().log10())
