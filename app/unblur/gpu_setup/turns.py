"""One process at a time changes the builds: a lock that the system takes back with its holder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unblur.errors import GpuBusyError

_NAME = "lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold `folder`, which is made, until the block ends.

    Raises GpuBusyError when another process or thread holds it, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Never removed: who waits to open it and who holds it have to mean the same file.
    with (folder / _NAME).open("ab") as file:
        if not _is_locked(file.fileno()):
            raise GpuBusyError
        yield


if sys.platform == "win32":
    import msvcrt

    def _is_locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _is_locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: nobody can be told from nobody
        return True
