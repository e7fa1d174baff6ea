"""Makes the next batches while the network learns from this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType

import torch
from torch import Tensor

Batch = tuple[Tensor, ...]

_DEPTH = 3
_WAIT_S = 0.2


class Prefetch:
    """Batches in order, made on a thread of its own and, on CUDA, a stream of its own.

    `make` is called with nothing and returns the next batch. Use it as a context manager. An
    error in `make` is raised where the batch is asked for.
    """

    def __init__(self, make: Callable[[], Batch], device: torch.device) -> None:
        self._make = make
        self._stream = _stream(device)
        self._ready: queue.Queue[tuple[Batch, torch.cuda.Event | None] | BaseException]
        self._ready = queue.Queue(_DEPTH)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)

    def __enter__(self) -> Prefetch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def __call__(self) -> Batch:
        """The next batch, safe to use on the current stream."""
        item = self._ready.get()
        if isinstance(item, BaseException):
            raise item
        batch, made = item
        if made is not None:
            current = torch.cuda.current_stream()
            current.wait_event(made)
            for tensor in batch:
                # Its memory belongs to the other stream: not to be used again too soon.
                tensor.record_stream(current)
        return batch

    def _work(self) -> None:
        try:
            with torch.cuda.stream(self._stream):
                while not self._stopped.is_set():
                    batch = self._make()
                    self._put((batch, self._stream.record_event() if self._stream else None))
        except BaseException as error:
            self._put(error)

    def _put(self, item: tuple[Batch, torch.cuda.Event | None] | BaseException) -> None:
        while not self._stopped.is_set():
            try:
                self._ready.put(item, timeout=_WAIT_S)
            except queue.Full:
                continue
            return


def _stream(device: torch.device) -> torch.cuda.Stream | None:
    if device.type != "cuda":
        return None
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
