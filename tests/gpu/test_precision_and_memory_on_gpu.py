"""Half precision, batches, transfers and memory on an accelerator.

Needs numpy, torch, safetensors and pytest only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.cancel import CancelToken
from unblur.engine.device import Device, available_devices, choose_device
from unblur.engine.ferry import ferry_for
from unblur.engine.findings import Findings
from unblur.engine.precision import AGREEMENT, agreement_of, fast_precisions, in_precision
from unblur.engine.provider import Model, ModelProvider, ZooProvider
from unblur.engine.request import InferenceRequest, RestorePass, TileResult
from unblur.engine.room import free_bytes, keep_to_budget
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur.engine.tuning import tune
from unblur_models.catalog import card

pytestmark = pytest.mark.gpu

MODEL = "maxim-3s.gopro"
needs_cuda = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="only CUDA can be given less memory"
)


def _photo(height: int = 700, width: int = 1000) -> PixelImage:
    """Soft spots: what a network makes of mere noise is no picture."""
    coarse = np.random.default_rng(0).integers(40, 216, (height // 20, width // 20, 3), np.uint8)
    photo = coarse.repeat(20, axis=0).repeat(20, axis=1)
    photo.setflags(write=False)
    return photo


def _request(pixels: PixelImage, **facts: object) -> InferenceRequest:
    size = Size(pixels.shape[1], pixels.shape[0])
    whole = Rect.of_size(size)
    grid = plan_grid(whole, size, policy_for(card(MODEL)), 1)
    indices = tuple(tiles_for_mask(grid, None, whole))
    each = RestorePass(LayerKey(MODEL, "draft", grid), indices, "region")
    return InferenceRequest(1, pixels, (each,), **facts)  # type: ignore[arg-type]


def _tiles(
    request: InferenceRequest, provider: ModelProvider, findings: Findings | None = None
) -> list[TileResult]:
    return sorted(run(request, provider, findings), key=lambda tile: tile.index)


@dataclass
class Counting:
    """An identity that writes down how many inputs came at once."""

    card: object = field(default_factory=lambda: card(MODEL))
    counts: list[int] = field(default_factory=list)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        self.counts.append(len(batch))
        return batch.clone()

    again = __call__


@dataclass
class Provider:
    model: Counting

    def get(self, model_id: str, device: Device) -> Model:
        return self.model  # type: ignore[return-value]


def test_every_device_has_a_name_and_its_memory() -> None:
    for device in available_devices():
        assert device.name
        assert device.memory_bytes > 0
    assert choose_device("auto").is_accelerated


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_pixels_come_back_from_the_device_as_they_went(dtype: type) -> None:
    ferry = ferry_for(choose_device("auto"))
    rng = np.random.default_rng(0)
    for _ in range(20):  # a copy that is not waited for differs only now and then
        if dtype is np.float32:
            crops = [rng.random((300, 400, 3), np.float32) for _ in range(4)]
            expected = [np.rint(crop * 65535).astype(np.uint16) for crop in crops]
        else:
            top = np.iinfo(dtype).max
            crops = [rng.integers(0, top + 1, (300, 400, 3), dtype) for _ in range(4)]
            expected = [crop.astype(np.uint16) * (65535 // top) for crop in crops]
        arrival = ferry.download(torch.split(ferry.upload(crops), 1))
        for pixels, wanted in zip(arrival(), expected, strict=True):
            assert np.abs(pixels.astype(int) - wanted).max() <= (dtype is np.float32)


def test_several_tiles_go_at_once_and_give_the_same_pixels() -> None:
    model = Counting()
    tiles = _tiles(_request(_photo()), Provider(model), Findings())
    photo = _photo().astype(np.uint16) * 257
    for tile in tiles:
        np.testing.assert_array_equal(tile.pixels, photo[tile.rect.slices])
    assert max(model.counts) > 1


def test_a_batch_restores_as_single_tiles_do() -> None:
    provider = ZooProvider()
    single = _tiles(_request(_photo()), provider)
    batched = _tiles(_request(_photo()), provider, Findings())
    for one, other in zip(single, batched, strict=True):
        assert np.abs(one.pixels.astype(int) - other.pixels).max() < 257  # a level of 8 bits


def test_half_precision_is_used_only_where_it_agrees() -> None:
    device = choose_device("auto")
    findings, model = Findings(), ZooProvider().get(MODEL, device)
    tuning = tune(model, (MODEL, "best"), "auto", device, findings, CancelToken())
    assert tuning.precision in ("fp32", *fast_precisions(device))
    batch = torch.from_numpy(_photo()[:256, :256].copy()).permute(2, 0, 1)[None].float() / 255
    batch = batch.to(device.torch_device)
    with torch.inference_mode():
        exact = model(batch, "best")
        with in_precision(device, tuning.precision):
            reduced = model(batch, "best")
    assert agreement_of(exact, reduced) > AGREEMENT - 3  # the check had another picture
    assert tuning.bytes_per_pixel is None or 100 < tuning.bytes_per_pixel < 1e6


@pytest.fixture
def whole_memory() -> Iterator[None]:
    yield
    keep_to_budget(choose_device("cuda"), 0)


@needs_cuda
@pytest.mark.usefixtures("whole_memory")
def test_the_budget_of_a_person_is_kept() -> None:
    device, provider = choose_device("cuda"), ZooProvider()
    budget = 1 << 30
    assert (free_bytes(device, budget) or 0) <= budget
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    list(run(_request(_photo(), device="cuda", gpu_memory=budget), provider, Findings()))
    assert torch.cuda.max_memory_reserved() <= budget


@needs_cuda
@pytest.mark.allow_log("Memory ended", "is used up")
@pytest.mark.usefixtures("whole_memory")
def test_when_the_memory_of_the_gpu_is_used_up_the_cpu_goes_on() -> None:
    device, provider = choose_device("cuda"), ZooProvider()
    request = _request(_photo(320, 320), device="cuda")
    provider.get(MODEL, device)
    torch.cuda.empty_cache()
    used = torch.cuda.memory_reserved()
    torch.cuda.set_per_process_memory_fraction((used + (1 << 20)) / device.memory_bytes)
    tiles = _tiles(request, provider)
    assert all(tile.is_on_cpu_instead for tile in tiles)
    keep_to_budget(device, 0)
    exact = _tiles(_request(_photo(320, 320), device="cpu"), ZooProvider())
    for one, other in zip(tiles, exact, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
