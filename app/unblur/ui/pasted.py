"""Pasted pictures on disk: they have no file of their own, and a crash would take them along."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from unblur.document.photo import Photo
from unblur.settings import write_atomically

logger = logging.getLogger(__name__)

DecodeBytes = Callable[[bytes, str], Photo]


class PastedPictures:
    """Copies by fingerprint in a folder of the state. Reading and keeping is a file job's work."""

    def __init__(self, folder: Path, decode: DecodeBytes) -> None:
        self._folder = folder
        self._decode = decode
        self._kept: set[str] = set()

    def read(self, read: Callable[[], bytes], name: str) -> Photo:
        """The picture in the bytes that `read` gives, kept until it is forgotten."""
        content = read()
        photo = self._decode(content, name)
        try:
            write_atomically(self._folder / photo.fingerprint, content)
            self._kept.add(photo.fingerprint)
        except OSError as error:
            logger.warning("A pasted picture is not safe from a crash: %s", error)
        return photo

    def has(self, fingerprint: str) -> bool:
        """Whether an earlier run kept this picture."""
        return (self._folder / fingerprint).is_file()

    def read_again(self, fingerprint: str, name: str) -> Photo:
        """A picture that an earlier run kept. Raises ImageErrors."""
        return self.read((self._folder / fingerprint).read_bytes, name)

    def forget(self, fingerprint: str) -> None:
        """Not needed any more."""
        try:
            (self._folder / fingerprint).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("A pasted picture was not removed: %s", error)

    def forget_all(self) -> None:
        """A clean end: nothing of this run is needed any more."""
        for fingerprint in self._kept:
            self.forget(fingerprint)
