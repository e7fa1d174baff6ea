"""What happens when Qt finds no display to open a window on: a sentence instead of an abort."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler


@contextmanager
def told_without_display() -> Iterator[None]:
    """While the application is made, take Qt's last words and end the program with ours.

    Qt looks for displays by itself, and kills the process when there is none: nothing else
    knows better whether one is usable, and nothing but its message handler runs before that.
    """
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            _end(heard)
        heard.append(words.strip())

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
    sys.stderr.writelines(f"{words}\n" for words in heard)


def _end(reasons: list[str]) -> NoReturn:
    why = f" ({reasons[0].removesuffix('.')})" if reasons else ""  # the rest follows from it
    sys.stderr.write(
        f"The display cannot be used to open a window{why}. Check DISPLAY and "
        "QT_QPA_PLATFORM, or restore photos without a window: unblur restore IN… -o OUT\n"
    )
    sys.stderr.flush()
    os._exit(1)  # back in Qt the process would be aborted
