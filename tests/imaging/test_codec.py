"""Formats, depths and channels that can be read."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO
import pytest
from PIL import Image

from unblur.document.geometry import Size
from unblur.imaging import profiles
from unblur.imaging.codec import READABLE_SUFFIXES, decode, decode_bytes, readable_formats
from unblur.imaging.opencv import cv2

Encoded = Callable[..., bytes]
FILES = Path(__file__).parents[1] / "data" / "files"
RANDOM = np.random.default_rng(0)
RGB = RANDOM.integers(0, 256, (21, 34, 3), np.uint8)
RGBA = RANDOM.integers(0, 256, (21, 34, 4), np.uint8)
RGB16 = RANDOM.integers(0, 65536, (21, 34, 3), np.uint16)
RGBA16 = RANDOM.integers(0, 65536, (21, 34, 4), np.uint16)


def png(samples: np.ndarray) -> bytes:
    code = cv2.COLOR_RGBA2BGRA if samples.shape[-1] == 4 else cv2.COLOR_RGB2BGR
    written: np.ndarray = cv2.imencode(".png", cv2.cvtColor(samples, code))[1]
    return written.tobytes()


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def gray_png(bits: int, row: bytes, width: int, *, transparent: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, 1, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"tRNS", struct.pack(">H", transparent)),
            chunk(b"IDAT", zlib.compress(b"\0" + row)),
            chunk(b"IEND", b""),
        )
    )


def tiff(path: Path, samples: np.ndarray, kind: str, **attributes: Any) -> Path:
    height, width, channels = samples.shape
    spec = OpenImageIO.ImageSpec(width, height, channels, kind)
    for name, value in attributes.items():
        spec.attribute(name.replace("__", ":"), value)
    if attributes.get("tiled"):
        spec.tile_width = spec.tile_height = 16
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(samples)
    assert output.close()
    return path


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_rgb_without_loss_is_read_exactly(kind: str, encoded: Encoded) -> None:
    photo = decode_bytes(encoded(RGB, kind), "picture")
    np.testing.assert_array_equal(photo.pixels, RGB)
    assert photo.bits == 8
    assert photo.alpha is None
    assert not photo.was_gray
    assert photo.format_name == kind
    assert photo.name == "picture"
    assert photo.path is None


def test_pixels_are_contiguous_and_closed_to_writing(encoded: Encoded) -> None:
    photo = decode_bytes(encoded(RGBA, "PNG"), "")
    for array in (photo.pixels, photo.alpha):
        assert array is not None
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_lossless_webp_is_read_exactly(encoded: Encoded) -> None:
    data = encoded(RGBA, "WEBP", lossless=True, exact=True)
    photo = decode_bytes(data, "")
    np.testing.assert_array_equal(photo.pixels, RGBA[..., :3])
    np.testing.assert_array_equal(photo.alpha, RGBA[..., 3])


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_are_read(kind: str, encoded: Encoded, asymmetric: np.ndarray) -> None:
    photo = decode_bytes(encoded(asymmetric, kind, quality=95), "")
    assert np.abs(photo.pixels.astype(int) - asymmetric).mean() < 4


@pytest.mark.parametrize("samples", [RGB16, RGBA16], ids=["RGB", "RGBA"])
def test_16_bit_png_keeps_all_bits(samples: np.ndarray) -> None:
    photo = decode_bytes(png(samples), "")
    np.testing.assert_array_equal(photo.pixels, samples[..., :3])
    assert photo.bits == 16
    if samples.shape[2] == 4:
        np.testing.assert_array_equal(photo.alpha, samples[..., 3])


def test_gray_is_expanded(encoded: Encoded) -> None:
    for kind in ("PNG", "BMP", "TIFF"):
        photo = decode_bytes(encoded(RGB[..., 0], kind), "")
        np.testing.assert_array_equal(photo.pixels, np.repeat(RGB[..., :1], 3, axis=2))
        assert photo.was_gray
    assert decode_bytes(encoded(RGB[..., 0], "JPEG"), "").was_gray


def test_16_bit_gray_is_expanded(encoded: Encoded) -> None:
    for kind in ("PNG", "TIFF"):
        photo = decode_bytes(encoded(RGB16[..., 0], kind), "")
        np.testing.assert_array_equal(photo.pixels, np.repeat(RGB16[..., :1], 3, axis=2))
        assert photo.was_gray


def test_gray_with_alpha(encoded: Encoded) -> None:
    for kind in ("PNG", "TIFF"):
        photo = decode_bytes(encoded(Image.fromarray(RGBA[..., :2], "LA"), kind), "")
        np.testing.assert_array_equal(photo.pixels, np.repeat(RGBA[..., :1], 3, axis=2))
        np.testing.assert_array_equal(photo.alpha, RGBA[..., 1])
        assert photo.was_gray


def test_a_palette_becomes_colours(encoded: Encoded) -> None:
    image = Image.fromarray(RGB).quantize(16)
    expected = np.asarray(image.convert("RGB"))
    for kind in ("PNG", "BMP", "TIFF"):
        pixels = decode_bytes(encoded(image, kind), "").pixels
        # TIFF's palette has 16 bits, and writers disagree on how 8 become 16.
        np.testing.assert_allclose(pixels, expected, rtol=0, atol=int(kind == "TIFF"))


def test_a_transparent_palette_entry_becomes_alpha(encoded: Encoded) -> None:
    image = Image.fromarray(RGB).quantize(16)
    photo = decode_bytes(encoded(image, "PNG", transparency=3), "")
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha, np.where(np.asarray(image) == 3, 0, 255))


def test_a_transparent_colour_becomes_alpha(encoded: Encoded) -> None:
    image = Image.fromarray(RGB)
    photo = decode_bytes(encoded(image, "PNG", transparency=tuple(RGB[2, 3].tolist())), "")
    assert photo.alpha is not None
    assert photo.alpha[2, 3] == 0
    np.testing.assert_array_equal(photo.pixels, RGB)


@pytest.mark.parametrize(
    ("bits", "row", "transparent", "alpha"),
    [
        (1, b"\xa0", 1, [0, 255, 0]),
        (2, b"\x1b", 1, [255, 0, 255]),
        (8, b"\x01\x02\x03", 2, [255, 0, 255]),
        (16, b"\x01\x02\x03\x04\x05\x06", 0x0304, [65535, 0, 65535]),
    ],
)
def test_a_transparent_gray_becomes_alpha(
    bits: int, row: bytes, transparent: int, alpha: list[int]
) -> None:
    photo = decode_bytes(gray_png(bits, row, 3, transparent=transparent), "")
    assert photo.alpha is not None
    assert photo.alpha.tolist() == [alpha]


def test_one_bit_is_black_and_white(encoded: Encoded) -> None:
    image = Image.fromarray(RGB).convert("1")
    expected = np.asarray(image.convert("RGB"))
    for kind in ("PNG", "BMP", "TIFF"):
        np.testing.assert_array_equal(decode_bytes(encoded(image, kind), "").pixels, expected)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_becomes_rgb(
    kind: str, encoded: Encoded, asymmetric: np.ndarray
) -> None:
    image = Image.fromarray(asymmetric).convert("CMYK")
    photo = decode_bytes(encoded(image, kind), "")
    assert np.abs(photo.pixels.astype(int) - asymmetric).mean() < 4
    assert photo.metadata.icc is None
    assert photo.alpha is None


@pytest.mark.allow_log("CMYK profile cannot be used")
def test_a_useless_cmyk_profile_does_not_cost_the_photo(
    encoded: Encoded, asymmetric: np.ndarray
) -> None:
    broken = profiles.srgb()[:16] + b"CMYK" + profiles.srgb()[20:]
    image = Image.fromarray(asymmetric).convert("CMYK")
    photo = decode_bytes(encoded(image, "JPEG", icc_profile=broken), "")
    assert np.abs(photo.pixels.astype(int) - asymmetric).mean() < 4


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float"])
@pytest.mark.parametrize(
    "layout",
    [
        {"compression": "lzw"},
        {"compression": "zip"},
        {"compression": "none"},
        {"planarconfig": "separate", "compression": "zip"},
        {"tiled": 1, "compression": "lzw"},
    ],
    ids=["lzw", "deflate", "plain", "planar", "tiled"],
)
def test_tiff_is_read_at_every_depth_and_layout(
    kind: str, layout: dict[str, Any], tmp_path: Path
) -> None:
    samples = {"uint8": RGB, "uint16": RGB16, "float": (RGB16 / 65535).astype(np.float32)}[kind]
    photo = decode(tiff(tmp_path / "photo.tif", samples, kind, **layout))
    np.testing.assert_array_equal(photo.pixels, samples)


@pytest.mark.parametrize("kind", ["uint8", "uint16"])
def test_tiff_alpha_is_kept_at_its_depth(kind: str, tmp_path: Path) -> None:
    samples = {"uint8": RGBA, "uint16": RGBA16}[kind]
    path = tiff(tmp_path / "photo.tif", samples, kind, oiio__UnassociatedAlpha=1)
    photo = decode(path)
    np.testing.assert_array_equal(photo.pixels, samples[..., :3])
    np.testing.assert_array_equal(photo.alpha, samples[..., 3])


def test_colours_multiplied_by_alpha_are_divided_again(tmp_path: Path) -> None:
    alpha = np.full((5, 4, 1), 128, np.uint8)
    samples = np.concatenate((np.full((5, 4, 3), 64, np.uint8), alpha), axis=2)
    photo = decode(tiff(tmp_path / "photo.tif", samples, "uint8"))
    assert (photo.pixels == 128).all()


@pytest.mark.parametrize("kind", ["half", "double"])
def test_other_floats_become_float32(kind: str, tmp_path: Path) -> None:
    samples = (RGB / 256).astype(np.float32)
    photo = decode(tiff(tmp_path / "photo.tif", samples, kind))
    np.testing.assert_array_equal(photo.pixels, samples)


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 5000), Size(5000, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_extreme_shapes_are_read(size: Size, kind: str, encoded: Encoded) -> None:
    samples = np.full((size.height, size.width, 3), 77, np.uint8)
    photo = decode_bytes(encoded(samples, kind), "")
    assert photo.size == size
    assert np.abs(photo.pixels.astype(int) - 77).max() <= 2


def test_the_content_decides_and_not_the_name(tmp_path: Path, encoded: Encoded) -> None:
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "BMP"):
        path = tmp_path / "photo.heic"
        path.write_bytes(encoded(RGB, kind))
        assert decode(path).format_name.upper() == kind


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_paths_with_spaces_emoji_and_other_letters_work(
    kind: str, tmp_path: Path, encoded: Encoded
) -> None:
    folder = tmp_path / "Мои фото 📷 日本"
    folder.mkdir()
    path = folder / "été à la plage 🙂.file"
    path.write_bytes(encoded(RGB, kind))
    photo = decode(path)
    assert photo.path == path
    assert photo.name == path.name


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no Unicode exist on Linux only")
def test_names_that_are_no_unicode_work(tmp_path: Path, encoded: Encoded) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    for kind in ("PNG", "TIFF"):
        path.write_bytes(encoded(RGB, kind))
        np.testing.assert_array_equal(decode(path).pixels, RGB)


def test_the_fingerprint_follows_the_bytes(tmp_path: Path, encoded: Encoded) -> None:
    data, other = encoded(RGB, "PNG"), encoded(RGB, "BMP")
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert decode(path).fingerprint == decode_bytes(data, "b").fingerprint
    assert decode_bytes(other, "b").fingerprint != decode_bytes(data, "b").fingerprint


def test_every_listed_suffix_is_lower_case_with_a_dot() -> None:
    listed = [suffix for _, suffixes in readable_formats() for suffix in suffixes]
    assert tuple(listed) == READABLE_SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in listed)
    assert {".jpg", ".png", ".tif", ".webp", ".bmp", ".heic"} <= set(listed)


def expected_gradient() -> np.ndarray:
    y, x = np.mgrid[0:32, 0:48]
    picture = np.dstack((x * 255 / 47, y * 255 / 31, 128 + 0 * x)).round().astype(np.uint8)
    picture[4:12, 4:20] = (250, 20, 20)
    return picture


@pytest.mark.parametrize("name", ["display-p3-icc.heic", "display-p3-nclx.heic"])
def test_heic_in_display_p3_says_so(name: str) -> None:
    photo = decode(FILES / name)
    assert photo.format_name == "HEIC"
    assert np.abs(photo.pixels.astype(int) - expected_gradient()).mean() < 3
    assert photo.metadata.icc == profiles.display_p3()


def test_heic_is_turned_once() -> None:
    photo = decode(FILES / "rotated.heic")
    assert photo.size == Size(32, 48)
    turned = np.rot90(expected_gradient(), -1)
    assert np.abs(photo.pixels.astype(int) - turned).mean() < 3


def test_heic_alpha_is_apart() -> None:
    photo = decode(FILES / "alpha.heic")
    assert photo.alpha is not None
    assert np.abs(photo.alpha[0].astype(int) - np.arange(48) * 255 / 47).max() < 6


def test_ten_bits_reach_full_white() -> None:
    photo = decode(FILES / "ten-bits.heic")
    assert photo.bits == 16
    assert photo.pixels[..., 0].max() == 65535
