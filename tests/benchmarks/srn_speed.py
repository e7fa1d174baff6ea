"""How fast SRN-DeblurNet is, and what minimal filtering saves, beside a draft of MAXIM.

    python tests/benchmarks/srn_speed.py [--tile 320] [--threads 2] [--rounds 5]

All see the same tile turn by turn, and the least time of each counts. `wall` is time on the
clock, `CPU` the processor time of all threads. Megapixels are of the network's input.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from unblur_models.loading import load_model
from unblur_models.srn.blocks import Convolution

Run = Callable[[], Tensor]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tile", type=int, default=320)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    srn, maxim = load_model("srn-color.gopro"), load_model("maxim-3s.gopro")
    tile = torch.rand(1, 3, options.tile, options.tile)
    runs: dict[str, Run] = {
        "SRN": lambda: srn(tile, "good"),
        "SRN, every convolution direct": lambda: _directly(lambda: srn(tile, "good")),
        "MAXIM, draft": lambda: maxim(tile, "draft"),
    }
    megapixels = tile.shape[2] * tile.shape[3] / 1e6
    for name, (wall, processor) in _least(runs, options.rounds).items():
        sys.stdout.write(
            f"{name:30} {wall / megapixels:5.1f} s/MP wall {processor / megapixels:5.1f} CPU\n"
        )


def _least(runs: dict[str, Run], rounds: int) -> dict[str, tuple[float, float]]:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(1 + rounds):  # the first, in which kernels are prepared, is never the least
        for name, run in runs.items():
            wall, processor = time.perf_counter(), time.process_time()
            run()
            times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    return {
        name: (min(wall for wall, _ in found), min(processor for _, processor in found))
        for name, found in times.items()
    }


def _directly(run: Run) -> Tensor:
    """Run with minimal filtering switched off."""
    minimal = Convolution.is_quicker_minimal
    Convolution.is_quicker_minimal = lambda _self, _x: False  # type: ignore[method-assign]
    try:
        return run()
    finally:
        Convolution.is_quicker_minimal = minimal  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
