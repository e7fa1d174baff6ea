"""Files that cannot be opened: each ends in one clear error that names the file."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unblur import errors
from unblur.imaging.codec import decode, decode_bytes
from unblur.messages import message_for

Encoded = Callable[..., bytes]
RGB = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
FILES = Path(__file__).parents[1] / "data" / "files"


def refused(path: Path, kind: type[errors.ImageError]) -> errors.ImageError:
    with pytest.raises(errors.ImageError) as caught:
        decode(path)
    assert type(caught.value) is kind
    assert caught.value.path == path
    assert str(path) in message_for(caught.value).as_line()
    return caught.value


def test_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "none.jpg", errors.ImageMissingError)


def test_a_file_below_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    refused(tmp_path / "file" / "photo.jpg", errors.ImageMissingError)


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path, errors.ImageIsFolderError)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    refused(path, errors.ImageEmptyError)


@pytest.mark.parametrize("content", [b"Dear diary,\n", b"x", b"GIF89a", b"\x00" * 100])
def test_what_is_no_picture(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "text.png"
    path.write_bytes(content)
    refused(path, errors.ImageUnsupportedError)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "AVIF"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_a_file_that_is_cut_short(
    kind: str, share: float, tmp_path: Path, encoded: Encoded
) -> None:
    data = encoded(RGB, kind)
    path = tmp_path / "cut.file"
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, errors.ImageTruncatedError)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_packed_tiff_that_is_cut_short(
    compression: str, tmp_path: Path, encoded: Encoded
) -> None:
    data = encoded(RGB, "TIFF", compression=compression)
    path = tmp_path / "cut.tif"
    path.write_bytes(data[: len(data) // 2])
    refused(path, errors.ImageTruncatedError)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_heic_that_is_cut_short(share: float, tmp_path: Path) -> None:
    data = (FILES / "display-p3-icc.heic").read_bytes()
    path = tmp_path / "cut.heic"
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, errors.ImageTruncatedError)


def test_a_png_with_a_flipped_byte(tmp_path: Path, encoded: Encoded) -> None:
    data = bytearray(encoded(RGB, "PNG"))
    data[len(data) // 2] ^= 1
    path = tmp_path / "damaged.png"
    path.write_bytes(data)
    refused(path, errors.ImageTruncatedError)


def test_a_png_that_claims_more_rows_than_it_has(tmp_path: Path, encoded: Encoded) -> None:
    data = bytearray(encoded(RGB, "PNG"))
    data[20:24] = struct.pack(">I", 200)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    path = tmp_path / "short.png"
    path.write_bytes(data)
    refused(path, errors.ImageTruncatedError)


def bomb(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)),
            struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")),
        )
    )


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(100_000, 100_000))
    error = refused(path, errors.ImageTooLargeError)
    assert "10,000 of at most 1000 megapixels" in error.detail


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_a_bomb_in_other_formats(kind: str, tmp_path: Path, encoded: Encoded) -> None:
    data = bytearray(encoded(RGB, kind))
    if kind == "JPEG":
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", 60000, 60000)
    else:
        data[18:26] = struct.pack("<ii", 60000, 60000)
    path = tmp_path / "bomb"
    path.write_bytes(data)
    refused(path, errors.ImageTooLargeError)


def test_more_than_the_memory_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoded: Encoded
) -> None:
    monkeypatch.setattr("unblur.imaging.limits._physical_memory", lambda: 10_000)
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(RGB, "PNG"))
    refused(path, errors.ImageTooLargeError)


def test_ninety_megapixels_are_no_bomb(tmp_path: Path, encoded: Encoded) -> None:
    # More than Pillow's own limit, at which it would warn; one colour, so it is quick.
    path = tmp_path / "large.jpg"
    path.write_bytes(encoded(np.zeros((1800, 50_000), np.uint8), "JPEG"))
    assert decode(path).size.megapixels == 90


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work differently there")
def test_a_file_that_may_not_be_read(tmp_path: Path, encoded: Encoded) -> None:
    path = tmp_path / "private.png"
    path.write_bytes(encoded(RGB, "PNG"))
    path.chmod(0)
    if not IS_ROOT:
        refused(path, errors.ImageReadDeniedError)
        return
    # Root may read everything, so another user tries.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & 1:
            folder.chmod(folder.stat().st_mode | 0o011)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from unblur.imaging.codec import decode\n"
        "from unblur.errors import ImageReadDeniedError\n"
        "os.setuid(65534)\n"
        "try:\n    decode(Path(sys.argv[1]))\n"
        "except ImageReadDeniedError as error:\n    print(error.path)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.jpg"
    os.mkfifo(path)
    refused(path, errors.ImageUnsupportedError)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(errors.ImageError):
        decode(tmp_path / ("x" * 5000 + ".jpg"))


def test_a_raw_file_is_not_opened_as_its_preview(tmp_path: Path, encoded: Encoded) -> None:
    data = encoded(RGB, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    path = tmp_path / "photo.dng"
    path.write_bytes(data)
    refused(path, errors.ImageUnsupportedError)


def test_pasted_bytes_that_are_no_picture() -> None:
    with pytest.raises(errors.ImageUnsupportedError):
        decode_bytes(b"hello", "Clipboard")
    with pytest.raises(errors.ImageEmptyError):
        decode_bytes(b"", "Clipboard")


def test_random_damage_never_ends_in_another_error(tmp_path: Path, encoded: Encoded) -> None:
    generator = np.random.default_rng(4)
    small = RGB[:16, :16]
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "BMP"):
        data = encoded(small, kind)
        for _ in range(40):
            damaged = bytearray(data)
            for place in generator.integers(8, len(data), 3):
                damaged[place] = generator.integers(0, 256)
            path = tmp_path / "damaged"
            path.write_bytes(damaged)
            try:
                decode(path)
            except errors.ImageError:
                continue
