"""Restored tiles on disk, so that a photo that is opened again is not restored again.

Known by content: the pixels that the network was shown, its weights and quality, and how it
was asked. So it is right for any photo, however it is called and wherever a region lies, and
nothing has to be told when anything changes: what is no longer asked for is the first to go.
A file that was cut short or altered is not believed, and a disk that is full or gone costs
nothing but the time to compute again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from unblur import __version__
from unblur.document.buffer import PixelImage, UInt16Image, read_only
from unblur.document.geometry import Rect

logger = logging.getLogger(__name__)

_FORMAT = 1
_MAGIC = b"UNBLURT1"
_HEADER = struct.Struct("<8sII16s")  # magic, height, width, digest of the pixels
_DIGEST = 16  # bytes
_SUFFIX = ".tile"
_KEPT_SHARE = 0.9  # of the budget: what is left when it was exceeded, so that it is not at once


class TileQuestion(NamedTuple):
    """What restored pixels depend on besides the pixels that the network sees.

    `weights` is their SHA-256; `keep` is the part of the input that comes back, `factor` how
    much smaller the network works.
    """

    weights: str
    quality: str
    precision: str
    factor: int
    keep: Rect


def tile_key(seen: PixelImage, question: TileQuestion) -> str:
    """A name for what becomes of `seen` (h, w, 3): the same only for the same pixels."""
    asked = (__version__, _FORMAT, *question, seen.shape, seen.dtype.str)
    digest = hashlib.blake2b(repr(asked).encode(), digest_size=_DIGEST)
    digest.update(np.ascontiguousarray(seen).data)
    return digest.hexdigest()


class TileCache:
    """Tiles in `folder`, no more than `budget` bytes of them; those used last stay.

    Several programs may share a folder: every file is written beside its place and then
    moved there.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder = folder
        self._budget = budget
        self._total: int | None = None  # not counted yet
        self._is_writable = True

    def find(self, key: str) -> UInt16Image | None:
        """The tile's pixels (h, w, 3), read-only; None when they are not here, or damaged."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        pixels = _pixels(content)
        if pixels is None:
            logger.info("A restored tile was damaged on disk and is restored again")
            self._drop(path, len(content))
            return None
        with suppress(OSError):
            os.utime(path)  # it was used
        return pixels

    def keep(self, key: str, pixels: UInt16Image) -> None:
        """Write a tile (h, w, 3). Failing costs a second computation only, so it is just logged."""
        if not self._is_writable:
            return
        path, content = self._path(key), _content(pixels)
        try:
            self._write(path, content)
        except OSError as error:
            logger.warning("Restored tiles are not kept in %s: %s", self._folder, error)
            self._is_writable = False  # one such line is enough
            return
        # Counted after the first one: that includes it.
        self._total = self._counted() if self._total is None else self._total + len(content)
        if self._total > self._budget:
            self._shrink()

    def clear(self) -> None:
        """Delete every tile."""
        for path in self._files():
            with suppress(OSError):
                path.unlink()
        self._total = 0

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}{_SUFFIX}"

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            # Not synced: a file that a crash cut short is seen by its digest.
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob(f"??/*{_SUFFIX}")
        yield from self._folder.glob("??/*.part")  # of a program that was killed

    def _counted(self) -> int:
        return sum(size for _, size, _ in self._facts())

    def _facts(self) -> list[tuple[float, int, Path]]:
        """When each file was used last, its bytes and its path."""
        facts = []
        for path in self._files():
            with suppress(OSError):  # another program took it away
                status = path.stat()
                facts.append((status.st_mtime, status.st_size, path))
        return facts

    def _shrink(self) -> None:
        """Delete what was not used for longest until the budget holds with room to spare."""
        facts = sorted(self._facts())
        self._total = sum(size for _, size, _ in facts)
        for _, size, path in facts:
            if self._total <= _KEPT_SHARE * self._budget:
                break
            self._drop(path, size)

    def _drop(self, path: Path, size: int) -> None:
        with suppress(OSError):
            path.unlink()
            if self._total is not None:
                self._total -= size


def _content(pixels: UInt16Image) -> bytes:
    height, width, _ = pixels.shape
    data = np.ascontiguousarray(pixels, "<u2").tobytes()
    return _HEADER.pack(_MAGIC, height, width, _digest(data)) + data


def _pixels(content: bytes) -> UInt16Image | None:
    """The pixels in a file's content; None when it is not what was written."""
    if len(content) < _HEADER.size:
        return None
    magic, height, width, digest = _HEADER.unpack_from(content)
    data = content[_HEADER.size :]
    if magic != _MAGIC or len(data) != 6 * height * width or digest != _digest(data):
        return None
    return read_only(np.frombuffer(data, "<u2").astype(np.uint16).reshape(height, width, 3))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
