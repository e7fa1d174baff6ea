"""What the engine costs beside the network: the time of `run` over that of the bare network.

    python tests/benchmarks/engine_overhead.py [--quality draft] [--threads N] [--rounds N]
        [--clock wall|cpu]

Both see the same inputs in the same run, turn by turn, so that a busy machine slows both;
the least time of each counts. On a CPU that others use too, `--clock cpu` counts the time that
this process computed. Aim: a ratio of at most 1.10. `unblur bench` measures a single tile.
"""

from __future__ import annotations

import argparse
import sys
import time

# Before torch: how its threads wait for one another is read when it is imported.
from unblur.engine.blending import RestoredTiles, read_layers  # isort: split

import torch

from unblur.document.geometry import Rect, Size
from unblur.engine.bench import benchmark_request, measure_laps
from unblur.engine.device import choose_device
from unblur.engine.provider import ZooProvider
from unblur.engine.request import InferenceRequest
from unblur.engine.runner import run
from unblur_models.catalog import DEFAULT_MODEL_ID, card

# Photo, region and factor: a face, a face in a large photo at a smaller scale, a small photo.
CASES = (
    (Size(1280, 720), Rect(300, 200, 256, 256), 1),
    (Size(6000, 4000), Rect(2000, 1500, 1000, 1000), 4),
    (Size(6000, 4000), Rect(2000, 1500, 256, 256), 1),
    (Size(544, 272), Rect(0, 0, 544, 272), 1),
)


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
    device, provider, facts = choose_device(options.device), ZooProvider(), card(DEFAULT_MODEL_ID)
    sys.stdout.write(f"{device.name}, torch {torch.__version__}, {options.quality}\n")
    sys.stdout.write(
        "photo        region       scale  tiles  network MP  network s  engine s  ratio  read ms\n"
    )
    for photo, region, factor in CASES:
        request = benchmark_request(facts, options.quality, device.kind, photo, region, factor)
        laps = measure_laps(request, provider, options.rounds)
        clock = "wall" if options.clock == "wall" else "processor"
        bare, engine = (
            min(getattr(lap, clock) for lap in each) for each in (laps.network, laps.engine)
        )
        sys.stdout.write(
            f"{photo.width}×{photo.height:<7} {region.width}×{region.height:<7} 1/{factor}"
            f" {request.tile_count:8} {laps.network_pixels / 1e6:11.3f} {bare:10.3f}"
            f" {engine:9.3f} {engine / bare:6.3f} {1000 * _reading(request, provider):8.2f}\n"
        )


def _reading(request: InferenceRequest, provider: ZooProvider) -> float:
    """Least seconds of reading 256² across two tiles for display."""
    (only,) = request.passes
    layer = RestoredTiles(only.key)
    for tile in run(request, provider):
        layer.put(tile.index, tile.pixels)
    core = only.key.grid.core(only.indices[0])
    shown = Rect(core.right - 128, core.y, 256, 256)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        read_layers([layer], shown)
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
