"""What the engine costs beside the network: the time of `run` over that of the bare network.

    python tests/benchmarks/engine_overhead.py [--quality draft] [--threads N] [--rounds N]
        [--clock wall|cpu]

Both see the same inputs in the same run, turn by turn, so that a busy machine slows both;
the least time of each counts. On a CPU that others use too, `--clock cpu` counts the time that
this process computed. Aim: a ratio of at most 1.10.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine import tensors
from unblur.engine.blending import RestoredTiles, read_layers
from unblur.engine.device import choose_device, synchronize
from unblur.engine.provider import Model, ZooProvider
from unblur.engine.request import InferenceRequest, RestorePass
from unblur.engine.runner import run
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur_models.catalog import DEFAULT_MODEL_ID, card

# Photo, region and factor: a face, a face in a large photo at a smaller scale, a small photo.
CASES = (
    (Size(1280, 720), Rect(300, 200, 256, 256), 1),
    (Size(6000, 4000), Rect(2000, 1500, 1000, 1000), 4),
    (Size(6000, 4000), Rect(2000, 1500, 256, 256), 1),
    (Size(544, 272), Rect(0, 0, 544, 272), 1),
)

Clock = Callable[[], float]


def main() -> None:
    """Print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quality", default="draft")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    clock = time.process_time if options.clock == "cpu" else time.perf_counter
    device = choose_device(options.device)
    provider = ZooProvider()
    model = provider.get(DEFAULT_MODEL_ID, device)
    sys.stdout.write(f"{device.name}, torch {torch.__version__}, {options.quality}\n")
    sys.stdout.write(
        "photo        region       scale  tiles  network MP  network s  engine s  ratio  read ms\n"
    )
    for photo, region, factor in CASES:
        request = _request(photo, region, factor, options.quality, options.device)
        bare, engine, reading = _measured(request, model, provider, options.rounds, clock)
        pixels = sum(each.network_pixels for each in request.passes) / 1e6
        sys.stdout.write(
            f"{photo.width}×{photo.height:<7} {region.width}×{region.height:<7} 1/{factor}"
            f" {request.tile_count:8} {pixels:11.3f} {bare:10.3f} {engine:9.3f}"
            f" {engine / bare:6.3f} {1000 * reading:8.2f}\n"
        )


def _request(photo: Size, region: Rect, factor: int, quality: str, device: str) -> InferenceRequest:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (photo.height, photo.width, 3), np.uint8)
    pixels.setflags(write=False)
    grid = plan_grid(region, photo, policy_for(card(DEFAULT_MODEL_ID)), factor)
    key = LayerKey(DEFAULT_MODEL_ID, quality, grid)
    indices = tuple(tiles_for_mask(grid, None, region))
    return InferenceRequest(1, pixels, (RestorePass(key, indices, "region"),), device=device)


def _measured(
    request: InferenceRequest, model: Model, provider: ZooProvider, rounds: int, clock: Clock
) -> tuple[float, float, float]:
    """Least seconds of the bare network, of the engine, and of reading 256² for display."""
    (only,) = request.passes
    grid = only.key.grid
    device = choose_device(request.device)
    inputs = []
    for index in only.indices:
        source = tensors.crop(request.pixels, grid.input(index))
        batch = tensors.to_batch(source, device.torch_device)
        inputs.append(tensors.shrunk(batch, grid.factor).contiguous())
    layer = RestoredTiles(only.key)

    def bare() -> None:
        with torch.inference_mode():
            for batch in inputs:
                model(batch, only.key.quality)
        synchronize(device)

    def engine() -> None:
        for tile in run(request, provider):
            layer.put(tile.index, tile.pixels)

    bare()
    times = [(_seconds(bare, clock), _seconds(engine, clock)) for _ in range(rounds)]
    shown = Rect(grid.core(only.indices[0]).right - 128, grid.core(only.indices[0]).y, 256, 256)
    reading = min(_seconds(lambda: read_layers([layer], shown), clock) for _ in range(20))
    return min(each[0] for each in times), min(each[1] for each in times), reading


def _seconds(work: Callable[[], object], clock: Clock) -> float:
    started = clock()
    work()
    return clock() - started


if __name__ == "__main__":
    main()
