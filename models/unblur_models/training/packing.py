"""Packs folders of pictures: `python -m unblur_models.training.packing {sharp,pairs} …`.

Needs Pillow; what it writes is read with numpy alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from unblur_models.training.data.decoding import pair_sources, sharp_sources
from unblur_models.training.data.folders import pairs_in, pictures_in
from unblur_models.training.data.pack import open_pack, write_pack


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one pack and says what is in it."""
    options = _parser().parse_args(arguments)
    if options.what == "sharp":
        paths = pictures_in(options.folder)
        count = write_pack(options.pack, sharp_sources(options.folder, paths, options.smallest))
    else:
        pairs = [
            pair
            for pair in pairs_in(options.folder)
            if not options.sequence or pair.sequence.split("/")[-1] in options.sequence
        ]
        count = write_pack(options.pack, pair_sources(pairs))
    pack = open_pack(options.pack)
    sequences = len({each.sequence for each in pack.pictures})
    sys.stdout.write(
        f"{options.pack}: {count} pictures of {sequences} sequences, "
        f"{len(pack.pixels) / 1e6:.1f} megapixels\n"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.packing")
    parser.add_argument("what", choices=("sharp", "pairs"), help="photographs, or blurred pairs")
    parser.add_argument("folder", type=Path, help="where the pictures are")
    parser.add_argument("pack", type=Path, help="the pack to write, without a suffix")
    parser.add_argument(
        "--sequence", action="append", help="take only the pairs of this sequence (repeatable)"
    )
    parser.add_argument(
        "--smallest", type=int, default=400, help="leave out photographs with a shorter side"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
