"""Sends packs to a machine without decoders: `python -m unblur_models.training.journey`.

`fold PACK… OUT` makes crates of a limited size, `unfold CRATE… PACK` makes a pack of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from unblur_models.training.data.crates import sources_in, write_crates
from unblur_models.training.data.pack import open_pack, write_pack


def main(arguments: Sequence[str] | None = None) -> int:
    """Folds or unfolds, and says what came of it."""
    options = _parser().parse_args(arguments)
    *sources, target = options.paths
    if options.what == "unfold":
        write_pack(target, sources_in(sources))
        written = [target.with_suffix(".npy")]
    else:
        written = write_crates(
            [open_pack(each) for each in sources],
            target,
            limit=round(options.megabytes * 1e6),
            is_halved=options.half,
            smallest=options.smallest,
            stride=options.stride,
        )
    for path in written:
        sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.journey")
    parser.add_argument("what", choices=("fold", "unfold"))
    parser.add_argument("paths", type=Path, nargs="+", help="what is read, then what is written")
    parser.add_argument("--megabytes", type=float, default=40.0, help="largest crate")
    parser.add_argument("--half", action="store_true", help="shrink pictures by two")
    parser.add_argument("--stride", type=int, default=1, help="take every so-many-th picture")
    parser.add_argument(
        "--smallest", type=int, default=352, help="leave out pictures with a shorter side"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
