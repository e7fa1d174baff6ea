"""How fast MAXIM is: against the published network layer by layer, and where its time goes.

    python tests/benchmarks/maxim_speed.py [--tile 256] [--threads 2] [--rounds 3]

Both networks see the same tile turn by turn, and the least time of each counts. `wall` is time
on the clock, `CPU` the processor time of all threads. Megapixels are of the network's input,
its rim included. Peak memory is that of the process, above what it holds when the weights are
loaded; it is measured before the published network runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from unblur_models.catalog import DEFAULT_MODEL_ID
from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model
from unblur_models.weights import WEIGHTS_DIR, read_weights

Run = Callable[[], Tensor]
KINDS = {
    "aten::bmm": "mixing of tokens (matrix products)",
    "aten::copy_": "tokens to and from their sets",
    "aten::mkldnn_convolution": "convolutions",
    "aten::_convolution": "convolutions",
    "aten::native_layer_norm": "layer norms",
    "mkldnn::_linear_pointwise": "dense layers with GELU or sum",
    "aten::upsample_bilinear2d": "enlarging",
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tile", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-plain", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    model = load_model(DEFAULT_MODEL_ID)
    tile = torch.rand(1, 3, options.tile, options.tile)
    before = _peak_memory()
    model(tile, "best")
    _say(f"peak memory of three stages: {_peak_memory() - before:.0f} MB above the weights")
    plain = None if options.no_plain else _plain(model)
    for quality in model.card.qualities:
        _compare(model, plain, tile, quality.id, options.rounds)
    _profile(lambda: model(tile, "best"))


def _compare(
    model: ModelDescriptor,
    plain: Callable[[Tensor, int], Tensor] | None,
    tile: Tensor,
    quality: str,
    rounds: int,
) -> None:
    megapixels = tile.shape[2] * tile.shape[3] / 1e6
    stages = model.card.quality(quality).stages
    runs: dict[str, Run] = {"fast": lambda: model(tile, quality)}
    if plain is not None:
        runs["published"] = lambda: plain(tile, stages)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            wall, processor = time.perf_counter(), time.process_time()
            run()
            times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    least = {
        name: [min(each) / megapixels for each in zip(*found, strict=True)]
        for name, found in times.items()
    }
    words = [f"{name} {wall:5.1f} s/MP wall {cpu:5.1f} CPU" for name, (wall, cpu) in least.items()]
    if plain is not None:
        wall, cpu = (a / b for a, b in zip(least["published"], least["fast"], strict=True))
        words.append(f"{wall:.2f} times as fast on the clock, {cpu:.2f} in processor time")
    _say(f"{quality:6} " + "; ".join(words))


def _plain(model: ModelDescriptor) -> Callable[[Tensor, int], Tensor]:
    path = Path(__file__).parents[1] / "models" / "plain_maxim.py"
    spec = importlib.util.spec_from_file_location("plain_maxim", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    card = model.card
    stored = read_weights(WEIGHTS_DIR / card.weights_file, card.sha256)
    state = {name: value.float() for name, value in stored.items()}

    def run(tile: Tensor, stages: int) -> Tensor:
        with torch.inference_mode():
            restored: Tensor = module.plain_maxim(state, tile, stages)
        return restored

    return run


def _profile(run: Run) -> None:
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        run()
    spent: Counter[str] = Counter()
    for event in profile.key_averages():
        spent[KINDS.get(event.key, "everything else")] += event.self_cpu_time_total
    for kind, microseconds in spent.most_common():
        _say(f"{microseconds / spent.total():6.1%} {kind}")


def _peak_memory() -> float:
    """MB, from the kernel; 0 where it does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = (line.split() for line in status.read_text(encoding="ascii").splitlines())
    return next(float(words[1]) / 1024 for words in lines if words[0] == "VmHWM:")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
