"""The window's side of inference: submit, cancel, and what comes back.

See the package's docstring for the cycle of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Point
from unblur.engine.request import InferenceRequest, RestorePass, TileResult
from unblur.engine.speed import SpeedBook, SpeedKey
from unblur.errors import AppError
from unblur.workers.messages import (
    EngineConduct,
    EngineQuestion,
    EngineStatus,
    SpeedSample,
    SpeedTest,
    WarmUp,
)
from unblur.workers.worker import InferenceWorker, zoo_provider
from unblur_models import catalog
from unblur_models.errors import ZooError

if TYPE_CHECKING:  # it imports torch, which only the inference thread may do
    from unblur.engine.provider import ModelProvider

__all__ = ["EngineConduct", "EngineStatus", "InferenceClient"]


class InferenceClient(QObject):
    """Owns the inference thread; lives in the thread that made it, the window's.

    `speeds` is where measured speeds are kept between runs, `findings` what trying found out
    about the device, and `tiles` the folder of restored tiles; None to forget them.

    Signals:
        tile_ready: a TileResult of the current request.
        finished: the id of the current request; all its tiles are done.
        failed: the id of the current request and the AppError that ended it.
        warmed: the EngineStatus, once the model of `warm_up` can run.
        warm_up_failed: the AppError that kept it from that.
        speed_measured: `estimate` knows more than before.
        answered: the key of a question and what its function returned.
        not_answered: the key of a question and the AppError; one that raised Cancelled is silent.
    """

    tile_ready = Signal(object)
    finished = Signal(int)
    failed = Signal(int, object)
    warmed = Signal(object)
    warm_up_failed = Signal(object)
    speed_measured = Signal()
    answered = Signal(object, object)
    not_answered = Signal(object, object)

    _warm_up_wanted = Signal(object)
    _speed_wanted = Signal(object)
    _submitted = Signal(object)
    _asked = Signal(object)

    def __init__(
        self,
        speeds: Path | None = None,
        make_provider: Callable[[], ModelProvider] = zoo_provider,
        parent: QObject | None = None,
        *,
        findings: Path | None = None,
        tiles: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._speeds = speeds
        self._book = SpeedBook() if speeds is None else SpeedBook.load(speeds)
        self._status: EngineStatus | None = None
        self._device = "auto"
        self._conduct = EngineConduct()
        self._model_id = ""
        self._last_id = 0
        self._current: InferenceRequest | None = None
        self._speed_test: SpeedTest | None = None
        self._warm_up: WarmUp | None = None
        self._thread = QThread()
        self._thread.setObjectName("inference")
        self._worker = InferenceWorker(make_provider, findings, tiles)
        self._worker.moveToThread(self._thread)
        self._connect()
        self._thread.start(QThread.Priority.LowPriority)

    @property
    def is_busy(self) -> bool:
        """Whether a request is running or waiting."""
        return self._current is not None

    @property
    def status(self) -> EngineStatus | None:
        """What computes; None until it is warm."""
        return self._status

    def warm_up(
        self, model_id: str, device: str = "auto", conduct: EngineConduct | None = None
    ) -> None:
        """Load `model_id` on `device`, where all later requests run, and measure its speed.

        They run as `conduct` says; without one exactly, and nothing is kept.
        """
        self._stop_speed_test()
        self._stop_warm_up()
        self._device = device
        self._conduct = conduct or EngineConduct()
        self._model_id = model_id
        quality = next(iter(self._qualities()), "")
        self._warm_up = WarmUp(model_id, quality, device, self._conduct)
        self._warm_up_wanted.emit(self._warm_up)

    def submit(self, passes: Iterable[RestorePass], pixels: PixelImage) -> int:
        """Restore `passes` of the photo `pixels`, superseding whatever is running.

        Returns the id of the request, by which its tiles are told from older ones.
        """
        self.cancel()
        self._stop_speed_test()
        self._last_id += 1
        request = InferenceRequest(
            id=self._last_id,
            pixels=pixels,
            passes=tuple(passes),
            device=self._device,
            precision=self._conduct.precision,
            gpu_memory=self._conduct.gpu_memory,
        )
        self._current = request
        self._submitted.emit(request)
        return request.id

    def ask(self, key: object, question: Callable[[], object]) -> None:
        """Find something out on the inference thread, after what is running there."""
        self._stop_speed_test()
        self._asked.emit(EngineQuestion(key, question))

    def look_at(self, point: Point) -> None:
        """What lies near this point of the photo comes next."""
        if self._current is not None:
            self._current.focus.point = point

    def cancel(self) -> None:
        """Stop before the next tile. Nothing more is heard of the request."""
        if self._current is not None:
            self._current.token.cancel()
            self._current = None

    def estimate(self, passes: Iterable[RestorePass]) -> float | None:
        """Seconds that `passes` take on this machine; None while that is not known."""
        if self._status is None:
            return None
        return self._book.estimate(passes, self._status.device_name)

    def shutdown(self) -> None:
        """Cancel, wait for the thread (one tile at most) and keep the measured speeds."""
        self.cancel()
        self._stop_speed_test()
        self._stop_warm_up()
        if not self._thread.isRunning():
            return
        self._thread.quit()
        self._thread.wait()
        self._keep_speeds()

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        worker, thread = self._worker, self._thread
        thread.started.connect(worker.start)
        # finished is emitted on the inference thread, so torch's objects die where they lived.
        thread.finished.connect(worker.release, Qt.ConnectionType.DirectConnection)
        self._warm_up_wanted.connect(worker.warm_up, queued)
        self._speed_wanted.connect(worker.test_speed, queued)
        self._submitted.connect(worker.process, queued)
        self._asked.connect(worker.answer, queued)
        worker.answered.connect(self.answered, queued)
        worker.not_answered.connect(self.not_answered, queued)
        worker.tile_ready.connect(self._on_tile_ready, queued)
        worker.finished.connect(self._on_finished, queued)
        worker.failed.connect(self._on_failed, queued)
        worker.warmed.connect(self._on_warmed, queued)
        worker.warm_up_failed.connect(self._on_warm_up_failed, queued)
        worker.sampled.connect(self._on_sampled, queued)
        worker.speed_tested.connect(self._on_speed_tested, queued)

    @Slot(object)
    def _on_tile_ready(self, tile: TileResult) -> None:
        # What was known before, or what another device did, says nothing about this one's speed.
        is_its_own = not (tile.is_cached or tile.is_on_cpu_instead)
        if self._status is not None and is_its_own:
            key = SpeedKey(self._status.device_name, tile.key.model_id, tile.key.quality)
            self._book.record(key, tile.key.grid.network_size.area, tile.seconds)
        if self._is_current(tile.request_id):
            self.tile_ready.emit(tile)

    @Slot(int)
    def _on_finished(self, request_id: int) -> None:
        if self._is_current(request_id):
            self._current = None
            self.speed_measured.emit()
            self.finished.emit(request_id)
            self._test_speed_if_unknown()

    @Slot(int, object)
    def _on_failed(self, request_id: int, error: AppError) -> None:
        if self._is_current(request_id):
            self._current = None
            self.failed.emit(request_id, error)

    @Slot(object)
    def _on_warmed(self, status: EngineStatus) -> None:
        self._status = status
        self.warmed.emit(status)
        self._test_speed_if_unknown()

    @Slot(object)
    def _on_warm_up_failed(self, error: AppError) -> None:
        self.warm_up_failed.emit(error)

    @Slot(object)
    def _on_sampled(self, sample: SpeedSample) -> None:
        self._book.record(sample.key, sample.network_pixels, sample.seconds)
        self.speed_measured.emit()

    @Slot()
    def _on_speed_tested(self) -> None:
        self._speed_test = None

    def _is_current(self, request_id: int) -> bool:
        return self._current is not None and self._current.id == request_id

    def _test_speed_if_unknown(self) -> None:
        """Measure what no run on this machine has told yet, unless there is real work."""
        if self._status is None or self.is_busy:
            return
        name = self._status.device_name
        unknown = tuple(
            quality
            for quality in self._qualities()
            if self._book.seconds_per_megapixel(SpeedKey(name, self._model_id, quality)) is None
        )
        if unknown:
            self._speed_test = SpeedTest(self._model_id, unknown, self._device)
            self._speed_wanted.emit(self._speed_test)

    def _stop_speed_test(self) -> None:
        if self._speed_test is not None:
            self._speed_test.token.cancel()
            self._speed_test = None

    def _stop_warm_up(self) -> None:
        if self._warm_up is not None:
            self._warm_up.token.cancel()
            self._warm_up = None

    def _qualities(self) -> tuple[str, ...]:
        try:
            return tuple(quality.id for quality in catalog.card(self._model_id).qualities)
        except ZooError:
            return ()  # warming up tells what is wrong with the model

    def _keep_speeds(self) -> None:
        if self._speeds is not None:
            self._book.save(self._speeds)
