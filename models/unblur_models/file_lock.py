"""Work on a file that one at a time may do: one thread of one program on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`; call `wait` again and again while somebody else does.

    The system lets go of it when a program ends, however it ends, so that none stays locked.
    On a disk that knows no locks everybody is let through. Raises OSError when the file cannot
    be made, and whatever `wait` raises.
    """
    file = _taken(path)
    while file is None:
        wait()
        file = _taken(path)
    try:
        yield
    finally:
        # First the name and then the lock, where the system lets an open file go.
        with suppress(OSError):
            path.unlink()
        os.close(file)
        if sys.platform == "win32":
            with suppress(OSError):
                path.unlink()


def _taken(path: Path) -> int | None:
    """The open lock file; None while somebody else holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(file)
        is_ours = os.path.samestat(os.fstat(file), path.stat())
    except (BlockingIOError, PermissionError, FileNotFoundError):
        # Held, or let go of and removed between the two lines above.
        is_ours = False
    except OSError:
        is_ours = True
    if is_ours:
        return file
    os.close(file)
    return None
