"""The engine with the embedded weights, on real photographs beside their sharp ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.provider import ZooProvider
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import TilingPolicy, plan_grid, policy_for, tiles_for_mask
from unblur_models.catalog import DEFAULT_MODEL_ID, card

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
POLICY = policy_for(card(DEFAULT_MODEL_ID))


@pytest.fixture(scope="module")
def provider() -> ZooProvider:
    return ZooProvider()


def _pixels(name: str) -> NDArray[np.uint8]:
    with Image.open(PAIRS / f"{name}.png") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    pixels.setflags(write=False)
    return pixels


def _psnr(pixels: NDArray[np.uint8], sharp: NDArray[np.uint8]) -> float:
    error = np.mean((pixels.astype(np.float64) - sharp) ** 2)
    return float(10 * np.log10(255**2 / error))


def _gain(number: str, policy: TilingPolicy, factor: int, provider: ZooProvider) -> float:
    """How much nearer draft quality brings the blurred crop to the sharp one, in dB."""
    blurred, sharp = _pixels(f"gopro-{number}-blur"), _pixels(f"gopro-{number}-sharp")
    size = Size(blurred.shape[1], blurred.shape[0])
    whole = Rect.of_size(size)
    grid = plan_grid(whole, size, policy, factor)
    key = LayerKey(DEFAULT_MODEL_ID, "draft", grid)
    each = RestorePass(key, tuple(tiles_for_mask(grid, None, whole)), "region")
    layer = RestoredTiles(key)
    for tile in run(InferenceRequest(1, blurred, (each,), device="cpu"), provider):
        layer.put(tile.index, tile.pixels)
    restored = np.rint(layer.read(whole)[0] / 257).astype(np.uint8)
    return _psnr(restored, sharp) - _psnr(blurred, sharp)


@pytest.mark.parametrize(("number", "gain"), [("00", 9.32), ("01", 8.63)])
def test_a_photo_in_one_tile_becomes_as_sharp_as_it_was_measured(
    number: str, gain: float, provider: ZooProvider
) -> None:
    assert _gain(number, POLICY, 1, provider) == pytest.approx(gain, abs=0.05)


def test_a_photo_in_small_tiles_becomes_nearly_as_sharp(provider: ZooProvider) -> None:
    small = replace(POLICY, tile=128, largest=128)
    assert _gain("00", small, 1, provider) == pytest.approx(9.18, abs=0.05)


def test_half_the_work_scale_brings_a_part_of_it(provider: ZooProvider) -> None:
    assert _gain("00", POLICY, 2, provider) == pytest.approx(5.70, abs=0.05)
