"""A finished photo into a file, so that a failure never leaves a half or a wrong one.

The result is composited strip by strip into a temporary file beside the target, synced to
the disk, read back and compared with what was meant, and only then given its name.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from unblur import errors
from unblur.document.buffer import quantized, to_float
from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Metadata, Photo
from unblur.errors import Cancelled, ImageError
from unblur.imaging import exif
from unblur.imaging.composite import LayerReader, result
from unblur.imaging.encode import Writer, writer_for
from unblur.imaging.provenance import Treatment, source_type, treatments, with_declaration
from unblur.imaging.pyramid import to_display
from unblur.imaging.verify import Witness
from unblur.imaging.writing import Strip, Strips, WriteOrder

_STRIP_PIXELS = 1 << 19
_WRITING_SHARE = 0.8  # of the progress; the rest is reading back
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)

Progress = Callable[[float], None]


@dataclass(frozen=True)
class ExportOptions:
    """How to write. `quality` is that of JPEG and WebP; WebP is lossless at 100.

    With `tell_restored` the file says what was restored, and by which model.
    """

    quality: int = 95
    keep_metadata: bool = True
    tell_restored: bool = True
    overwrite: bool = False


@dataclass(frozen=True)
class ExportReport:
    """What was written. `source_type` is IPTC's digital source type, if the file says one."""

    path: Path
    depth_lost: bool
    size: Size
    source_type: str | None = None


def depth_lost(photo: Photo, suffix: str) -> bool:
    """Whether a file with this ending holds fewer bits than the photo.

    Raises ImageFormatError when it names no format that can be written.
    """
    return photo.bits > writer_for(Path(f"photo{suffix}")).bits


def check_target(photo: Photo, path: Path, options: ExportOptions) -> None:
    """Find out before minutes of work what would stop `export`: nothing is written.

    Raises an ImageError that names `path`.
    """
    _check_sides(photo.size, writer_for(path), path)
    folder = _checked_target(path, photo, options).parent
    if not folder.is_dir():
        raise errors.ImageFolderMissingError(path)
    if not os.access(folder, os.W_OK):
        raise errors.ImageWriteDeniedError(path, "the folder is read-only")


def export(
    document: Document,
    layers: LayerReader,
    path: Path,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> ExportReport:
    """Write the result of `document` to `path`, whose ending chooses the format.

    `progress` hears the share that is done, 0 to 1. Raises an ImageError that names `path`,
    or Cancelled; then `path` is as it was and no temporary file is left.
    """
    options = options or ExportOptions()
    writer = writer_for(path)
    photo = document.photo
    _check_sides(photo.size, writer, path)
    target = _checked_target(path, photo, options)
    done = treatments(document, layers) if options.tell_restored else ()
    order = _order(photo, writer, options, done)
    witness = Witness(is_exact=writer.is_exact)

    def report(share: float) -> None:
        if is_cancelled is not None and is_cancelled():
            raise Cancelled
        if progress is not None:
            progress(share)

    strips = _strips(document, layers, order, lambda share: report(share * _WRITING_SHARE))
    with _naming(path), _temporary_beside(target) as temporary:
        with temporary.open("wb") as file:
            writer.write(file, order, witness.watching(strips))
            file.flush()
            os.fsync(file.fileno())
        report(_WRITING_SHARE)
        witness.check(temporary, order)
        report(1.0)
        _replace(temporary, target, options)
    is_told = order.metadata.xmp != _outgoing(photo.metadata, options).xmp
    kind = source_type(done) if is_told else None
    return ExportReport(path, depth_lost(photo, path.suffix), photo.size, kind)


def _check_sides(size: Size, writer: Writer, path: Path) -> None:
    if writer.max_side is not None and max(size) > writer.max_side:
        detail = f"{writer.name} holds at most {writer.max_side} pixels a side; PNG holds more"
        raise errors.ImageWriteError(path, detail)


def _checked_target(path: Path, photo: Photo, options: ExportOptions) -> Path:
    """The file to replace: where `path` leads, if it is a link."""
    try:
        target = path.resolve()
        if target.is_dir():
            raise errors.ImageIsFolderError(path)
        exists = os.path.lexists(target)
    except OSError as error:
        raise _translated(error, path) from error
    except RuntimeError as error:  # links that lead in a circle
        raise errors.ImageWriteError(path, str(error)) from error
    if exists and not options.overwrite:
        kind = errors.ImageIsSourceError if _is_source(target, photo) else errors.ImageExistsError
        raise kind(path)
    if exists and not os.access(target, os.W_OK):
        raise errors.ImageWriteDeniedError(path, "the file is read-only")
    return target


def _is_source(target: Path, photo: Photo) -> bool:
    if photo.path is None:
        return False
    try:
        return target.samefile(photo.path)
    except OSError:
        return target == Path(os.path.abspath(photo.path))  # noqa: PTH100 - it may be gone


def _order(
    photo: Photo, writer: Writer, options: ExportOptions, done: Sequence[Treatment]
) -> WriteOrder:
    kinds = {8: np.uint8, 16: np.uint16, 32: np.float32}
    metadata = _outgoing(photo.metadata, options)
    if done:
        told = with_declaration(metadata.xmp, done, writer.longest_xmp)
        metadata = replace(metadata, xmp=told)
    return WriteOrder(
        size=photo.size,
        dtype=np.dtype(kinds[min(photo.bits, writer.bits)]),
        has_alpha=photo.alpha is not None and writer.has_alpha,
        metadata=metadata,
        quality=options.quality,
    )


def _outgoing(metadata: Metadata, options: ExportOptions) -> Metadata:
    if not options.keep_metadata:
        return Metadata(icc=metadata.icc, dpi=metadata.dpi)
    if metadata.exif is None:
        return metadata
    return replace(metadata, exif=exif.without_thumbnail(metadata.exif))


def _strips(
    document: Document, layers: LayerReader, order: WriteOrder, progress: Progress
) -> Strips:
    photo = document.photo
    rows = max(1, _STRIP_PIXELS // photo.size.width)
    for top in range(0, photo.size.height, rows):
        bottom = min(top + rows, photo.size.height)
        rect = Rect.from_edges(0, top, photo.size.width, bottom)
        strip = _at_depth(result(document, layers, rect), order)
        if order.has_alpha and photo.alpha is not None:
            alpha = _at_depth(photo.alpha[rect.slices], order)
            strip = np.dstack((strip, alpha))
        yield strip
        progress(bottom / photo.size.height)


def _at_depth(samples: Strip, order: WriteOrder) -> Strip:
    if samples.dtype == order.dtype:
        return samples
    if order.dtype == np.uint8:
        return to_display(samples).reshape(samples.shape)
    return quantized(to_float(samples), order.dtype)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors from inside name `path`, not the temporary file, and are of our types."""
    try:
        yield
    except ImageError as error:
        raise type(error)(path, error.detail) from error
    except OSError as error:
        raise _translated(error, path) from error
    except MemoryError as error:
        raise errors.ImageWriteError(path, "not enough memory") from error


def _translated(error: OSError, path: Path) -> ImageError:
    detail = error.strerror or str(error)
    if error.errno in _DISK_FULL:
        return errors.ImageDiskFullError(path, detail)
    if error.errno in _DENIED:
        return errors.ImageWriteDeniedError(path, detail)
    if error.errno in (errno.ENOENT, errno.ENOTDIR) and not path.parent.is_dir():
        return errors.ImageFolderMissingError(path, detail)
    return errors.ImageWriteError(path, detail)


@contextmanager
def _temporary_beside(target: Path) -> Iterator[Path]:
    """A new, empty file in the target's folder, which is gone afterwards whatever happens."""
    temporary = target.parent / f".unblur-{secrets.token_hex(8)}.tmp"
    try:
        # Unlike tempfile's, it gets the permissions that any new file of this person gets.
        temporary.touch(exist_ok=False)
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _replace(temporary: Path, target: Path, options: ExportOptions) -> None:
    if os.path.lexists(target):
        if not options.overwrite:  # it appeared while this one was being written
            raise errors.ImageExistsError(target)
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))
    temporary.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        except OSError:
            pass  # some network drives cannot; the file itself is safe
        finally:
            os.close(folder)
