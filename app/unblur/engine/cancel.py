"""The cooperative stop that a person, or a newer request, pulls."""

from __future__ import annotations

import threading

from unblur.errors import Cancelled


class CancelToken:
    """Set once by any thread, looked at before every tile by the one that works."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop. Asking twice is the same as once."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled when someone asked."""
        if self._event.is_set():
            raise Cancelled
