"""From a moved dial of a PSF to the first pixels that it changed, on the real canvas.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.dial_latency [PHOTO] [--megapixels 12]

A region of 600 × 400 in the middle of the photo is shown at 100 % and deconvolved; the length of
its motion is turned, again and again, each time after the last look has ended. Milliseconds from
the edit to the request, to the first tile of the engine, to the end of the repaint that shows it
and to the end of the look; at last the time of the tile itself. The last line has the medians
of all turns but the first, which waits for the engine to start.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from tests.benchmarks.window_stalls import enlarged

from unblur import paths
from unblur.document.deconvolution import Deconvolution, MotionBlur
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region
from unblur.document.shapes import Rectangle
from unblur.engine.request import TileResult
from unblur.ui import heavy
from unblur.ui.canvas.canvas import Canvas
from unblur.ui.live_preview import LivePreview
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session
from unblur.workers.inference import InferenceClient

REGION = 600, 400
PATIENCE = 30.0


class Clock(QObject):
    """Notes when something was painted, and when the first tile came."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self.start()
        canvas.installEventFilter(self)

    def start(self) -> None:
        """From now on."""
        self.asked = self.tile = self.painted = self.ended = self.seconds = 0.0
        self.began = time.perf_counter()

    def on_glancing(self, is_on: bool) -> None:
        """A look was asked for, or is complete."""
        if is_on:
            self.asked = self.asked or time.perf_counter()
        else:
            self.ended = time.perf_counter()

    def on_tile(self, tile: TileResult) -> None:
        """The engine's first answer counts."""
        if not self.tile:
            self.tile, self.seconds = time.perf_counter(), tile.seconds

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The first paint after the first tile counts, once it is over."""
        if event.type() == QEvent.Type.Paint and self.tile and not self.painted:
            self.painted = -1.0  # the same event comes by once more
            watched.event(event)
            self.painted = time.perf_counter()
            return True
        return False


def main() -> None:
    """Print every turn of the dial, and the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photo", nargs="?", type=Path, default=paths.sample_photo())
    parser.add_argument("--megapixels", type=float, default=12.0)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    measure(options.photo, options.megapixels, options.rounds)


def measure(path: Path, megapixels: float, rounds: int) -> None:
    """Show the photo on a canvas with everything behind it, and turn."""
    application = QApplication(sys.argv[:1])
    canvas, client, session = Canvas(), InferenceClient(), Session(heavy)
    restorer = Restorer(
        session, client, lambda: View(canvas.visible_rect(), canvas.view_center()), client.estimate
    )
    live = LivePreview(session, restorer)
    session.document_changed.connect(lambda *both: canvas.show_document(*both, session))
    session.restored_changed.connect(canvas.restored_changed)
    canvas.resize(1200, 800)
    canvas.show()
    photo = Photo(enlarged(heavy.decode(path).pixels, megapixels), fingerprint="enlarged")
    session.open(photo)
    width, height = photo.size
    corner = (width - REGION[0]) // 2, (height - REGION[1]) // 2
    region = session.new_region(Rectangle(Rect(*corner, *REGION)))
    session.edit(session.current.document.with_region(region), "Add Region")
    canvas.zoom_to(1.0)
    clock = Clock(canvas)
    client.tile_ready.connect(clock.on_tile)
    restorer.glancing_changed.connect(clock.on_glancing)
    rows = [turned(session, clock, region, 12.0 + 0.5 * i) for i in range(rounds + 1)]
    for row in rows:
        say(row)
    # The first one waited for the engine to start.
    say({name: statistics.median(row[name] for row in rows[1:]) for name in rows[0]})
    client.shutdown()
    del live, application


def turned(session: Session, clock: Clock, region: Region, length: float) -> dict[str, float]:
    """Milliseconds of one turn of the dial."""
    recipe = Deconvolution(MotionBlur(length, 30.0))
    model = ModelChoice("deconvolution", "hyper-laplacian", deconvolution=recipe)
    clock.start()
    session.edit_region(replace(region, model=model), "Change Blur")
    end = time.perf_counter() + PATIENCE
    while not clock.ended and time.perf_counter() < end:
        QCoreApplication.processEvents()
        time.sleep(0.0002)
    times = {
        "asked": clock.asked,
        "first tile": clock.tile,
        "painted": clock.painted,
        "complete": clock.ended,
    }
    found = {name: 1e3 * (when - clock.began) for name, when in times.items()}
    rest(0.3)
    return {**found, "the tile itself": 1e3 * clock.seconds}


def rest(seconds: float) -> None:
    """Let the window do what it does when nobody touches it."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QCoreApplication.processEvents()
        time.sleep(0.001)


def say(row: dict[str, float]) -> None:
    """One line."""
    sys.stdout.write("; ".join(f"{name} {value:.0f}" for name, value in row.items()) + " ms\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
