"""The log file in the state folder, and what happens to an exception that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
from collections.abc import Callable
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
        handler = logging.handlers.RotatingFileHandler(
            log_file(state),
            maxBytes=_BYTES,
            backupCount=2,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",  # names of files may hold bytes that are no letters
        )
        crashes = (state / "crash.log").open("a", encoding="utf-8")
    except OSError as error:
        logger.warning("There will be no log: %s", error)
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    faulthandler.enable(crashes)
    return crashes


def report_bugs_to(show: Callable[[BaseException], None]) -> None:
    """Send what nobody caught to the log and to `show`, and let the program go on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.error("Nobody caught this", exc_info=(kind, error, trace))
        show(error)

    sys.excepthook = hook
