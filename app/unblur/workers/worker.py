"""The object that lives on the inference thread and owns every torch object."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from unblur.engine.findings import Findings
from unblur.engine.request import InferenceRequest
from unblur.engine.speed import SpeedKey
from unblur.engine.tile_cache import TileCache
from unblur.errors import AppError, Cancelled, UnexpectedEngineError
from unblur.workers.messages import (
    DeviceFacts,
    EngineQuestion,
    EngineStatus,
    SpeedSample,
    SpeedTest,
    WarmUp,
)

if TYPE_CHECKING:  # these import torch, which only the inference thread may do
    from unblur.engine.provider import ModelProvider

logger = logging.getLogger(__name__)

_NICENESS = 5  # the window's thread goes first, other programs still leave a quarter


def zoo_provider() -> ModelProvider:
    """The provider of the embedded models; imports torch."""
    from unblur.engine.provider import ZooProvider

    return ZooProvider()


class InferenceWorker(QObject):
    """Runs requests, one after the other, on the thread that it was moved to.

    Signals:
        tile_ready: a TileResult.
        finished: the id of a request whose tiles are all done.
        failed: the id of a request and the AppError that ended it.
        warmed: an EngineStatus.
        warm_up_failed: an AppError.
        sampled: a SpeedSample.
        speed_tested: all qualities of a SpeedTest are timed.
        answered: the key of a question and what its function returned.
        not_answered: the key of a question and the AppError; a cancelled one is silent.
    """

    tile_ready = Signal(object)
    finished = Signal(int)
    failed = Signal(int, object)
    warmed = Signal(object)
    warm_up_failed = Signal(object)
    sampled = Signal(object)
    speed_tested = Signal()
    answered = Signal(object, object)
    not_answered = Signal(object, object)

    def __init__(
        self,
        make_provider: Callable[[], ModelProvider],
        findings: Path | None = None,
        tiles: Path | None = None,
    ) -> None:
        super().__init__()
        self._make_provider = make_provider
        self._provider: ModelProvider | None = None
        self._findings = None if findings is None else Findings(findings)
        self._tiles = tiles
        self._cache: TileCache | None = None

    @Slot()
    def start(self) -> None:
        """Step behind the window's thread; the threads that torch starts here inherit it."""
        if sys.platform == "linux":  # elsewhere the QThread's priority does it
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)

    @Slot(object)
    def warm_up(self, wish: WarmUp) -> None:
        """Import torch, load the model, run it once. From here on its conduct holds."""
        budget = wish.conduct.kept_tiles
        self._cache = TileCache(self._tiles, budget) if self._tiles and budget else None
        try:
            self.warmed.emit(self._warm_up(wish))
        except Cancelled:
            return
        except AppError as error:
            self.warm_up_failed.emit(error)
        except Exception as error:
            logger.exception("Unexpected failure while warming up")
            self.warm_up_failed.emit(_wrapped(error))

    @Slot(object)
    def test_speed(self, wish: SpeedTest) -> None:
        """Time a model. Failing is no news: the button goes without a time."""
        try:
            self._test_speed(wish)
        except Cancelled:
            return
        except AppError as error:
            logger.warning("The speed of %s was not measured: %s", wish.model_id, error)
        except Exception:
            logger.exception("Unexpected failure while measuring")
        else:
            self.speed_tested.emit()

    @Slot(object)
    def process(self, request: InferenceRequest) -> None:
        """Restore; exactly one of finished, failed or (cancelled) silence follows."""
        try:
            # A superseded request shall not even import torch.
            request.token.raise_if_cancelled()
            from unblur.engine.runner import run

            for tile in run(request, self._models(), self._findings, self._cache):
                self.tile_ready.emit(tile)
        except Cancelled:
            return
        except AppError as error:
            self.failed.emit(request.id, error)
        except Exception as error:
            logger.exception("Unexpected failure in request %s", request.id)
            self.failed.emit(request.id, _wrapped(error))
        else:
            self.finished.emit(request.id)

    @Slot(object)
    def answer(self, question: EngineQuestion) -> None:
        """Find something out; exactly one of answered, not_answered or (cancelled) silence."""
        try:
            self.answered.emit(question.key, question.ask())
        except Cancelled:
            return
        except AppError as error:
            self.not_answered.emit(question.key, error)
        except Exception as error:
            logger.exception("Unexpected failure while answering")
            self.not_answered.emit(question.key, _wrapped(error))

    @Slot()
    def release(self) -> None:
        """Let the model go, on the thread that owns it."""
        self._provider = None

    def _models(self) -> ModelProvider:
        if self._provider is None:
            self._provider = self._make_provider()
        return self._provider

    def _warm_up(self, wish: WarmUp) -> EngineStatus:
        # Each step takes long enough for a window to be closed again.
        wish.token.raise_if_cancelled()
        import torch

        from unblur.engine import measure
        from unblur.engine.device import available_devices, choose_device
        from unblur.engine.room import keep_to_budget
        from unblur.engine.tuning import Tuning, tune

        wish.token.raise_if_cancelled()
        device = choose_device(wish.device)
        if device.is_accelerated:
            keep_to_budget(device, wish.conduct.gpu_memory)
        model = self._models().get(wish.model_id, device)
        tuning = Tuning()
        if self._findings is not None:
            names, wanted = (wish.model_id, wish.quality), wish.conduct.precision
            tuning = tune(model, names, wanted, device, self._findings, wish.token)
        measure.warm_up(model, wish.quality, device, wish.token, tuning.precision)
        return EngineStatus(
            device_name=device.name,
            device_kind=device.kind,
            is_accelerated=device.is_accelerated,
            precision=tuning.precision,
            torch_version=torch.__version__,
            instead_of=device.instead_of,
            devices=tuple(
                DeviceFacts(each.label, each.platform, each.name, each.memory_bytes)
                for each in available_devices()
            ),
        )

    def _test_speed(self, wish: SpeedTest) -> None:
        wish.token.raise_if_cancelled()
        from unblur.engine.device import choose_device
        from unblur.engine.measure import measure_speed

        device = choose_device(wish.device)
        model = self._models().get(wish.model_id, device)
        for sample in measure_speed(model, wish.qualities, device, wish.token):
            key = SpeedKey(device.name, wish.model_id, sample.quality)
            self.sampled.emit(SpeedSample(key, sample.network_pixels, sample.seconds))


def _wrapped(error: Exception) -> UnexpectedEngineError:
    wrapped = UnexpectedEngineError(f"{type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped
