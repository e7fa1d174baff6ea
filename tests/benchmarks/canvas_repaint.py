"""How long the canvas takes to repaint: 24 megapixels, all of it restored, in 1920 × 1080.

Run `python tests/benchmarks/canvas_repaint.py`; add `--platform xcb` for a real display.
A repaint is one change followed by the paint that it causes, in wall-clock milliseconds;
the last column is the processor time of the process, which a busy machine changes less.
The aim for divider and strength is a p95 of 16 ms, and 100 ms from Photo to first picture.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

PHOTO_WIDTH, PHOTO_HEIGHT = 6000, 4000
REPEATS = 60


class Layers:
    """A whole restored photo, ready in memory."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def read(self, region_id: str, rect) -> tuple[np.ndarray, np.ndarray]:
        """Pixels and full coverage of a rectangle."""
        return self._pixels[rect.slices], np.ones((rect.height, rect.width), np.float32)


def report(name: str, times: list[float], busy: list[float]) -> None:
    """One line of the table."""
    median, p95 = np.percentile(times, (50, 95))
    busy_p95 = np.percentile(busy, 95)
    print(f"{name:34s} {median:8.1f} {p95:8.1f} {max(times):8.1f} {busy_p95:8.1f}")  # noqa: T201


class Clock:
    """Milliseconds of the wall and of the processor since it was made."""

    def __init__(self) -> None:
        self._wall, self._busy = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Both, now."""
        wall, busy = time.perf_counter() - self._wall, time.process_time() - self._busy
        return wall * 1e3, busy * 1e3


def report_once(name: str, clock: Clock) -> None:
    """One line for what happens only once."""
    wall, busy = clock.read()
    report(name, [wall], [busy])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="offscreen")
    arguments = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = arguments.platform
    measure()


def measure() -> None:
    """Open the photo, then move everything that can be moved."""
    from PySide6.QtWidgets import QApplication

    from unblur.document.buffer import read_only
    from unblur.document.document import Document, diff
    from unblur.document.photo import Photo
    from unblur.document.region import ModelChoice, Region, RegionId
    from unblur.document.shapes import WholePhoto
    from unblur.ui.canvas.canvas import Canvas

    app = QApplication([])
    chance = np.random.default_rng(1)
    pixels = chance.integers(0, 255, (PHOTO_HEIGHT, PHOTO_WIDTH, 3), np.uint8)
    layers = Layers((255 - pixels).astype(np.uint16) * 257)
    photo = Photo(read_only(pixels), "noise")
    region = Region(RegionId("r"), "All", (WholePhoto(),), ModelChoice("m", "draft"), 0.8)
    canvas = Canvas()
    canvas.resize(1920, 1080)
    canvas.show()
    app.processEvents()

    def settle() -> None:
        while True:
            app.processEvents()
            canvas.repaint()
            if canvas.is_complete:
                return

    def show(document: Document) -> None:
        canvas.show_document(document, diff(canvas.document, document), layers)

    def moved(name: str, change: Callable[[int], object], repeats: int = REPEATS) -> None:
        readings = []
        for step in range(repeats):
            clock = Clock()
            change(step)
            app.processEvents()
            readings.append(clock.read())
        report(name, [wall for wall, _ in readings], [busy for _, busy in readings])

    print(f"{'milliseconds':34s} {'median':>8s} {'p95':>8s} {'worst':>8s} {'cpu p95':>8s}")  # noqa: T201
    clock = Clock()
    show(Document(photo))
    canvas.repaint()
    report_once("open: first picture", clock)
    settle()
    report_once("open: every tile sharp", clock)
    document = Document(photo, (region,))
    clock = Clock()
    show(document)
    canvas.move_divider(0.0)
    settle()
    report_once("all restored pixels appear", clock)
    moved("divider", lambda step: canvas.move_divider(0.02 + step / 64))
    canvas.move_divider(0.0)
    moved(
        "strength",
        lambda step: show(document.with_region(replace(region, strength=step / REPEATS))),
    )
    show(document)
    for scale in (0.45, 1.0, 1.4, 4.0):
        canvas.zoom_to(scale)
        settle()
        moved(f"pan at {scale:.0%}", lambda _: canvas.navigator.pan(-9, 6))
        settle()
    canvas.fit()
    settle()
    moved("zoom in, wheel", lambda _: canvas.navigator.zoom_by(1.06))
    settle()
    moved("zoom out, wheel", lambda _: canvas.navigator.zoom_by(1 / 1.06))
    settle()


if __name__ == "__main__":
    main()
