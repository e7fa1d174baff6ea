"""A session on small photos, a window, and an inference client that a test plays by hand."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Rectangle
from unblur.engine.request import RestorePass, TileResult
from unblur.imaging import masks
from unblur.ui.dialogs.export_dialog import Answer, ExportDialog
from unblur.ui.first_picture import FirstPicture
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session
from unblur.workers.inference import EngineStatus

SIZE = Size(600, 400)
REGION = Rect(20, 20, 100, 80)
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
    answered = Signal(object, object)
    not_answered = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[RestorePass, ...]] = []
        self.cancelled = 0
        self.is_busy = False
        self.status: EngineStatus | None = None
        self.seconds_per_tile: float | None = None
        self.warmed_up: list[tuple[str, str]] = []
        self.given = 0
        self.looked_at: list[Point] = []
        self.asked: list[tuple[object, Callable[[], object]]] = []

    def ask(self, key: object, question: Callable[[], object]) -> None:
        self.asked.append((key, question))

    def look_at(self, point: Point) -> None:
        self.looked_at.append(point)

    def submit(self, passes: Sequence[RestorePass], _pixels: object) -> int:
        self.requests.append(tuple(passes))
        self.is_busy, self.given = True, 0
        return len(self.requests)

    def cancel(self) -> None:
        self.cancelled += self.is_busy
        self.is_busy = False

    def warm_up(self, model_id: str, device: str = "auto", conduct: object = None) -> None:
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

    def give_tile(
        self, *, request_id: int | None = None, value: int = 40000, is_left: bool = False
    ) -> None:
        """The next tile is done, in one flat colour."""
        item, i = self.tiles[self.given]
        self.given += 1
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
                done=self.given,
                total=len(self.tiles),
                seconds=0.1,
                is_left=is_left,
            )
        )

    def finish(self) -> None:
        """All tiles that are left, and the end."""
        while self.given < len(self.tiles):
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


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of noise: `save("a.png")`."""

    def write(name: str = "a.png", size: tuple[int, int] = (320, 200)) -> Path:
        random = np.random.default_rng(len(name))
        path = tmp_path / name
        Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), np.uint8)).save(path)
        return path

    return write


@pytest.fixture
def whole_program(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Program]]:
    """Builds the window, with a given client or the real one, and takes it down again."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    style, sheet, palette = qapp.style().name(), qapp.styleSheet(), qapp.palette()
    built: list[Program] = []

    def build(client: object = None) -> Program:
        built.append(Program(qapp, FirstPicture(qapp), client))  # type: ignore[arg-type]
        return built[-1]

    yield build
    for program in built:
        for opened in program.session.photos:
            opened.undo_stack.setClean()
        program.shut_down()
        program.window.close()
        program.window.deleteLater()
        program.deleteLater()
    # Gone before the style is: Qt keeps what a sheet said of a widget, and one that outlives
    # its sheet has been found there after its end, by the next sheet (a crash in setStyleSheet).
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


@pytest.fixture
def program(qtbot: QtBot, client: FakeClient, whole_program: Callable[..., Program]) -> Program:
    """A window that is shown, on the fake client."""
    client.status = None
    program = whole_program(client)
    program.first.show()
    program.begin(())
    qtbot.waitUntil(lambda: bool(client.warmed_up))
    client.become_ready()
    return program


class Person:
    """Someone at the window."""

    def __init__(self, qtbot: QtBot, program: Program) -> None:
        self._qtbot = qtbot
        self._program = program

    def opens(self, *paths: Path) -> None:
        """Open files and wait for them."""
        expected = len(self._program.session.photos) + len(paths)
        self._program.opener.open(paths)
        self._qtbot.waitUntil(lambda: len(self._program.session.photos) == expected)

    def adds_region(self, rect: Rect = REGION) -> None:
        """Draw a rectangle."""
        session = self._program.session
        assert session.document is not None
        region = session.new_region(Rectangle(rect))
        session.edit(session.document.with_region(region), "Add Region")

    def reads(self) -> str:
        """What the banners say."""
        banners = self._program.banners.banners
        return "\n".join(label.text() for b in banners for label in b.findChildren(QLabel))

    def answers_export(
        self, monkeypatch: pytest.MonkeyPatch, answer: Answer, path: Path | None
    ) -> None:
        """Answer the export dialog when it comes."""

        def exec_(dialog: ExportDialog) -> int:
            if path is not None:
                dialog.path_field.setText(str(path))
            dialog.answer = answer
            return 1

        monkeypatch.setattr(ExportDialog, "exec", exec_)


@pytest.fixture
def person(qtbot: QtBot, program: Program) -> Person:
    """Someone who sits in front of `program`."""
    return Person(qtbot, program)
