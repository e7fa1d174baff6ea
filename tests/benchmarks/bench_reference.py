"""Write what `unblur bench` compares its results with: resources/bench/reference.npz.

    python tests/benchmarks/bench_reference.py

To be run when an embedded model comes, goes or changes; on a CPU, in single precision.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from unblur import paths
from unblur.cli import bench_reference
from unblur.document.geometry import Rect, Size
from unblur.engine.bench import photo_request
from unblur.engine.blending import RestoredTiles
from unblur.engine.provider import ZooProvider
from unblur.engine.runner import run
from unblur_models import catalog

CROP = Path(__file__).parents[1] / "data" / "pairs" / "gopro-00-blur.png"


def main() -> None:
    folder = paths.resources_dir() / "bench"
    side = bench_reference.SIDE
    stored = {"picture": np.asarray(Image.open(CROP).convert("RGB"))[:side, :side]}
    np.savez_compressed(folder / "reference.npz", **stored)  # type: ignore[arg-type]
    whole, provider = Rect(0, 0, side, side), ZooProvider()
    for card in catalog.available():
        for quality in card.qualities:
            picture = bench_reference.picture_of(Size(side, side))
            request = photo_request(card, quality.id, "cpu", picture, whole)
            tiles = RestoredTiles(request.passes[0].key)
            for tile in run(request, provider):
                tiles.put(tile.index, tile.pixels)
            pixels = np.rint(tiles.read(whole)[0] / 257.0).astype(np.uint8)
            name = bench_reference.name_of(card.id, quality.id)
            stored[name] = pixels[bench_reference.MIDDLE.slices]
            sys.stdout.write(f"{name}\n")
    np.savez_compressed(folder / "reference.npz", **stored)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
