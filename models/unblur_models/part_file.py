"""A file that is not whole yet: it grows as NAME.part and gets its name in one step."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from unblur_models.digest import sha256_of
from unblur_models.errors import WeightsUnwritableError
from unblur_models.file_lock import alone


class PartFile:
    """The beginning of `target`. Every method may raise WeightsUnwritableError."""

    def __init__(self, folder: Path, name: str) -> None:
        self.target = folder / name
        self.path = folder / f"{name}.part"

    @property
    def size(self) -> int:
        """How many bytes there are."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise WeightsUnwritableError(self.path, error) from error

    def is_finished_as(self, sha256: str) -> bool:
        """Whether `target` is there, whole and right."""
        try:
            return sha256_of(self.target) == sha256
        except FileNotFoundError:
            return False
        except OSError as error:
            raise WeightsUnwritableError(self.target, error) from error

    @contextmanager
    def alone(self, wait: Callable[[], None]) -> Iterator[None]:
        """Nobody else fetches this file meanwhile; `wait` is called while somebody does."""
        with ExitStack() as held:
            with self._told():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(alone(self.target.with_name(f"{self.target.name}.lock"), wait))
            yield

    def begin(self, wanted: int) -> None:
        """See that the folder has room for `wanted` bytes in all."""
        with self._told():
            if self.size > wanted:
                self.path.unlink()
            if shutil.disk_usage(self.path.parent).free < wanted - self.size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def open_at(self, start: int) -> Iterator[_Writer]:
        """Write from byte `start` on; what was beyond it is dropped. Closed files are on disk."""
        with self._told():
            file = self.path.open("r+b" if start else "wb")
        try:
            with self._told():
                file.seek(start)
                file.truncate()
            yield _Writer(file, self)
        finally:
            with self._told():
                try:
                    file.flush()
                    os.fsync(file.fileno())
                finally:
                    file.close()

    def discard(self) -> None:
        """Throw the beginning away."""
        with self._told():
            self.path.unlink(missing_ok=True)

    def finish(self) -> Path:
        """Give it its name."""
        with self._told():
            return self.path.replace(self.target)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WeightsUnwritableError(self.target, error) from error


class _Writer:
    """Takes bytes; tells a full disk from a broken connection."""

    def __init__(self, file: BinaryIO, part: PartFile) -> None:
        self._file = file
        self._part = part

    def write(self, data: bytes) -> None:
        """Add to the end. Raises WeightsUnwritableError."""
        try:
            self._file.write(data)
        except OSError as error:
            raise WeightsUnwritableError(self._part.target, error) from error
