"""The engine on an accelerator. Needs numpy, torch, safetensors and pytest only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor

from unblur.document.buffer import PixelImage, UInt16Image
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, choose_device
from unblur.engine.measure import measure_speed
from unblur.engine.provider import Model, ModelProvider, ZooProvider
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur_models.catalog import card

pytestmark = pytest.mark.gpu

MODEL = "maxim-3s.gopro"
PHOTO = np.random.default_rng(0).integers(0, 256, (360, 500, 3), np.uint8)
PHOTO.setflags(write=False)


@dataclass
class Identity:
    card: object = field(default_factory=lambda: card(MODEL))
    devices: set[str] = field(default_factory=set)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        self.devices.add(batch.device.type)
        return batch.clone()


@dataclass
class Provider:
    model: Identity

    def get(self, model_id: str, device: Device) -> Model:
        return self.model


def _restored(
    provider: ModelProvider,
    device: str,
    pixels: PixelImage,
    quality: str = "draft",
    factor: int = 1,
) -> UInt16Image:
    size = Size(pixels.shape[1], pixels.shape[0])
    whole = Rect.of_size(size)
    grid = plan_grid(whole, size, policy_for(card(MODEL)), factor)
    each = RestorePass(
        LayerKey(MODEL, quality, grid), tuple(tiles_for_mask(grid, None, whole)), "region"
    )
    layer = RestoredTiles(each.key)
    for tile in run(InferenceRequest(1, pixels, (each,), device=device), provider):
        layer.put(tile.index, tile.pixels)
    return layer.read(whole)[0]


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_an_identity_network_gives_the_source(factor: int) -> None:
    model = Identity()
    restored = _restored(Provider(model), "auto", PHOTO, factor=factor)
    np.testing.assert_array_equal(restored, PHOTO.astype(np.uint16) * 257)
    assert model.devices == {choose_device("auto").kind} != {"cpu"}


@pytest.mark.parametrize("quality", ["draft", "best"])
def test_the_gpu_restores_the_same_picture_as_the_cpu(quality: str) -> None:
    smooth = np.cumsum(PHOTO[:256, :256].astype(np.float32) - 127.5, axis=1)
    photo = np.clip(smooth / 8 + 128, 0, 255).astype(np.uint8)
    gpu = _restored(ZooProvider(), "auto", photo, quality).astype(float)
    cpu = _restored(ZooProvider(), "cpu", photo, quality).astype(float)
    assert np.abs(gpu - cpu).max() < 257  # one level of 8 bits
    assert np.sqrt(np.mean((gpu - cpu) ** 2)) < 26  # a tenth of a level


@pytest.mark.allow_log("Memory ended")
@pytest.mark.skipif(not torch.cuda.is_available(), reason="only CUDA can be given less memory")
def test_a_real_lack_of_memory_is_survived() -> None:
    provider, device = ZooProvider(), choose_device("cuda")
    provider.get(MODEL, device)
    roomy = _restored(provider, "cuda", PHOTO).astype(float)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    _restored(provider, "cuda", PHOTO)
    peak = torch.cuda.max_memory_reserved()
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.6 * peak / device.memory_bytes)
    try:
        tight = _restored(provider, "cuda", PHOTO).astype(float)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert np.sqrt(np.mean((tight - roomy) ** 2)) < 3 * 257


def test_speed_is_measured_after_the_device_is_done() -> None:
    device = choose_device("auto")
    model = ZooProvider().get(MODEL, device)
    draft, best = list(measure_speed(model, ("draft", "best"), device, CancelToken()))
    assert best.seconds > draft.seconds
