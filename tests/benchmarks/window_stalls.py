"""How long the window stands still while photos are looked at: the longest gap between two beats.

A timer of the event loop beats every few milliseconds while each search runs in the pool, as it
does in the window. Python's other threads share one lock with the window's: what holds it, or
runs in it for long, is seen here as a late beat.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.window_stalls [PHOTO] [--megapixels 24]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

from unblur import paths
from unblur.document.buffer import PixelImage
from unblur.document.document import Document
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.region import RegionId
from unblur.document.shapes import Ellipse
from unblur.ui import heavy
from unblur.ui.garbage import GarbageOnThisThread
from unblur.workers.files import FileJobs

BEAT_MS = 2


@dataclass(frozen=True)
class Stall:
    """The longest gap between two beats and how long the work took, in seconds."""

    longest: float
    seconds: float
    beats: int


class Heart(QObject):
    """Beats, and remembers the longest time between two beats."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest, self.beats = 0.0, 0
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        """Beat no more; what was missed up to now counts."""
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.beats += 1


def stall_of(work: Callable[[], object]) -> Stall:
    """Run `work` in the pool, and the event loop of this thread until it ends.

    Raises what `work` raised, as the AppError that the window would be told.
    """
    jobs, heart = FileJobs(), Heart()
    ended: list[object] = []
    jobs.answered.connect(lambda _key, answer: ended.append(answer))
    jobs.not_answered.connect(lambda _key, error: ended.append(error))
    started = time.perf_counter()
    jobs.ask(object(), work)
    while not ended:
        QCoreApplication.processEvents()
        time.sleep(0.0002)
    seconds = time.perf_counter() - started
    heart.stop()
    jobs.shutdown()
    jobs.deleteLater()
    if isinstance(ended[0], Exception):
        raise ended[0]
    return Stall(heart.longest, seconds, heart.beats)


class NoLayers:
    """Nothing was restored."""

    def read(self, _region_id: RegionId, _rect: Rect) -> None:
        """No pixels anywhere."""


def searches(photo: Photo) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the window asks of a photo, by name."""
    from unblur.ui.things import SegmentedThings

    def proceed() -> None: ...

    pixels, things = photo.pixels, SegmentedThings()
    middle = Point(photo.size.width / 2, photo.size.height / 2)
    yield "nothing", lambda: time.sleep(3.0)  # how late beats are on this machine as it is
    yield "look at the blur", lambda: heavy.look_at(pixels, proceed)
    yield "faces", lambda: heavy.find_faces(pixels, proceed)
    yield "a missed face", lambda: heavy.find_face_at(pixels, middle, (), proceed)
    yield "people, sharp", lambda: heavy.find_people(pixels, True, proceed)
    yield "people, blurred", lambda: heavy.find_people(pixels, False, proceed)
    yield "look at things", lambda: things.prepare(photo, proceed)
    yield "a click", lambda: things.find(photo, [middle], [], None, proceed)
    document, oval = (
        Document(photo),
        Ellipse(photo.rect.expanded(-photo.size.height // 4, photo.rect)),
    )
    yield "refine an edge", lambda: heavy.refine_mask(document, NoLayers(), (oval,), proceed)


def enlarged(pixels: PixelImage, megapixels: float) -> PixelImage:
    """The picture with so many pixels."""
    from unblur.imaging.opencv import cv2

    scale = (megapixels * 1e6 / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    return np.ascontiguousarray(cv2.resize(pixels, None, fx=scale, fy=scale))


def main() -> None:
    """Print the longest stall of every search, the first run and a second one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("photo", nargs="?", type=Path, default=paths.sample_photo())
    parser.add_argument("--megapixels", type=float, default=24.0)
    options = parser.parse_args()
    application = QCoreApplication(sys.argv[:1])
    garbage = GarbageOnThisThread(application)
    garbage.start()
    pixels = enlarged(heavy.decode(options.photo).pixels, options.megapixels)
    photo = Photo(pixels, fingerprint="enlarged")
    sys.stdout.write(f"{photo.size.megapixels:.0f} megapixels\n")
    for name, work in searches(photo):
        for run in ("first", "again"):
            stall = stall_of(work)
            words = f"{stall.longest * 1e3:6.0f} ms of {stall.seconds:5.2f} s"
            sys.stdout.write(f"{name:18} {run:6} {words}\n")
            sys.stdout.flush()
    garbage.stop()


if __name__ == "__main__":
    main()
