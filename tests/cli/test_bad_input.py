"""What people really hand to a program: each ends in a clear sentence, or in a right picture."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

Command = Callable[..., Any]
LIGHTER = 32

pytestmark = pytest.mark.usefixtures("lighter")


def picture(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack((x % 128, y % 128, (x + y) % 128), axis=2).astype(np.uint8))


def missing(folder: Path) -> Path:
    return folder / "missing.jpg"


def a_folder(folder: Path) -> Path:
    path = folder / "folder.png"
    path.mkdir()
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.jpg"
    path.touch()
    return path


def truncated(folder: Path) -> Path:
    path = folder / "truncated.jpg"
    picture(200, 100).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def text(folder: Path) -> Path:
    path = folder / "text.png"
    path.write_text("It was a dark and stormy night.", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (missing, "does not exist"),
        (a_folder, "is a folder"),
        (empty, "has no content"),
        (truncated, "cut short or damaged"),
        (text, "not a picture in a known format"),
    ],
)
def test_what_is_no_photo_is_told_in_one_line_that_names_it(
    unblur: Command, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    path = make(tmp_path)
    out = tmp_path / "out"
    out.mkdir()

    outcome = unblur("restore", path, "-o", out, "--json")

    assert outcome.status == 1
    (line,) = outcome.err.splitlines()
    assert str(path) in line
    assert words in line
    assert list(out.iterdir()) == []
    assert outcome.reports == [{"input": str(path), "error": line}]


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (63, 64)])
def test_photos_of_any_size_are_restored(
    unblur: Command, tmp_path: Path, size: tuple[int, int]
) -> None:
    source, out = tmp_path / "in.png", tmp_path / "out.png"
    picture(*size).save(source)

    outcome = unblur("restore", source, "-o", out)

    assert outcome.status == 0, outcome.err
    with Image.open(out) as result, Image.open(source) as before:
        assert result.size == size
        change = np.asarray(result).astype(int) - np.asarray(before)
    assert np.abs(change - LIGHTER).max() <= 1


def gray(folder: Path) -> Path:
    path = folder / "gray.png"
    picture(40, 30).convert("L").save(path)
    return path


def palette(folder: Path) -> Path:
    path = folder / "palette.png"
    picture(40, 30).quantize(16).save(path)
    return path


def cmyk(folder: Path) -> Path:
    path = folder / "cmyk.jpg"
    picture(40, 30).convert("CMYK").save(path, quality=95)
    return path


def with_alpha(folder: Path) -> Path:
    path = folder / "alpha.png"
    photo = picture(40, 30)
    photo.putalpha(Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(30, 40)))
    photo.save(path)
    return path


@pytest.mark.parametrize("make", [gray, palette, cmyk, with_alpha])
def test_unusual_colours_become_a_picture_of_the_same_size(
    unblur: Command, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    source = make(tmp_path)

    outcome = unblur("restore", source, "-o", f"{tmp_path}/out/", "--json")

    assert outcome.status == 0, outcome.err
    with Image.open(outcome.reports[0]["output"]) as result:
        assert result.size == (40, 30)
        if make is with_alpha:
            assert result.mode == "RGBA"
            assert np.asarray(result)[:, :, 3].ravel().tolist() == [v % 256 for v in range(1200)]


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bits_stay_sixteen_bits(unblur: Command, tmp_path: Path, ending: str) -> None:
    from unblur.imaging.opencv import cv2

    source, out = tmp_path / f"deep.{ending}", tmp_path / f"out.{ending}"
    deep = np.arange(40 * 30 * 3, dtype=np.uint16).reshape(30, 40, 3) * 7
    source.write_bytes(cv2.imencode(f".{ending}", deep)[1].tobytes())

    outcome = unblur("restore", source, "-o", out, "--region", "10,10,8,8")

    assert outcome.status == 0, outcome.err
    result = cv2.imdecode(np.frombuffer(out.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert result.dtype == np.uint16
    outside = np.ones((30, 40), bool)
    outside[10:18, 10:18] = False
    assert np.array_equal(result[outside], deep[outside])
    assert np.all(result[10:18, 10:18].astype(int) - deep[10:18, 10:18] > 8000)


@pytest.mark.parametrize("name", ["with spaces.png", "🌄 sunset.png", "写真 Фото صورة.png"])
def test_names_in_any_script_are_fine(unblur: Command, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    picture(20, 20).save(source)

    outcome = unblur("restore", source, "-o", f"{tmp_path}/ö 出/", "--json")

    assert outcome.status == 0, outcome.err
    assert Path(outcome.reports[0]["output"]).name == f"{source.stem}-unblurred.png"
    assert Path(outcome.reports[0]["output"]).exists()


@pytest.mark.skipif(os.name != "posix", reason="needs names as POSIX has them")
def test_a_name_with_bytes_that_are_no_letters_is_told_and_reported(
    unblur: Command, tmp_path: Path
) -> None:
    source = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.png"))
    source.write_bytes(b"no picture")

    outcome = unblur("restore", source, "-o", tmp_path / "out.png", "--json")

    assert outcome.status == 1
    assert f"{tmp_path}/b�.png" in outcome.err
    outcome.out.encode("ascii")
    assert outcome.reports[0]["input"] == str(source)


def test_a_region_beyond_the_photo_is_told(unblur: Command, photo: Path, tmp_path: Path) -> None:
    outcome = unblur("restore", photo, "-o", tmp_path / "o.png", "--region", "200,10,20,20")

    assert outcome.status == 1
    assert "200,10,20,20 lies beyond its 90 × 60 pixels" in outcome.err


def test_a_target_of_an_unknown_kind_is_told(unblur: Command, photo: Path, tmp_path: Path) -> None:
    outcome = unblur("restore", photo, "-o", tmp_path / "out.xyz")

    assert outcome.status == 1
    assert "does not end in a type" in outcome.err


def test_a_target_folder_that_is_missing_is_told(
    unblur: Command, photo: Path, tmp_path: Path
) -> None:
    outcome = unblur("restore", photo, "-o", tmp_path / "nowhere" / "out.png")

    assert outcome.status == 1
    assert "its folder does not exist" in outcome.err


@pytest.mark.parametrize("into", ["out.png", "", "new/"])
def test_a_read_only_folder_is_told(
    unblur: Command, photo: Path, read_only_folder: Path, into: str
) -> None:
    outcome = unblur("restore", photo, "-o", f"{read_only_folder}/{into}")

    assert outcome.status == 1
    assert "read-only" in outcome.err
    assert str(read_only_folder) in outcome.err


def test_a_full_disk_is_told_and_left_without_a_half_file(
    unblur: Command, tmp_path: Path, tiny_disk: Path
) -> None:
    source = tmp_path / "noise.png"
    noise = np.random.default_rng(1).integers(0, 128, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(source)

    outcome = unblur("restore", source, "-o", tiny_disk)

    assert outcome.status == 1
    assert "no space is left" in outcome.err
    assert list(tiny_disk.iterdir()) == []
