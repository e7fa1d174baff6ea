"""Networks that are quick and known, and one call that restores a region with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from unblur.document.buffer import PixelImage, UInt16Image
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.device import Device
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask

Network = Callable[[Tensor], Tensor]


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> None:
    torch.set_num_threads(1)


@dataclass(frozen=True)
class FakeCard:
    tile: int = 32
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0


@dataclass
class FakeModel:
    """Checks the contract of its input, and counts what it was given."""

    network: Network
    card: FakeCard = field(default_factory=FakeCard)
    seen: list[Size] = field(default_factory=list)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        height, width = batch.shape[2:]
        assert batch.shape[:2] == (1, 3)
        assert batch.dtype == torch.float32
        assert height % self.card.size_multiple == width % self.card.size_multiple == 0
        assert 0 <= float(batch.min()) <= float(batch.max()) <= 1
        self.seen.append(Size(width, height))
        return self.network(batch)

    def again(self, batch: Tensor, quality: str) -> Tensor:
        return self(batch, quality)


@dataclass
class FakeProvider:
    model: FakeModel

    def get(self, model_id: str, device: Device) -> FakeModel:
        return self.model


@pytest.fixture
def provider_of() -> Callable[..., FakeProvider]:
    def make(network: Network, **facts: int) -> FakeProvider:
        return FakeProvider(FakeModel(network, replace(FakeCard(), **facts)))

    return make


@pytest.fixture
def request_for() -> Callable[..., InferenceRequest]:
    """A request of one pass over a region, with the fake card's tiling."""

    def make(
        pixels: PixelImage, bounds: Rect | None = None, factor: int = 1, **facts: int
    ) -> InferenceRequest:
        size = Size(pixels.shape[1], pixels.shape[0])
        bounds = bounds or Rect.of_size(size)
        grid = plan_grid(bounds, size, policy_for(replace(FakeCard(), **facts)), factor)
        indices = tuple(tiles_for_mask(grid, None, bounds))
        only = RestorePass(LayerKey("fake", "draft", grid), indices, "region")
        return InferenceRequest(id=1, pixels=pixels, passes=(only,), device="cpu")

    return make


@pytest.fixture
def collected() -> Callable[[InferenceRequest, FakeProvider], RestoredTiles]:
    """All tiles of a request, kept."""

    def collect(request: InferenceRequest, provider: FakeProvider) -> RestoredTiles:
        restored = RestoredTiles(request.passes[0].key)
        for tile in run(request, provider):
            assert restored.put(tile.index, tile.pixels) == tile.rect
        return restored

    return collect


@pytest.fixture
def random_photo() -> Callable[..., PixelImage]:
    def make(size: Size, dtype: type = np.uint8, seed: int = 0) -> PixelImage:
        rng = np.random.default_rng(seed)
        shape = (size.height, size.width, 3)
        if dtype is np.float32:
            pixels = rng.random(shape, np.float32)
        else:
            pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
        pixels.setflags(write=False)
        return pixels

    return make


@pytest.fixture
def as_uint16() -> Callable[[PixelImage], UInt16Image]:
    """What an untouched photo is as restored pixels."""

    def convert(pixels: PixelImage) -> UInt16Image:
        if pixels.dtype == np.uint16:
            return pixels
        if pixels.dtype == np.uint8:
            return pixels.astype(np.uint16) * 257
        return np.rint(pixels * 65535).astype(np.uint16)

    return convert
