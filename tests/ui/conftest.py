"""A session on small photos, and an inference client that a test plays by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Rectangle
from unblur.engine.request import RestorePass, TileResult
from unblur.imaging import masks
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session
from unblur.workers.inference import EngineStatus

SIZE = Size(600, 400)
PATH = Path("/photos/a.png")
CPU = EngineStatus("Test CPU", "cpu", False, "fp32", "2.0")


class FakeClient(QObject):
    """Behaves as InferenceClient does, but its tiles come when the test says so."""

    tile_ready = Signal(object)
    finished = Signal(int)
    failed = Signal(int, object)
    warmed = Signal(object)
    warm_up_failed = Signal(object)
    speed_measured = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[RestorePass, ...]] = []
        self.cancelled = 0
        self.is_busy = False
        self.status: EngineStatus | None = None
        self.seconds_per_tile: float | None = None
        self.warmed_up: list[tuple[str, str]] = []
        self._given = 0

    def submit(self, passes: Sequence[RestorePass], _pixels: object) -> int:
        self.requests.append(tuple(passes))
        self.is_busy, self._given = True, 0
        return len(self.requests)

    def cancel(self) -> None:
        self.cancelled += self.is_busy
        self.is_busy = False

    def warm_up(self, model_id: str, device: str = "auto") -> None:
        self.warmed_up.append((model_id, device))

    def become_ready(self) -> None:
        self.status = CPU
        self.warmed.emit(CPU)

    def estimate(self, passes: Sequence[RestorePass]) -> float | None:
        if self.seconds_per_tile is None:
            return None
        return self.seconds_per_tile * sum(len(item.indices) for item in passes)

    def shutdown(self) -> None:
        self.cancel()

    @property
    def tiles(self) -> list[tuple[RestorePass, int]]:
        """The tiles of the last request, in their order."""
        return [(item, i) for item in self.requests[-1] for i in range(len(item.indices))]

    def give_tile(self, *, request_id: int | None = None, value: int = 40000) -> None:
        """The next tile is done, in one flat colour."""
        item, i = self.tiles[self._given]
        self._given += 1
        rect = item.key.grid.support(item.indices[i])
        pixels = np.full((rect.height, rect.width, 3), value, np.uint16)
        pixels.setflags(write=False)
        self.tile_ready.emit(
            TileResult(
                request_id=request_id or len(self.requests),
                key=item.key,
                region_id=item.region_id,
                index=item.indices[i],
                rect=rect,
                pixels=pixels,
                done=self._given,
                total=len(self.tiles),
                seconds=0.1,
            )
        )

    def finish(self) -> None:
        """All tiles that are left, and the end."""
        while self._given < len(self.tiles):
            self.give_tile()
        self.is_busy = False
        self.finished.emit(len(self.requests))


MakePhoto = Callable[..., Photo]


@pytest.fixture
def make_photo() -> MakePhoto:
    """Photos of noise: `make_photo(size, path)`."""

    def make(size: Size = SIZE, path: Path | None = PATH) -> Photo:
        random = np.random.default_rng(size.area)
        pixels = random.integers(0, 256, (size.height, size.width, 3), np.uint8)
        pixels.setflags(write=False)
        digest = hashlib.blake2b(pixels.tobytes(), digest_size=20).hexdigest()
        name = path.name if path else "Pasted picture"
        return Photo(pixels, digest, path, name)

    return make


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """An empty session."""
    session = Session(masks)
    yield session
    for opened in session.photos:
        session.close(opened)
    session.deleteLater()


@pytest.fixture
def client(qtbot: QtBot) -> FakeClient:
    """A client whose engine is ready."""
    client = FakeClient()
    client.status = CPU
    return client


@pytest.fixture
def view() -> list[View]:
    """What the canvas shows; put another View at index 0 to look elsewhere."""
    return [View(Rect(0, 0, 600, 400), Point(300, 200))]


@pytest.fixture
def restorer(session: Session, client: FakeClient, view: list[View]) -> Iterator[Restorer]:
    """A restorer on the fake client."""
    restorer = Restorer(session, client, lambda: view[0], client.estimate)  # type: ignore[arg-type]
    yield restorer
    restorer.deleteLater()


@pytest.fixture
def rectangle(session: Session) -> Callable[[Rect], Region]:
    """Adds a rectangular region to the shown photo and returns it."""

    def add(rect: Rect) -> Region:
        region = session.new_region(Rectangle(rect))
        assert session.document is not None
        session.edit(session.document.with_region(region), "Add Region")
        return region

    return add
