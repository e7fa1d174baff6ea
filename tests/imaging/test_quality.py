from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from unblur.document.buffer import UInt8Image
from unblur.imaging.quality import HIGHEST_PSNR, SSIM_WINDOW, psnr, ssim

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
# What scikit-image 0.26 says of the crops in tests/data.
PUBLISHED = {
    "gopro-00": (21.681216178560717, 0.5573701077148013),
    "gopro-01": (22.57442773142669, 0.6911850853900270),
}


def pair(name: str) -> tuple[UInt8Image, UInt8Image]:
    blurred, sharp = (Image.open(PAIRS / f"{name}-{side}.png") for side in ("blur", "sharp"))
    return np.asarray(blurred.convert("RGB")), np.asarray(sharp.convert("RGB"))


def noise(height: int, width: int, seed: int) -> UInt8Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("name", PUBLISHED)
def test_real_pairs_get_the_published_numbers(name: str) -> None:
    blurred, sharp = pair(name)
    expected_psnr, expected_ssim = PUBLISHED[name]

    assert psnr(blurred, sharp) == pytest.approx(expected_psnr, abs=1e-9)
    assert ssim(blurred, sharp) == pytest.approx(expected_ssim, abs=1e-9)


@pytest.mark.parametrize(("height", "width"), [(11, 11), (11, 90), (74, 75), (140, 33)])
def test_any_size_gets_the_numbers_of_scikit_image(height: int, width: int) -> None:
    sharp = noise(height, width, 1)
    picture = np.clip(sharp * 0.6 + noise(height, width, 2) * 0.3, 0, 255).astype(np.uint8)

    assert psnr(picture, sharp) == pytest.approx(
        peak_signal_noise_ratio(sharp, picture, data_range=255), abs=1e-9
    )
    assert ssim(picture, sharp) == pytest.approx(
        structural_similarity(
            sharp,
            picture,
            data_range=255,
            channel_axis=-1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        ),
        abs=1e-9,
    )


def test_equal_pictures_have_the_highest_numbers() -> None:
    sharp = noise(20, 30, 3)

    assert psnr(sharp, sharp.copy()) == HIGHEST_PSNR
    assert ssim(sharp, sharp.copy()) == pytest.approx(1.0, abs=1e-12)


def test_one_level_off_everywhere_is_48_decibels() -> None:
    sharp = noise(16, 16, 4) // 2

    assert psnr(sharp + 1, sharp) == pytest.approx(20 * np.log10(255), abs=1e-12)


def test_black_against_white_is_no_overflow() -> None:
    black, white = np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)

    assert psnr(black, white) == 0.0


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_other_shapes_and_depths_are_refused(measure) -> None:
    sharp = noise(16, 16, 5)

    with pytest.raises(ValueError, match="cannot be compared"):
        measure(sharp[:15], sharp)
    with pytest.raises(ValueError, match="8 bits"):
        measure(sharp.astype(np.uint16), sharp.astype(np.uint16))


def test_a_picture_smaller_than_the_window_has_no_ssim() -> None:
    small = noise(SSIM_WINDOW - 1, 40, 6)

    with pytest.raises(ValueError, match="40 × 10"):
        ssim(small, small)
