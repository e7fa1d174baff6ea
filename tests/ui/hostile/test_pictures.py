"""Every kind of file in the window, by the real decoders and the real export."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.imaging.opencv import cv2
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer

Make = Callable[[Path], Path]


def picture(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack((x % 128, y % 128, (x + y) % 128), axis=2).astype(np.uint8))


def a_folder(folder: Path) -> Path:
    path = folder / "folder.png"
    path.mkdir()
    return path


def a_pipe(folder: Path) -> Path:
    path = folder / "pipe.png"
    os.mkfifo(path)
    return path


def written(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    make.__name__ = name
    return make


def truncated(folder: Path) -> Path:
    path = folder / "truncated.jpg"
    picture(200, 100).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def header_of(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13)
    return start + header + crc(header) + struct.pack(">I", 0) + b"IEND" + crc(b"IEND")


def crc(chunk: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(chunk))


needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs names and files as POSIX has")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "missing.jpg", "does not exist"),
        (lambda folder: folder / ("long" * 100 + ".jpg"), "could not be read"),
        (a_folder, "is a folder"),
        (written("empty.jpg", b""), "has no content"),
        (truncated, "cut short or damaged"),
        (written("text.png", b"It was a dark and stormy night."), "not a picture in a known"),
        (written("huge.png", header_of(60_000, 60_000)), "is too large to open"),
        (written("no size.png", header_of(0, 5)), "cut short or damaged"),
        pytest.param(a_pipe, "not a picture in a known", marks=needs_posix),
    ],
)
def test_what_is_no_photo_ends_in_a_banner_that_names_it(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path, make: Make, said: str
) -> None:
    path = make(tmp_path)
    program.opener.open([path])
    qtbot.waitUntil(lambda: said in person.reads())
    assert str(path) in person.reads()
    assert program.session.photos == ()


@needs_posix
def test_a_name_with_bytes_that_are_no_letters_is_a_name(
    qtbot: QtBot, program: Program, person: Any, tmp_path: Path
) -> None:
    broken = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.png"))
    broken.write_bytes(b"no picture")
    program.opener.open([broken])
    qtbot.waitUntil(lambda: f"{tmp_path}/b�.png" in person.reads())
    picture(40, 30).save(tmp_path / "good.png")
    (tmp_path / "good.png").rename(broken)
    person.opens(broken)
    assert program.recent.paths == (broken,)


def gray(folder: Path) -> Path:
    picture(40, 30).convert("L").save(folder / "gray.png")
    return folder / "gray.png"


def palette(folder: Path) -> Path:
    picture(40, 30).quantize(16).save(folder / "palette.png")
    return folder / "palette.png"


def cmyk(folder: Path) -> Path:
    picture(40, 30).convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    return folder / "cmyk.jpg"


def with_alpha(folder: Path) -> Path:
    photo = picture(40, 30)
    photo.putalpha(Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(30, 40)))
    photo.save(folder / "alpha.png")
    return folder / "alpha.png"


def deep(ending: str) -> Make:
    def make(folder: Path) -> Path:
        pixels = np.arange(40 * 30 * 3, dtype=np.uint16).reshape(30, 40, 3) * 7
        path = folder / f"deep.{ending}"
        path.write_bytes(cv2.imencode(f".{ending}", pixels)[1].tobytes())
        return path

    make.__name__ = f"deep {ending}"
    return make


def sized(width: int, height: int) -> Make:
    def make(folder: Path) -> Path:
        picture(width, height).save(folder / "sized.png")
        return folder / "sized.png"

    make.__name__ = f"{width} x {height}"
    return make


def named(name: str) -> Make:
    def make(folder: Path) -> Path:
        picture(40, 30).save(folder / name)
        return folder / name

    make.__name__ = name
    return make


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (gray, "40 × 30 · 8-bit · grey"),
        (palette, "40 × 30 · 8-bit"),
        (cmyk, "40 × 30 · 8-bit"),
        (with_alpha, "40 × 30 · 8-bit"),
        (deep("png"), "40 × 30 · 16-bit"),
        (deep("tif"), "40 × 30 · 16-bit"),
        (sized(1, 1), "1 × 1 · 8-bit"),
        (sized(1, 5000), "1 × 5000 · 8-bit"),
        (sized(5000, 1), "5000 × 1 · 8-bit"),
        (named("with spaces.png"), "40 × 30"),
        (named("🌄 写真 Фото صورة.png"), "40 × 30"),
    ],
)
def test_unusual_pictures_open_are_restored_and_exported(
    qtbot: QtBot,
    program: Program,
    person: Any,
    client: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
    facts: str,
) -> None:
    source = make(tmp_path)
    person.opens(source)
    assert program.status._facts.text().startswith(facts)
    program.restorer.restore()
    client.finish()
    program.canvas.grab()
    assert program.restorer.outlook.is_restored
    person.answers_export(monkeypatch, Answer.EXPORT, None)
    program.actions[ActionId.EXPORT].trigger()
    target = source.with_name(f"{source.stem}-unblurred{source.suffix}")
    qtbot.waitUntil(lambda: f"Saved “{target.name}”" in person.reads())
    before, after = (cv2.imread(str(p), cv2.IMREAD_UNCHANGED) for p in (source, target))
    if before is not None and make is not cmyk and make is not palette:
        assert after.dtype == before.dtype
    assert after.shape[:2] == before.shape[:2]
    full = 65535 if after.dtype == np.uint16 else 255
    assert abs(int(after.flat[0]) - 40000 / 65535 * full) <= 2


def test_a_photo_that_memory_does_not_hold_is_told(tmp_path: Path) -> None:
    """In a process of its own, whose memory the system limits."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "large.png"
    Image.new("RGB", (10_000, 10_000)).save(path, compress_level=1)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from unblur.imaging.codec import decode; from unblur.messages import message_for\n"
        "from unblur.errors import AppError; from unblur.imaging.opencv import cv2; cv2.imread\n"
        "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 200 * 2**20,) * 2)\n"
        "try: decode(Path(sys.argv[1]))\n"
        "except AppError as error: print(message_for(error).as_line())\n"
    )
    if not Path("/proc/self/statm").exists() or not hasattr(resource, "RLIMIT_AS"):
        pytest.skip("needs limits as Linux has them")
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(f"“{path}” is too large to open"), done.stderr
    assert done.stderr == ""
