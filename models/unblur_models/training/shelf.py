"""Made-up blur in stock: `python -m unblur_models.training.shelf CONFIG PACK --count N`.

On a CPU blurring a patch costs more than a small network's step on it. A shelf is a pack of
pairs that were blurred once: a run cuts, turns and mirrors patches out of them for the price of
a copy. Pairs are wider than patches, so that one of them serves many times.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from unblur_models.training.config import read_run
from unblur_models.training.data.pack import Source, write_pack
from unblur_models.training.png import pixels_of
from unblur_models.training.samples import RunData, SampleSource

_BATCH = 8
_FIRST = 1 << 40  # samples that no run reaches by itself


def stock(source: SampleSource, side: int, first: int, count: int) -> Iterator[Source]:
    """Pairs of `side`² pixels, made as the run's own samples are, from sample `first` on."""
    for start in range(first, first + count, _BATCH):
        numbers = range(start, min(start + _BATCH, first + count))
        with torch.inference_mode():
            blurred, sharp = source.made(torch.tensor(numbers) + _FIRST, side)[:2]
        for number, soft, clear in zip(numbers, blurred, sharp, strict=True):
            name = f"{source.made_of}/{number}"
            yield Source(name, name, pixels_of(clear), pixels_of(soft))


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one pack from the photographs that the run of a configuration trains on."""
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.shelf")
    parser.add_argument("config", type=Path)
    parser.add_argument("pack", type=Path, help="the pack to write, without a suffix")
    parser.add_argument("--count", type=int, default=6000, help="pairs")
    parser.add_argument("--first", type=int, default=0, help="number of the first pair")
    parser.add_argument("--side", type=int, default=256, help="of a pair, a multiple of 16")
    options = parser.parse_args(arguments)
    config = read_run(options.config, with_stock=False)
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    source = RunData(config, torch.device("cpu")).training
    count = write_pack(options.pack, stock(source, options.side, options.first, options.count))
    sys.stdout.write(f"{options.pack}: {count} pairs\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
