"""Photos out of files. The content decides what a file is, never its name."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from unblur import errors
from unblur.document.photo import Photo
from unblur.errors import ImageError
from unblur.imaging.decoded import Decoded, finished
from unblur.imaging.formats import avif, bmp, heif, jpeg, png, tiff, webp

_HEAD_SIZE = 64


class _Format(NamedTuple):
    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    decode: Callable[[bytes, Path | None], Decoded]


def _from_bytes(decode_format: Callable[[bytes], Decoded]) -> Callable[..., Decoded]:
    return lambda data, _path: decode_format(data)


_FORMATS = (
    _Format(jpeg.NAME, (".jpg", ".jpeg", ".jpe", ".jfif"), jpeg.matches, _from_bytes(jpeg.decode)),
    _Format(png.NAME, (".png",), png.matches, _from_bytes(png.decode)),
    _Format(tiff.NAME, (".tif", ".tiff"), tiff.matches, tiff.decode),
    _Format(webp.NAME, (".webp",), webp.matches, _from_bytes(webp.decode)),
    _Format(bmp.NAME, (".bmp", ".dib"), bmp.matches, _from_bytes(bmp.decode)),
    _Format(heif.NAME, (".heic", ".heif", ".hif"), heif.matches, _from_bytes(heif.decode)),
    _Format(avif.NAME, (".avif",), avif.matches, _from_bytes(avif.decode)),
)

READABLE_SUFFIXES: tuple[str, ...] = tuple(s for format_ in _FORMATS for s in format_.suffixes)
"""Lower case, with the dot: for file dialogs and for picking photos out of folders."""


def readable_formats() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each format's name with its suffixes, for the filter of a file dialog."""
    return tuple((format_.name, format_.suffixes) for format_ in _FORMATS)


def decode(path: Path) -> Photo:
    """The photo in the file at `path`, upright, at its native depth.

    Raises an ImageError that names `path`; safe in any thread.
    """
    try:
        data = _read(path)
        return _photo(data, path, path.name)
    except MemoryError as error:
        raise errors.ImageTooLargeError(path, "it does not fit into memory") from error
    except ImageError as error:
        raise type(error)(path, error.detail) from error


def decode_bytes(data: bytes, name: str) -> Photo:
    """The photo in `data`, which came from no file: a pasted one. Raises ImageErrors."""
    if not data:
        raise errors.ImageEmptyError(None)
    return _photo(data, None, name)


def _photo(data: bytes, path: Path | None, name: str) -> Photo:
    decoded = _format_of(data[:_HEAD_SIZE]).decode(data, path)
    picture = finished(decoded)
    return Photo(
        pixels=picture.pixels,
        fingerprint=hashlib.blake2b(data, digest_size=20).hexdigest(),
        path=path,
        name=name,
        format_name=decoded.format_name,
        alpha=picture.alpha,
        metadata=picture.metadata,
        was_gray=picture.was_gray,
    )


def _format_of(head: bytes) -> _Format:
    found = next((format_ for format_ in _FORMATS if format_.matches(head)), None)
    if found is None:
        raise errors.ImageUnsupportedError(None)
    return found


def _read(path: Path) -> bytes:
    """All bytes of a file, once its first ones are those of a known format."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise errors.ImageIsFolderError(path)
        if not stat.S_ISREG(mode):
            raise errors.ImageUnsupportedError(path)  # reading a pipe could wait for ever
        with path.open("rb") as file:
            head = file.read(_HEAD_SIZE)
            if not head:
                raise errors.ImageEmptyError(path)
            _format_of(head)
            file.seek(0)
            return file.read()
    except PermissionError as error:
        raise errors.ImageReadDeniedError(path, error.strerror or "") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise errors.ImageMissingError(path) from error
    except OSError as error:
        raise errors.ImageReadError(path, error.strerror or str(error)) from error
