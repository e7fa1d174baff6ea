"""The published weights on real photographs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model
from unblur_models.srn.layout import Hyperparameters
from unblur_models.srn.network import Srn
from unblur_models.weights import WEIGHTS_DIR, read_weights

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
# RGB PSNR at 8 bits of the published network, run operation by operation as in TensorFlow.
EXPECTED = {"gopro-00": 28.17, "gopro-01": 28.15}


@pytest.fixture(scope="module")
def srn() -> ModelDescriptor:
    return load_model("srn-color.gopro")


def test_the_model_fits_its_card(
    srn: ModelDescriptor, cost: Callable[..., tuple[int, float]]
) -> None:
    facts = srn.card
    state = read_weights(WEIGHTS_DIR / facts.weights_file, facts.sha256)
    assert {each.dtype for each in state.values()} == {torch.float16}
    assert isinstance(srn.network, Srn)
    assert srn.network.hyper == Hyperparameters()
    assert srn.network.hyper.size_multiple == facts.size_multiple
    parameters, products = cost(Srn(hyper=Hyperparameters()), 3)
    assert parameters == facts.parameters
    assert products == pytest.approx(facts.gmacs_per_megapixel, rel=0.01)


@pytest.mark.parametrize("pair", EXPECTED)
def test_a_photo_is_restored_to_the_decibel(srn: ModelDescriptor, pair: str) -> None:
    blurred, sharp = (_pixels(f"{pair}-{kind}.png") for kind in ("blur", "sharp"))
    batch = torch.from_numpy(blurred.astype(np.float32) / 255).permute(2, 0, 1)[None]
    restored = srn(batch, "good")[0].permute(1, 2, 0).numpy()
    assert _psnr(restored, sharp) == pytest.approx(EXPECTED[pair], abs=0.05)


def _pixels(name: str) -> npt.NDArray[np.uint8]:
    with Image.open(PAIRS / name) as image:
        return np.asarray(image.convert("RGB"))


def _psnr(restored: npt.NDArray[np.float32], sharp: npt.NDArray[np.uint8]) -> float:
    difference = np.rint(np.clip(restored, 0, 1) * 255) - sharp.astype(np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))
