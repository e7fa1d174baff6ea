"""Packs folders of pictures: `python -m unblur_models.training.packing {sharp,pairs,masks} …`.

Needs Pillow, and OpenCV for masks; what it writes is read with numpy alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from unblur_models.training.data.decoding import pair_sources, sharp_sources
from unblur_models.training.data.folders import pairs_in, pictures_in
from unblur_models.training.data.pack import Source, open_pack, write_pack


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one pack and says what is in it."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.what == "masks" and options.model is None:
        parser.error("masks need --model")
    count = write_pack(options.pack, _sources(options))
    pack = open_pack(options.pack)
    sequences = len({each.sequence for each in pack.pictures})
    sys.stdout.write(
        f"{options.pack}: {count} pictures of {sequences} sequences, "
        f"{len(pack.pixels) / 1e6:.1f} megapixels\n"
    )
    return 0


def _sources(options: argparse.Namespace) -> Iterator[Source]:
    if options.what == "pairs":
        pairs = [
            pair
            for pair in pairs_in(options.folder)
            if not options.sequence or pair.sequence.split("/")[-1] in options.sequence
        ]
        return pair_sources(pairs)
    paths = pictures_in(options.folder)
    photographs = sharp_sources(options.folder, paths, options.smallest)
    if options.what == "sharp":
        return photographs
    # Here, so that the other packs need no OpenCV.
    from unblur_models.training.data import cutting

    return cutting.cut_outs(photographs, cutting.SalientThing(options.model), options.smallest)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.packing")
    parser.add_argument(
        "what",
        choices=("sharp", "pairs", "masks"),
        help="photographs, blurred pairs, or what stands in front in photographs",
    )
    parser.add_argument("folder", type=Path, help="where the pictures are")
    parser.add_argument("pack", type=Path, help="the pack to write, without a suffix")
    parser.add_argument(
        "--sequence", action="append", help="take only the pairs of this sequence (repeatable)"
    )
    parser.add_argument(
        "--smallest", type=int, default=400, help="leave out photographs with a shorter side"
    )
    parser.add_argument("--model", type=Path, help="u2netp.onnx, which finds what stands in front")
    return parser


if __name__ == "__main__":
    sys.exit(main())
