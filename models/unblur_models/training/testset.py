"""Sets to measure on: `python -m unblur_models.training.testset CONFIG OUT --kind shake`.

Blur that is made of the photographs that a run holds out, as PNG files in OUT/blurred and
OUT/sharp: what `unblur evaluate` reads. The samples are those that the run validates on, so
they are the same for every run on the same photographs, and no network has been trained on
them. Noise, colour mosaic and JPEG come as the configuration makes them. Several kinds may go
into one OUT: the kind is in the names.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from unblur_models.training.config import RunConfig, read_run
from unblur_models.training.data.pack import Pixels
from unblur_models.training.errors import ConfigError, TrainingError
from unblur_models.training.png import pixels_of, write_png
from unblur_models.training.samples import RunData, SampleSource
from unblur_models.training.synthesis.jpeg import MULTIPLE
from unblur_models.training.synthesis.pipeline import KINDS

_BATCH = 4
_SIDE = 320  # as wide as the narrowest photographs that are packed allow


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One pair (side, side, 3), and what it is called: KIND-NUMBER."""

    name: str
    blurred: Pixels = field(repr=False)
    sharp: Pixels = field(repr=False)


def held_out_source(config: RunConfig) -> SampleSource:
    """Blur of the photographs that the run never trains on.

    Raises ConfigError where it trains on all of them, PackError and LeakError.
    """
    if config.data.held_out <= 0:
        raise ConfigError("data.held_out", "no photographs are held out to measure on")
    return RunData(config, torch.device("cpu")).made


def samples(
    source: SampleSource, kind: str | None, side: int, first: int, count: int
) -> Iterator[Sample]:
    """The first `count` samples of a kind (None: of any), from sample `first` on.

    `side` is a multiple of 16. Raises ValueError when a photograph is narrower than it and
    the rim that blur draws from.
    """
    indices = source.of_kind(kind, first, count)
    for part in torch.split(indices, _BATCH):
        with torch.inference_mode():
            blurred, sharp = source.made(part, side)[:2]
        rows = zip(part.tolist(), source.kinds(part), blurred, sharp, strict=True)
        for number, own, soft, clear in rows:
            yield Sample(f"{own}-{number:05d}", pixels_of(soft), pixels_of(clear))


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the pairs and says how many of each kind there are."""
    options = _parser().parse_args(arguments)
    try:
        config = read_run(options.config, with_stock=False)
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        source = held_out_source(config)
        names = []
        for each in samples(source, options.kind, options.side, options.first, options.count):
            write_png(options.out / "blurred" / f"{each.name}.png", each.blurred)
            write_png(options.out / "sharp" / f"{each.name}.png", each.sharp)
            names.append(each.name)
    except (TrainingError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    counts = {kind: sum(name.startswith(f"{kind}-") for name in names) for kind in KINDS}
    said = ", ".join(f"{count} of {kind}" for kind, count in counts.items() if count)
    sys.stdout.write(f"{options.out}: {said}; {options.side} × {options.side} pixels\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.testset")
    parser.add_argument("config", type=Path, help="TOML file of the run")
    parser.add_argument("out", type=Path, help="folder for blurred/ and sharp/")
    parser.add_argument("--kind", choices=KINDS, help="only blur of this kind")
    parser.add_argument("--count", type=_positive, default=24, help="pairs")
    parser.add_argument("--first", type=int, default=0, help="number of the first sample")
    parser.add_argument(
        "--side", type=_side, default=_SIDE, help=f"of a picture, a multiple of {MULTIPLE}"
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above zero")
    return int(text)


def _side(text: str) -> int:
    side = _positive(text)
    if side % MULTIPLE:
        raise argparse.ArgumentTypeError(f"{text} is no multiple of {MULTIPLE}")
    return side


if __name__ == "__main__":
    sys.exit(main())
