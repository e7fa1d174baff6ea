"""One process at a time changes the builds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unblur.errors import GpuBusyError
from unblur_models.file_lock import alone


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold `folder`, which is made, until the block ends.

    Raises GpuBusyError when another process or thread holds it, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / "lock", _refuse):
        yield


def _refuse() -> None:
    raise GpuBusyError
