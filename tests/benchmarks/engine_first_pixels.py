"""From the click to the first restored pixels of a 256 × 256 region, beside the bare tile.

    python tests/benchmarks/engine_first_pixels.py [--rounds N] [--model ID[:QUALITY]]

The click is `InferenceClient.submit`, the pixels are there when the window's thread has put
the tile into its layer and read it back for display. Aim: one tile's time plus 100 ms, and
0.5 s in all with the quickest network on two cores (a model of one's own counts, once added).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Slot

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.blending import RestoredTiles
from unblur.engine.request import RestorePass, TileResult
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur.model_store import look_for_models
from unblur.workers.inference import InferenceClient
from unblur_models.catalog import DEFAULT_MODEL_ID, card

PHOTO = Size(6000, 4000)
REGION = Rect(2000, 1500, 256, 256)


class Window(QObject):
    """Does with a tile what the window does before it paints."""

    def __init__(self, client: InferenceClient, each: RestorePass) -> None:
        super().__init__()
        self._layer = RestoredTiles(each.key)
        self.shown = 0.0
        self.tile_seconds = 0.0
        self.loop = QEventLoop()
        client.warmed.connect(self._on_warmed)
        client.tile_ready.connect(self._on_tile_ready)
        client.finished.connect(self._on_finished)

    @Slot(object)
    def _on_warmed(self, _: object) -> None:
        self.loop.quit()

    @Slot(object)
    def _on_tile_ready(self, tile: TileResult) -> None:
        self._layer.put(tile.index, tile.pixels)
        self._layer.read(REGION)
        self.shown = time.perf_counter()
        self.tile_seconds = tile.seconds

    @Slot(int)
    def _on_finished(self, _: int) -> None:
        self.loop.quit()


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", default=f"{DEFAULT_MODEL_ID}:draft")
    options = parser.parse_args()
    look_for_models()
    model_id, _, quality = options.model.partition(":")
    facts = card(model_id)
    application = QCoreApplication([])
    pixels = np.random.default_rng(0).integers(0, 256, (PHOTO.height, PHOTO.width, 3), np.uint8)
    pixels.setflags(write=False)
    grid = plan_grid(REGION, PHOTO, policy_for(facts), factor=1)
    key = LayerKey(model_id, quality or facts.qualities[0].id, grid)
    each = RestorePass(key, tuple(tiles_for_mask(grid, None, REGION)), "region")
    client = InferenceClient()
    window = Window(client, each)
    client.warm_up(model_id)
    window.loop.exec()
    beyond = []
    for _ in range(options.rounds):
        clicked = time.perf_counter()
        client.submit((each,), pixels)
        window.loop.exec()
        waited = window.shown - clicked
        beyond.append(waited - window.tile_seconds)
        sys.stdout.write(
            f"tile {window.tile_seconds:.3f} s, click to pixels {waited:.3f} s,"
            f" beyond the tile {1000 * beyond[-1]:.1f} ms\n"
        )
    sys.stdout.write(f"median beyond the tile: {1000 * statistics.median(beyond):.1f} ms\n")
    client.shutdown()
    del application


if __name__ == "__main__":
    main()
