"""Exports that cannot be done: each leaves the folder as it was."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unblur import errors
from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Photo
from unblur.document.shapes import Rectangle
from unblur.imaging import export as exporting
from unblur.imaging.codec import decode
from unblur.imaging.export import ExportOptions, export

BOX = Rectangle(Rect(10, 8, 30, 20))
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
IS_POSIX = os.name == "posix"
OVERWRITE = ExportOptions(overwrite=True)


def refused(
    kind: type[errors.ImageError], document: Document, layers: Any, path: Path, **options: Any
) -> errors.ImageError:
    """Exporting fails with this error, which names the path, and leaves its folder as it was."""
    before = contents(path.parent)
    with pytest.raises(errors.ImageError) as caught:
        export(document, layers, path, ExportOptions(**options))
    assert type(caught.value) is kind
    assert caught.value.path == path
    assert contents(path.parent) == before
    return caught.value


def contents(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {p.name: p.read_bytes() if p.is_file() else b"" for p in folder.iterdir()}


def test_cancelling_leaves_nothing(document: Document, restored: Any, tmp_path: Path) -> None:
    with pytest.raises(errors.Cancelled):
        export(document, restored, tmp_path / "out.png", is_cancelled=lambda: True)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, errors.Cancelled, ValueError])
@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_an_interruption_leaves_nothing(
    suffix: str,
    interruption: type[BaseException],
    document: Document,
    restored: Any,
    tmp_path: Path,
) -> None:
    def interrupt(_share: float) -> None:
        raise interruption

    with pytest.raises(interruption):
        export(document, restored, tmp_path / f"out.{suffix}", progress=interrupt)
    assert contents(tmp_path) == {}


def test_an_unknown_ending(document: Document, restored: Any, tmp_path: Path) -> None:
    for name in ("out.gif", "out", "out.heic"):
        refused(errors.ImageFormatError, document, restored, tmp_path / name)


def test_a_missing_folder(document: Document, restored: Any, tmp_path: Path) -> None:
    refused(errors.ImageFolderMissingError, document, restored, tmp_path / "none" / "out.png")
    (tmp_path / "file").touch()
    refused(errors.ImageFolderMissingError, document, restored, tmp_path / "file" / "out.png")


def test_a_folder_is_no_target(document: Document, restored: Any, tmp_path: Path) -> None:
    (tmp_path / "out.png").mkdir()
    refused(errors.ImageIsFolderError, document, restored, tmp_path / "out.png", overwrite=True)


def test_an_existing_file_is_kept_unless_told_otherwise(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"precious")
    refused(errors.ImageExistsError, document, restored, path)
    export(document, restored, path, OVERWRITE)
    assert decode(path).size == document.photo.size


def test_a_file_that_appears_meanwhile_is_kept(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    path = tmp_path / "out.png"
    with pytest.raises(errors.ImageExistsError):
        export(document, restored, path, progress=lambda _share: path.write_bytes(b"precious"))
    assert contents(tmp_path) == {"out.png": b"precious"}


def test_the_source_is_protected(opened: Document, restored: Any, tmp_path: Path) -> None:
    refused(errors.ImageIsSourceError, opened, restored, tmp_path / "source.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / ".." / "source.png"
    with pytest.raises(errors.ImageIsSourceError):
        export(opened, restored, path)


@pytest.mark.skipif(not IS_POSIX, reason="links need a privilege there")
@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_the_source_is_protected_through_links(
    link: Callable[[Path, Path], None], opened: Document, restored: Any, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    link(tmp_path / "source.png", other)
    refused(errors.ImageIsSourceError, opened, restored, other)


@pytest.mark.parametrize(
    ("suffix", "size", "limit"),
    [("jpg", Size(65501, 1), "65500"), ("webp", Size(1, 16384), "16383")],
)
def test_more_pixels_a_side_than_the_format_holds(
    suffix: str,
    size: Size,
    limit: str,
    tmp_path: Path,
    photo_of: Callable[..., Photo],
    no_layers: Any,
) -> None:
    document = Document(photo_of(*size))
    error = refused(errors.ImageWriteError, document, no_layers, tmp_path / f"out.{suffix}")
    assert limit in error.detail


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_a_copy_that_reads_back_wrong_is_not_kept(
    suffix: str,
    document: Document,
    restored: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def misread(path: Path) -> Photo:
        photo = decode(path)
        return replace(photo, pixels=photo.pixels // 2)

    monkeypatch.setattr("unblur.imaging.verify.decode", misread)
    refused(errors.ImageVerifyError, document, restored, tmp_path / f"out.{suffix}")


def test_a_copy_that_was_cut_is_not_kept(
    document: Document, restored: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(descriptor: int) -> None:
        os.ftruncate(descriptor, 200)

    monkeypatch.setattr(exporting.os, "fsync", cut)
    refused(errors.ImageVerifyError, document, restored, tmp_path / "out.jpg")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with 256 KB."""
    yield from mounted(tmp_path / "small disk", "size=256k")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system that cannot be written, not even by root."""
    yield from mounted(tmp_path / "read-only disk", "size=64k,ro")


def mounted(folder: Path, options: str) -> Iterator[Path]:
    if sys.platform != "linux" or not IS_ROOT or shutil.which("mount") is None:
        pytest.skip("mounting a file system needs root on Linux")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_a_full_disk(
    suffix: str, small_disk: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    document = Document(photo_of(900, 700))
    refused(errors.ImageDiskFullError, document, no_layers, small_disk / f"out.{suffix}")


def test_a_full_disk_leaves_the_old_file(
    small_disk: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    path = small_disk / "out.png"
    export(Document(photo_of(100, 80)), no_layers, path)
    document = Document(photo_of(900, 700))
    refused(errors.ImageDiskFullError, document, no_layers, path, overwrite=True)


def test_a_read_only_disk(document: Document, restored: Any, read_only_disk: Path) -> None:
    refused(errors.ImageWriteDeniedError, document, restored, read_only_disk / "out.png")


@pytest.mark.skipif(not IS_POSIX or IS_ROOT, reason="root may write into every folder")
def test_a_read_only_folder(document: Document, restored: Any, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o555)
    refused(errors.ImageWriteDeniedError, document, restored, folder / "out.png")


@pytest.mark.skipif(not IS_POSIX or IS_ROOT, reason="root may write every file")
def test_a_read_only_file(document: Document, restored: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"precious")
    path.chmod(0o444)
    refused(errors.ImageWriteDeniedError, document, restored, path, overwrite=True)


@pytest.mark.skipif(not IS_POSIX, reason="there are no such limits there")
@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_a_write_that_the_system_stops_leaves_nothing(
    suffix: str, tmp_path: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    document = Document(photo_of(900, 700))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        error = refused(errors.ImageWriteError, document, no_layers, tmp_path / f"out.{suffix}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert error.detail == os.strerror(errno.EFBIG)


def test_more_than_tiff_holds_is_refused(
    document: Document, restored: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unblur.imaging.formats.tiff_writer._MOST", 1000)
    refused(errors.ImageWriteError, document, restored, tmp_path / "out.tif")
