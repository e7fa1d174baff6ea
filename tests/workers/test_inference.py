from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot
from torch import Tensor

from unblur.document.geometry import Rect, Size
from unblur.document.grid import LayerKey
from unblur.engine.device import Device
from unblur.engine.request import RestorePass, TileResult
from unblur.engine.speed import SpeedBook
from unblur.engine.tiling import plan_grid, policy_for, tiles_for_mask
from unblur.errors import AppError, UnexpectedEngineError, WeightsMissingError
from unblur.workers.inference import InferenceClient
from unblur.workers.messages import EngineConduct, WarmUp
from unblur.workers.worker import InferenceWorker

MODEL = "maxim-3s.gopro"  # its card names the qualities; the network is a fake


@dataclass(frozen=True)
class FakeCard:
    tile: int = 32
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0


@dataclass(frozen=True)
class KnownCard(FakeCard):
    """A card that says which weights it is about."""

    sha256: str = "ab" * 32


@dataclass
class FakeModel:
    """An identity that can be held at a gate, and remembers who called it."""

    card: FakeCard = field(default_factory=FakeCard)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)
    qualities: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    error: Exception | None = None

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        self.threads.add(threading.get_ident())
        self.qualities.append(quality)
        self.entered.set()
        assert self.gate.wait(10)
        if self.error is not None:
            raise self.error
        return batch.clone()

    again = __call__


@dataclass
class FakeProvider:
    model: FakeModel
    error: AppError | None = None

    def get(self, model_id: str, device: Device) -> FakeModel:
        if self.error is not None:
            raise self.error
        return self.model


class Listener(QObject):
    """Writes down what it hears, and on which thread."""

    def __init__(self, client: InferenceClient) -> None:
        super().__init__()
        self.heard: list[tuple[Any, ...]] = []
        self.tiles: list[TileResult] = []
        self.threads: set[int] = set()
        client.tile_ready.connect(self._on_tile_ready)
        client.finished.connect(self._on_finished)
        client.failed.connect(self._on_failed)

    @Slot(object)
    def _on_tile_ready(self, tile: TileResult) -> None:
        self.threads.add(threading.get_ident())
        self.tiles.append(tile)

    @Slot(int)
    def _on_finished(self, request_id: int) -> None:
        self.heard.append(("finished", request_id))

    @Slot(int, object)
    def _on_failed(self, request_id: int, error: AppError) -> None:
        self.heard.append(("failed", request_id, type(error)))


@pytest.fixture
def model() -> FakeModel:
    model = FakeModel()
    model.gate.set()
    return model


@pytest.fixture
def provider(model: FakeModel) -> FakeProvider:
    return FakeProvider(model)


@pytest.fixture
def client(
    qtbot: QtBot, provider: FakeProvider, model: FakeModel, tmp_path: Path
) -> Iterator[InferenceClient]:
    client = InferenceClient(tmp_path / "speed.json", lambda: provider)
    yield client
    model.gate.set()
    client.shutdown()


PHOTO = np.random.default_rng(0).integers(0, 255, (90, 150, 3), np.uint8)
PHOTO.setflags(write=False)


def _passes(quality: str = "draft") -> tuple[RestorePass, ...]:
    photo = Size(150, 90)
    grid = plan_grid(Rect.of_size(photo), photo, policy_for(FakeCard()), factor=1)
    indices = tuple(tiles_for_mask(grid, None, Rect.of_size(photo)))
    return (RestorePass(LayerKey(MODEL, quality, grid), indices, "region"),)


def _settle(qtbot: QtBot, client: InferenceClient) -> None:
    """Wait until the worker has nothing left to say."""
    with qtbot.waitSignal(client.finished):
        client.submit((), PHOTO)


def test_tiles_arrive_on_the_windows_thread_and_then_it_is_finished(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    listener = Listener(client)
    with qtbot.waitSignal(client.finished):
        number = client.submit(_passes(), PHOTO)
        assert client.is_busy
    assert not client.is_busy
    assert listener.heard == [("finished", number)]
    assert [tile.index for tile in listener.tiles] == list(_passes()[0].indices)
    assert listener.threads == {threading.get_ident()}
    assert threading.get_ident() not in model.threads
    assert len(model.threads) == 1


def test_the_latest_request_wins(qtbot: QtBot, client: InferenceClient, model: FakeModel) -> None:
    listener = Listener(client)
    model.gate.clear()
    first = client.submit(_passes(), PHOTO)
    assert model.entered.wait(10)
    second, third = client.submit(_passes(), PHOTO), client.submit(_passes("good"), PHOTO)
    with qtbot.waitSignal(client.finished):
        model.gate.set()
    _settle(qtbot, client)
    assert first < second < third
    assert listener.heard[0] == ("finished", third)
    assert {tile.request_id for tile in listener.tiles} == {third}
    # The first was stopped after the tile it was in, the second never began.
    tiles = len(_passes()[0].indices)
    assert model.qualities == ["draft"] + ["good"] * tiles


def test_silence_follows_a_cancelled_request(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    listener = Listener(client)
    model.gate.clear()
    client.submit(_passes(), PHOTO)
    assert model.entered.wait(10)
    client.cancel()
    assert not client.is_busy
    model.gate.set()
    _settle(qtbot, client)
    assert len(listener.heard) == 1  # the one that settled
    assert listener.tiles == []
    assert model.qualities == ["draft"]


def test_an_error_that_has_words_is_passed_on(
    qtbot: QtBot, client: InferenceClient, provider: FakeProvider
) -> None:
    listener = Listener(client)
    provider.error = WeightsMissingError(MODEL, "weights/x")
    with qtbot.waitSignal(client.failed):
        number = client.submit(_passes(), PHOTO)
    assert listener.heard == [("failed", number, WeightsMissingError)]
    assert not client.is_busy


@pytest.mark.allow_log("Unexpected failure in request")
def test_a_bug_is_wrapped_logged_and_does_not_end_the_thread(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    listener = Listener(client)
    model.error = ZeroDivisionError("a bug")
    with qtbot.waitSignal(client.failed) as signal:
        number = client.submit(_passes(), PHOTO)
    assert listener.heard == [("failed", number, UnexpectedEngineError)]
    assert signal.args is not None
    assert "ZeroDivisionError: a bug" in signal.args[1].detail
    model.error = None
    with qtbot.waitSignal(client.finished):
        client.submit(_passes(), PHOTO)


def test_warming_up_tells_what_computes_and_measures_every_quality(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    assert client.status is None
    assert client.estimate(_passes()) is None
    with qtbot.waitSignal(client.warmed) as signal:
        client.warm_up(MODEL, "cpu")
    assert signal.args is not None
    (status,) = signal.args
    qtbot.waitUntil(lambda: client.estimate(_passes("best")) is not None)
    assert status == client.status
    assert status.device_kind == "cpu"
    assert not status.is_accelerated
    assert status.torch_version == torch.__version__
    for quality in ("draft", "good", "best"):
        assert client.estimate(_passes(quality)) is not None


def test_a_request_during_the_measuring_does_not_wait_for_its_end(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    with qtbot.waitSignal(client.warmed):
        client.warm_up(MODEL, "cpu")
        model.entered.clear()
    model.gate.clear()
    assert model.entered.wait(10)  # inside the first measured run
    before = len(model.qualities)
    with qtbot.waitSignals([client.finished, *[client.speed_measured] * 3]):
        client.submit(_passes("best"), PHOTO)
        model.gate.set()
    runs = model.qualities[before:]
    tiles = len(_passes()[0].indices)
    assert runs[:tiles] == ["best"] * tiles
    # What the tiles did not tell is measured after them.
    qtbot.waitUntil(lambda: client.estimate(_passes("good")) is not None)
    assert "best" not in model.qualities[before + tiles :]


def test_real_tiles_teach_the_speed(qtbot: QtBot, tmp_path: Path, provider: FakeProvider) -> None:
    path = tmp_path / "speed.json"
    client = InferenceClient(path, lambda: provider)
    try:
        with qtbot.waitSignal(client.warmed):
            client.warm_up("unknown-to-the-catalogue", "cpu")
        assert client.estimate(_passes()) is None
        with qtbot.waitSignal(client.finished):
            client.submit(_passes(), PHOTO)
        estimate = client.estimate(_passes())
        assert estimate is not None
        name = client.status.device_name if client.status else ""
    finally:
        client.shutdown()
    assert SpeedBook.load(path).estimate(_passes(), name) == pytest.approx(estimate)


def test_a_machine_that_is_known_is_not_measured_again(
    qtbot: QtBot, tmp_path: Path, provider: FakeProvider, model: FakeModel
) -> None:
    for _ in range(2):
        model.qualities.clear()
        client = InferenceClient(tmp_path / "speed.json", lambda: provider)
        try:
            with qtbot.waitSignal(client.warmed):
                client.warm_up(MODEL, "cpu")
            while client.estimate(_passes("best")) is None:
                qtbot.waitSignal(client.speed_measured).wait()
            _settle(qtbot, client)
        finally:
            client.shutdown()
    assert model.qualities == ["draft"]  # the warm-up alone


def test_a_model_that_cannot_be_loaded_is_told_before_it_is_needed(
    qtbot: QtBot, client: InferenceClient, provider: FakeProvider
) -> None:
    provider.error = WeightsMissingError(MODEL, "weights/x")
    with qtbot.waitSignal(client.warm_up_failed) as signal:
        client.warm_up(MODEL, "cpu")
    assert signal.args == [provider.error]
    assert client.status is None


def test_a_warm_up_for_a_window_that_is_closed_loads_nothing(
    qtbot: QtBot, provider: FakeProvider
) -> None:
    asked: list[FakeProvider] = []
    worker = InferenceWorker(lambda: asked.append(provider) or provider)
    wish = WarmUp(MODEL, "draft", "cpu")
    wish.token.cancel()
    with qtbot.assertNotEmitted(worker.warmed), qtbot.assertNotEmitted(worker.warm_up_failed):
        worker.warm_up(wish)
    assert asked == []


def test_a_newer_warm_up_and_the_end_stop_an_older_one(
    qtbot: QtBot, client: InferenceClient
) -> None:
    wishes: list[WarmUp] = []
    client._warm_up_wanted.connect(wishes.append)
    client.warm_up(MODEL, "cpu")
    client.warm_up(MODEL, "cpu")
    first, second = (wish.token for wish in wishes)
    assert first.is_cancelled
    assert not second.is_cancelled
    client.shutdown()
    assert second.is_cancelled


def test_shutting_down_while_busy_ends_after_the_tile(
    qtbot: QtBot, client: InferenceClient, model: FakeModel
) -> None:
    listener = Listener(client)
    model.gate.clear()
    client.submit(_passes(), PHOTO)
    assert model.entered.wait(10)
    opener = threading.Timer(0.05, model.gate.set)
    opener.start()
    client.shutdown()
    opener.join()
    assert model.qualities == ["draft"]
    assert not listener.heard
    client.shutdown()  # twice is once


def test_the_model_dies_on_the_thread_where_it_lived(qtbot: QtBot) -> None:
    lives: dict[str, int] = {}

    class Provider(FakeProvider):
        def __del__(self) -> None:
            lives["died"] = threading.get_ident()

    def make() -> Provider:
        lives["born"] = threading.get_ident()
        model = FakeModel()
        model.gate.set()
        return Provider(model)

    client = InferenceClient(make_provider=make)
    with qtbot.waitSignal(client.finished):
        client.submit(_passes(), PHOTO)
    client.shutdown()
    assert lives["born"] == lives["died"] != threading.get_ident()


def test_the_engine_computes_as_it_was_told(
    qtbot: QtBot, provider: FakeProvider, model: FakeModel, tmp_path: Path
) -> None:
    client = InferenceClient(
        None, lambda: provider, findings=tmp_path / "findings.json", tiles=tmp_path / "tiles"
    )
    listener = Listener(client)
    try:
        model.card = KnownCard()
        with qtbot.waitSignal(client.warmed) as warmed:
            client.warm_up(MODEL, "cpu", EngineConduct("bf16", kept_tiles=1 << 20))
        assert warmed.args is not None
        status = warmed.args[0]
        assert status.precision == "bf16"  # checked: an identity agrees with itself
        assert [each.platform for each in status.devices][-1] == "CPU"
        for _ in range(2):
            with qtbot.waitSignal(client.finished):
                client.submit(_passes(), PHOTO)
        count = len(_passes()[0].indices)
        assert [tile.is_cached for tile in listener.tiles] == [False] * count + [True] * count
        assert {tile.precision for tile in listener.tiles} == {"bf16"}
    finally:
        client.shutdown()
    assert (tmp_path / "findings.json").exists()
    assert len(list((tmp_path / "tiles").glob("*/*.tile"))) == count


def test_what_was_known_before_says_nothing_about_the_speed(
    qtbot: QtBot, provider: FakeProvider, model: FakeModel, tmp_path: Path
) -> None:
    model.card = KnownCard()
    client = InferenceClient(None, lambda: provider, tiles=tmp_path / "tiles")
    try:
        with qtbot.waitSignal(client.warmed):
            client.warm_up(MODEL, "cpu", EngineConduct(kept_tiles=1 << 20))
        with qtbot.waitSignal(client.finished):
            client.submit(_passes(), PHOTO)
        before = client.estimate(_passes())
        assert before is not None
        with qtbot.waitSignal(client.finished):
            client.submit(_passes(), PHOTO)
        assert client.estimate(_passes()) == before
    finally:
        client.shutdown()
