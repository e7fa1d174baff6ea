"""How fast a network is when it is warm, and what the engine around it costs.

The network alone and the engine see the same inputs turn by turn, so that a busy machine slows
both. The engine's share is all that `run` does beside calling the network: crops, copies to the
device and back, checks, rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import numpy as np
import torch

from unblur.document.buffer import PixelImage, UInt8Image, read_only
from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.document.shapes import FoundMask
from unblur.engine import tensors
from unblur.engine.device import Device, choose_device, synchronize
from unblur.engine.provider import Model, ModelProvider, wanting
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import in_full, plan_grid, policy_for, tiles_for_mask
from unblur_models.catalog import ModelCard

_SQUARE = 16  # pixels


class Lap(NamedTuple):
    """Seconds of one round: on the clock, and of the processor over all threads."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True)
class Laps:
    """Rounds over the same inputs of `network_pixels` in all, the first one left out as warm-up."""

    network_pixels: int
    network: tuple[Lap, ...]
    engine: tuple[Lap, ...]

    @property
    def median_seconds(self) -> float:
        """Of the network for a million of its pixels: what one may expect."""
        return median(lap.wall for lap in self.network) / self._megapixels

    @property
    def least_seconds(self) -> float:
        """The same of the best round: what the machine can do when nothing else runs."""
        return min(lap.wall for lap in self.network) / self._megapixels

    @property
    def processor_seconds(self) -> float:
        """The same in processor time, which other programs on the machine disturb little."""
        return min(lap.processor for lap in self.network) / self._megapixels

    @property
    def engine_ratio(self) -> float:
        """The engine's best round over the network's."""
        return min(lap.wall for lap in self.engine) / min(lap.wall for lap in self.network)

    @property
    def engine_processor_ratio(self) -> float | None:
        """The same in processor time; None where its clock is too coarse.

        It holds on a busy machine, but what the engine does on one thread counts for less.
        """
        network = min(lap.processor for lap in self.network)
        return min(lap.processor for lap in self.engine) / network if network > 0 else None

    @property
    def _megapixels(self) -> float:
        return self.network_pixels / 1e6


def benchmark_request(
    card: ModelCard, quality: str, device: str, photo: Size, region: Rect, factor: int = 1
) -> InferenceRequest:
    """A picture of the size of `photo`, of which a region is restored at 1/`factor` of the size."""
    return photo_request(card, quality, device, _picture(photo), region, factor)


def photo_request(
    card: ModelCard,
    quality: str,
    device: str,
    pixels: PixelImage,
    region: Rect,
    factor: int = 1,
    precision: str = "fp32",
    people: FoundMask | None = None,
) -> InferenceRequest:
    """The same for given pixels (H, W, 3), read-only, and people to tell the model of."""
    photo = Size(pixels.shape[1], pixels.shape[0])
    grid = plan_grid(region, photo, policy_for(card), factor)
    indices = tuple(tiles_for_mask(grid, None, region))
    only = RestorePass(LayerKey(card.id, quality, grid, people=people), indices, "region")
    return InferenceRequest(1, pixels, (only,), device=device, precision=precision)


def tile_request(card: ModelCard, quality: str, device: str) -> InferenceRequest:
    """A photo that is one input of the card's tile, whole."""
    photo = Size(card.tile, card.tile)
    return benchmark_request(card, quality, device, photo, Rect.of_size(photo))


def bare_network(request: InferenceRequest, model: Model, device: Device) -> Callable[[], None]:
    """What the engine asks of a model for the only pass of `request`, and nothing besides."""
    (only,) = request.passes
    grid, policy = only.key.grid, policy_for(model.card)
    asked = []
    for index in only.indices:
        seen = grid.input(index)
        batch = tensors.to_batch(tensors.crop(request.pixels, seen), device.torch_device)
        keep = grid.support(index).relative_to(seen)
        needed = tensors.change_under(keep, grid.factor, grid.input_size)
        part = in_full(grid.input_size, [needed], policy)
        asked.append((tensors.shrunk(batch, grid.factor).contiguous(), part))

    def work() -> None:
        with torch.inference_mode():
            for batch, part in asked:
                with wanting(model, part):
                    model(batch, only.key.quality)
        synchronize(device)

    return work


def measure_laps(request: InferenceRequest, provider: ModelProvider, rounds: int) -> Laps:
    """Run the only pass of `request` bare and through the engine, `rounds` times each.

    Raises ModelError and EngineError.
    """
    (only,) = request.passes
    device = choose_device(request.device)
    model = provider.get(only.key.model_id, device)
    bare = bare_network(request, model, device)

    def engine() -> None:
        for _tile in run(request, provider):
            pass

    bare()  # the first run reserves memory and chooses kernels
    laps = [(_lap(bare), _lap(engine)) for _ in range(rounds)]
    network, around = zip(*laps, strict=True)
    return Laps(only.network_pixels, network, around)


def _picture(size: Size) -> UInt8Image:
    """Grey squares: what a network makes of mere noise is no picture, and would be tried again."""
    rng = np.random.default_rng(0)
    squares = rng.integers(
        64, 192, (-(-size.height // _SQUARE), -(-size.width // _SQUARE)), np.uint8
    )
    grey = squares.repeat(_SQUARE, axis=0).repeat(_SQUARE, axis=1)[: size.height, : size.width]
    return read_only(np.repeat(grey[:, :, np.newaxis], 3, axis=2))


def _lap(work: Callable[[], None]) -> Lap:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Lap(time.perf_counter() - wall, time.process_time() - processor)
