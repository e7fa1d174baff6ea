from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.photo import Photo
from unblur.document.shapes import Rectangle
from unblur.imaging import export as exporting
from unblur.imaging.codec import decode
from unblur.imaging.composite import result
from unblur.imaging.encode import WRITABLE_SUFFIXES
from unblur.imaging.export import ExportOptions, depth_lost, export

BOX = Rectangle(Rect(10, 8, 30, 20))
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
IS_POSIX = os.name == "posix"
OVERWRITE = ExportOptions(overwrite=True)


@pytest.mark.parametrize("suffix", ["png", "tif", "tiff"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_png_and_tiff_hold_the_result_bit_for_bit(
    suffix: str,
    dtype: Any,
    has_alpha: bool,
    tmp_path: Path,
    photo_of: Callable[..., Photo],
    document_of: Callable[..., Document],
    layers: Callable[..., Any],
) -> None:
    photo = photo_of(dtype=dtype, has_alpha=has_alpha)
    document = document_of(photo, BOX, strength=0.8, feather=4.0)
    source = layers(photo)
    path = tmp_path / f"out.{suffix}"
    report = export(document, source, path)
    written = decode(path)
    np.testing.assert_array_equal(written.pixels, result(document, source, photo.rect))
    outside = np.ones(photo.pixels.shape[:2], bool)
    outside[BOX.rect.slices] = False
    np.testing.assert_array_equal(written.pixels[outside], photo.pixels[outside])
    assert written.pixels.dtype == dtype
    assert not report.depth_lost
    assert report.size == photo.size
    assert report.path == path
    assert (written.alpha is None) == (photo.alpha is None)
    if has_alpha:
        np.testing.assert_array_equal(written.alpha, photo.alpha)


def test_tiff_holds_floats_exactly(
    tmp_path: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    photo = photo_of(dtype=np.float32, has_alpha=True)
    export(Document(photo), no_layers, tmp_path / "out.tif")
    written = decode(tmp_path / "out.tif")
    np.testing.assert_array_equal(written.pixels, photo.pixels)
    np.testing.assert_array_equal(written.alpha, photo.alpha)


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_depth_is_lost_where_the_format_has_less(
    suffix: str, dtype: Any, tmp_path: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    photo = photo_of(dtype=dtype)
    most = {".png": 16, ".tif": 32, ".tiff": 32}.get(suffix, 8)
    path = tmp_path / f"out{suffix.upper()}"
    report = export(Document(photo), no_layers, path)
    assert report.depth_lost == depth_lost(photo, suffix) == (photo.bits > most)
    assert decode(path).bits == min(photo.bits, most)


def test_less_depth_is_rounded(
    tmp_path: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    photo = photo_of(dtype=np.uint16, has_alpha=True)
    path = tmp_path / "out.webp"
    export(Document(photo), no_layers, path, ExportOptions(quality=100))
    written = decode(path)
    np.testing.assert_array_equal(written.pixels, np.rint(photo.pixels / 257.0))
    assert photo.alpha is not None
    np.testing.assert_array_equal(written.alpha, np.rint(photo.alpha / 257.0))


def test_jpeg_drops_alpha_and_stays_near(
    tmp_path: Path, asymmetric: np.ndarray, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    photo = replace(photo_of(30, 20, has_alpha=True), pixels=asymmetric)
    export(Document(photo), no_layers, tmp_path / "out.jpg")
    written = decode(tmp_path / "out.jpg")
    assert written.alpha is None
    assert np.abs(written.pixels.astype(int) - asymmetric).mean() < 2


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 5000), Size(5000, 1)])
def test_extreme_shapes_are_written(
    size: Size, suffix: str, tmp_path: Path, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    photo = photo_of(*size, dtype=np.uint16)
    export(Document(photo), no_layers, tmp_path / f"out{suffix}", ExportOptions(quality=100))
    assert decode(tmp_path / f"out{suffix}").size == size


def test_many_strips_make_one_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photo_of: Callable[..., Photo], no_layers: Any
) -> None:
    monkeypatch.setattr(exporting, "_STRIP_PIXELS", 700)
    monkeypatch.setattr("unblur.imaging.formats.tiff_writer._STRIP_BYTES", 3000)
    photo = photo_of(300, 200, np.uint16)
    for suffix in ("png", "tif"):
        export(Document(photo), no_layers, tmp_path / f"out.{suffix}")
        np.testing.assert_array_equal(decode(tmp_path / f"out.{suffix}").pixels, photo.pixels)


def test_progress_rises_to_one(document: Document, restored: Any, tmp_path: Path) -> None:
    heard: list[float] = []
    export(document, restored, tmp_path / "out.png", progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_the_source_is_replaced_when_told_so(
    opened: Document, restored: Any, tmp_path: Path
) -> None:
    before = (tmp_path / "source.png").read_bytes()
    export(opened, restored, tmp_path / "source.png", OVERWRITE)
    assert (tmp_path / "source.png").read_bytes() != before
    assert [item.name for item in tmp_path.iterdir()] == ["source.png"]


@pytest.mark.skipif(not IS_POSIX, reason="links need a privilege there")
def test_overwriting_a_link_writes_where_it_leads(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    real, link = tmp_path / "deep" / "real.png", tmp_path / "link.png"
    real.write_bytes(b"old")
    link.symlink_to(real)
    export(document, restored, link, OVERWRITE)
    assert link.is_symlink()
    assert decode(real).size == document.photo.size


@pytest.mark.skipif(not IS_POSIX, reason="permissions work differently there")
def test_permissions_are_those_of_any_new_file_or_of_the_old_one(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    mask = os.umask(0o027)
    try:
        export(document, restored, tmp_path / "new.png")
    finally:
        os.umask(mask)
    assert (tmp_path / "new.png").stat().st_mode & 0o777 == 0o640
    old = tmp_path / "old.png"
    old.touch()
    old.chmod(0o604)
    export(document, restored, old, OVERWRITE)
    assert old.stat().st_mode & 0o777 == 0o604


def test_paths_with_spaces_emoji_and_other_letters(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "Мои фото 📷 日本"
    folder.mkdir()
    for suffix in WRITABLE_SUFFIXES:
        path = folder / f"été 🙂{suffix}"
        export(document, restored, path)
        assert decode(path).size == document.photo.size


def test_the_longest_name_leaves_room_for_the_temporary_file(
    document: Document, restored: Any, tmp_path: Path
) -> None:
    path = tmp_path / ("x" * 251 + ".png")
    export(document, restored, path)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_a_gray_photo_is_written_as_rgb(
    tmp_path: Path, encoded: Callable[..., bytes], no_layers: Any
) -> None:
    source = tmp_path / "gray.png"
    source.write_bytes(encoded(np.arange(48, dtype=np.uint8).reshape(6, 8), "PNG"))
    photo = decode(source)
    export(Document(photo), no_layers, tmp_path / "out.png")
    written = decode(tmp_path / "out.png")
    assert photo.was_gray
    assert not written.was_gray
    np.testing.assert_array_equal(written.pixels, photo.pixels)
