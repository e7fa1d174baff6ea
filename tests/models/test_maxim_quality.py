"""The real weights on real photographs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from unblur_models.descriptor import ModelDescriptor

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
# RGB PSNR at 8 bits of the published network, run layer by layer.
EXPECTED = {
    "gopro-00": {"draft": 31.00, "good": 31.93, "best": 32.06},
    "gopro-01": {"draft": 31.21, "good": 32.50, "best": 32.69},
}


@pytest.mark.parametrize("quality", ["draft", "good", "best"])
@pytest.mark.parametrize("pair", EXPECTED)
def test_a_stage_restores_a_photo_to_the_decibel(
    maxim: ModelDescriptor, pair: str, quality: str
) -> None:
    blurred, sharp = (_pixels(f"{pair}-{kind}.png") for kind in ("blur", "sharp"))
    batch = torch.from_numpy(blurred.astype(np.float32) / 255).permute(2, 0, 1)[None]
    restored = maxim(batch, quality)[0].permute(1, 2, 0).numpy()
    assert _psnr(restored, sharp) == pytest.approx(EXPECTED[pair][quality], abs=0.1)


def _pixels(name: str) -> npt.NDArray[np.uint8]:
    with Image.open(PAIRS / name) as image:
        return np.asarray(image.convert("RGB"))


def _psnr(restored: npt.NDArray[np.float32], sharp: npt.NDArray[np.uint8]) -> float:
    difference = np.rint(np.clip(restored, 0, 1) * 255) - sharp.astype(np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))
