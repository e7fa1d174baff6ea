"""The log file in the state folder, and what happens to an exception that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TextIO

logger = logging.getLogger(__name__)

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BYTES = 500_000


def log_file(state: Path) -> Path:
    """Where the log is."""
    return state / "unblur.log"


def start_log(state: Path) -> TextIO | None:
    """Write warnings and news to the log, and the stacks of a hard crash beside it.

    Returns the file of the crash stacks, to be kept open; None where nothing can be written.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        crashes = (state / "crash.log").open("a", encoding="utf-8")
    except OSError as error:
        logger.warning("There will be no log: %s", error)
        return None
    root = logging.getLogger()
    root.addHandler(_LogFile(log_file(state)))
    root.setLevel(logging.INFO)
    faulthandler.enable(crashes)
    return crashes


class _LogFile(logging.Handler):
    """Makes what writes the file when there is something to write.

    The standard library's rotating files bring sockets along, which the window's first picture
    does not wait for.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._writer.emit(record)

    @cached_property
    def _writer(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        writer = RotatingFileHandler(
            self._file,
            maxBytes=_BYTES,
            backupCount=2,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",  # names of files may hold bytes that are no letters
        )
        writer.setFormatter(logging.Formatter(_FORMAT))
        return writer


def report_bugs_to(show: Callable[[BaseException], None]) -> None:
    """Send what nobody caught to the log and to `show`, and let the program go on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.error("Nobody caught this", exc_info=(kind, error, trace))
        show(error)

    sys.excepthook = hook
