"""Orientation, profiles and blocks of metadata, on the way in and on the way out."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from unblur.document.document import Document
from unblur.document.geometry import Size
from unblur.document.photo import Metadata, Photo
from unblur.imaging import exif, profiles
from unblur.imaging.codec import decode, decode_bytes
from unblur.imaging.export import ExportOptions, export

Encoded = Callable[..., bytes]
MAKE, MODEL, SOFTWARE, EXPOSURE, PIXEL_WIDTH = 0x010F, 0x0110, 0x0131, 0x829A, 0xA002
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="%d" xmp:Rating="4"/>'
    b"<tiff:Orientation>%d</tiff:Orientation></x:xmpmeta>"
)
IPTC = b"\x1c\x02\x5a\x00\x03Ulm"
TARGETS = ["png", "tif", "jpg", "webp"]
# Where each of the eight orientations puts the stored rows and columns (EXIF 2.3, 4.6.4).
STORED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda picture: picture,
    2: lambda picture: picture[:, ::-1],
    3: lambda picture: np.rot90(picture, 2),
    4: lambda picture: picture[::-1],
    5: lambda picture: np.swapaxes(picture, 0, 1),
    6: lambda picture: np.rot90(picture, 1),
    7: lambda picture: np.rot90(np.swapaxes(picture, 0, 1), 2),
    8: lambda picture: np.rot90(picture, -1),
}


def exif_block(orientation: int, order: str = "<", *, with_thumbnail: bool = False) -> bytes:
    """Orientation, maker and exposure; the thumbnail's bytes lie at the end, as in cameras."""
    photo = exif.Directory(
        {
            EXPOSURE: exif.Value(5, 1, struct.pack(order + "II", 1, 125)),
            PIXEL_WIDTH: exif.Value(4, 1, struct.pack(order + "I", 30)),
        }
    )
    first = exif.Directory(
        {
            MAKE: exif.Value(2, 6, b"Canon\0"),
            exif.ORIENTATION: exif.Value(3, 1, struct.pack(order + "H", orientation)),
        },
        {exif.EXIF_DIRECTORY: photo},
    )
    block = exif.block_of(first, order)
    if not with_thumbnail:
        return block
    start = len(block)
    thumbnail = b"\xff\xd8the old picture\xff\xd9"
    place = start + 2 + 2 * 12 + 4
    second = struct.pack(order + "H", 2)
    second += struct.pack(order + "HHII", 0x0201, 4, 1, place)
    second += struct.pack(order + "HHII", 0x0202, 4, 1, len(thumbnail)) + bytes(4)
    patched = bytearray(block)
    struct.pack_into(order + "I", patched, exif.parsed(block).next_position, start)
    return bytes(patched) + second + thumbnail


def described(block: bytes | None) -> tuple[bytes, int, int | None]:
    """Maker, orientation, and width in pixels."""
    assert block is not None
    directory, order = exif.parsed(block), exif.byte_order(block)
    photo = directory.children[exif.EXIF_DIRECTORY].values
    assert photo[EXPOSURE].content == struct.pack(order + "II", 1, 125)
    width = exif.number(photo[PIXEL_WIDTH], order)
    return directory.values[MAKE].content, exif.orientation_of(block), width


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied_once(
    orientation: int,
    kind: str,
    encoded: Encoded,
    asymmetric: np.ndarray,
    tmp_path: Path,
    no_layers: Any,
) -> None:
    stored = np.ascontiguousarray(STORED[orientation](asymmetric))
    options: dict[str, Any] = {"exif": b"Exif\0\0" + exif_block(orientation)}
    if kind == "TIFF":
        options = {"tiffinfo": {exif.ORIENTATION: orientation}}
    elif kind == "WEBP":
        options["lossless"] = True
    elif kind == "JPEG":
        options |= {"quality": 95, "subsampling": 0}
    photo = decode_bytes(encoded(stored, kind, **options), "")
    assert photo.size == Size(30, 20)
    assert np.abs(photo.pixels.astype(int) - asymmetric).mean() < 4
    # And not again, once it has been written and read.
    for target in TARGETS:
        path = tmp_path / f"out.{target}"
        export(Document(photo), no_layers, path)
        again = decode(path)
        assert np.abs(again.pixels.astype(int) - asymmetric).mean() < 4


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_is_reset_where_it_is_decoded(
    orientation: int, order: str, encoded: Encoded, asymmetric: np.ndarray
) -> None:
    stored = np.ascontiguousarray(STORED[orientation](asymmetric))
    block = exif_block(orientation, order)
    data = encoded(stored, "PNG", exif=b"Exif\0\0" + block)
    photo = decode_bytes(data, "")
    assert described(photo.metadata.exif) == (b"Canon\0", 1, 30)
    assert len(photo.metadata.exif or b"") == len(block)


def test_xmp_is_reset_where_it_is_decoded(encoded: Encoded, asymmetric: np.ndarray) -> None:
    data = encoded(asymmetric, "JPEG", xmp=XMP % (6, 6), exif=b"Exif\0\0" + exif_block(6))
    assert decode_bytes(data, "").metadata.xmp == XMP % (1, 1)


@pytest.fixture
def rich(photo_of: Callable[..., Photo]) -> Photo:
    """A photo with everything that a file can say."""
    metadata = Metadata(
        icc=profiles.display_p3(),
        exif=exif_block(1, ">", with_thumbnail=True),
        xmp=XMP % (1, 1),
        iptc=IPTC,
        dpi=(300.0, 240.0),
    )
    return photo_of(30, 20, metadata=metadata)


@pytest.mark.parametrize("suffix", TARGETS)
def test_metadata_survives_the_way_out_and_in(
    suffix: str, rich: Photo, tmp_path: Path, no_layers: Any
) -> None:
    path = tmp_path / f"out.{suffix}"
    export(Document(rich), no_layers, path)
    found = decode(path).metadata
    assert found.icc == rich.metadata.icc
    assert described(found.exif) == (b"Canon\0", 1, 30)
    assert found.xmp == rich.metadata.xmp
    if suffix != "webp":  # which has no place for these
        assert found.iptc == IPTC
        assert found.dpi == pytest.approx((300, 240), rel=0.001)


@pytest.mark.parametrize("suffix", TARGETS)
def test_a_chain_of_formats_loses_nothing(
    suffix: str, rich: Photo, tmp_path: Path, no_layers: Any
) -> None:
    photo = rich
    for number, step in enumerate((suffix, "tif", "png", "jpg", "tif")):
        path = tmp_path / f"{number}.{step}"
        export(Document(photo), no_layers, path)
        photo = decode(path)
    assert photo.metadata.icc == rich.metadata.icc
    assert photo.metadata.xmp == rich.metadata.xmp
    assert described(photo.metadata.exif) == (b"Canon\0", 1, 30)


@pytest.mark.parametrize("suffix", TARGETS)
def test_the_thumbnail_of_the_old_picture_is_gone(
    suffix: str, rich: Photo, tmp_path: Path, no_layers: Any
) -> None:
    path = tmp_path / f"out.{suffix}"
    export(Document(rich), no_layers, path)
    assert b"the old picture" not in path.read_bytes()


@pytest.mark.parametrize("suffix", TARGETS)
def test_metadata_is_left_out_on_request_but_colours_are_not(
    suffix: str, rich: Photo, tmp_path: Path, no_layers: Any
) -> None:
    path = tmp_path / f"out.{suffix}"
    export(Document(rich), no_layers, path, ExportOptions(keep_metadata=False))
    found = decode(path).metadata
    assert (found.exif, found.xmp, found.iptc) == (None, None, None)
    assert found.icc == rich.metadata.icc


def test_pillow_reads_what_was_written(rich: Photo, tmp_path: Path, no_layers: Any) -> None:
    for suffix in TARGETS:
        path = tmp_path / f"out.{suffix}"
        export(Document(rich), no_layers, path)
        with Image.open(path) as image:
            image.load()
            assert image.size == (30, 20)
            tags = image.getexif()
            assert tags[MAKE] == "Canon"
            assert tags.get_ifd(exif.EXIF_DIRECTORY)[EXPOSURE] == pytest.approx(1 / 125)
            assert image.info["icc_profile"] == rich.metadata.icc


@pytest.mark.allow_log("too long for JPEG")
def test_blocks_that_jpeg_cannot_hold_are_left_out(
    rich: Photo, tmp_path: Path, no_layers: Any
) -> None:
    metadata = replace(rich.metadata, xmp=b"x" * 70_000, iptc=b"y" * 70_000)
    path = tmp_path / "out.jpg"
    export(Document(replace(rich, metadata=metadata)), no_layers, path)
    found = decode(path).metadata
    assert (found.xmp, found.iptc) == (None, None)
    assert found.exif is not None


@pytest.mark.allow_log("damaged EXIF")
@pytest.mark.parametrize("block", [b"II*\0\xff\xff\xff\xff", b"garbage", b"II*\0"])
def test_damaged_exif_costs_only_itself(
    block: bytes, encoded: Encoded, asymmetric: np.ndarray
) -> None:
    data = encoded(asymmetric, "PNG", exif=b"Exif\0\0" + block)
    photo = decode_bytes(data, "")
    np.testing.assert_array_equal(photo.pixels, asymmetric)
    assert photo.metadata.exif is None


def test_resolution_turns_with_the_picture(encoded: Encoded, asymmetric: np.ndarray) -> None:
    data = encoded(asymmetric, "PNG", dpi=(300, 200), exif=b"Exif\0\0" + exif_block(6))
    assert decode_bytes(data, "").metadata.dpi == pytest.approx((200, 300), rel=0.001)


def gray_profile(gamma: float) -> bytes:
    """A grey profile of one gamma, built by hand."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    white = profiles._xyz((0.9642, 1.0, 0.8249))
    table = struct.pack(">I", 2)
    table += b"wtpt" + struct.pack(">II", 156, len(white))
    table += b"kTRC" + struct.pack(">II", 156 + len(white), 14)
    body = table + white + curve
    head = struct.pack(">I4sI", 128 + len(body), b"lcms", 0x02400000) + b"mntrGRAYXYZ "
    head = head.ljust(36, b"\0") + b"acsp" + bytes(28) + profiles._xyz((0.9642, 1, 0.8249))[8:]
    return head.ljust(128, b"\0") + body


def test_a_gray_profile_becomes_an_rgb_one_that_looks_the_same(
    encoded: Encoded, asymmetric: np.ndarray
) -> None:
    icc = gray_profile(1.8)
    photo = decode_bytes(encoded(asymmetric[..., 0], "PNG", icc_profile=icc), "")
    assert photo.was_gray
    assert photo.metadata.icc is not None
    assert profiles.color_space(photo.metadata.icc) == b"RGB "
    srgb = ImageCms.createProfile("sRGB")
    values = np.arange(0, 256, 5, dtype=np.uint8)[None]
    gray = ImageCms.profileToProfile(
        Image.fromarray(values), io.BytesIO(icc), srgb, outputMode="RGB"
    )
    color = ImageCms.profileToProfile(
        Image.fromarray(np.dstack((values,) * 3)), io.BytesIO(photo.metadata.icc), srgb
    )
    difference = np.abs(np.asarray(gray).astype(int) - np.asarray(color))
    assert difference.max() <= 3


@pytest.mark.allow_log("does not fit the pixels")
def test_a_profile_of_another_kind_is_dropped(encoded: Encoded, asymmetric: np.ndarray) -> None:
    cmyk = profiles.srgb()[:16] + b"CMYK" + profiles.srgb()[20:]
    photo = decode_bytes(encoded(asymmetric, "PNG", icc_profile=cmyk), "")
    assert photo.metadata.icc is None


@pytest.mark.parametrize(
    ("made", "red"),
    [(profiles.srgb, (0.4361, 0.2225, 0.0139)), (profiles.display_p3, (0.5151, 0.2412, -0.0011))],
    ids=["sRGB", "Display P3"],
)
def test_own_profiles_are_what_they_say(
    made: Callable[[], bytes], red: tuple[float, float, float]
) -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(made())).profile
    assert profile.xcolor_space.strip() == "RGB"
    assert profile.red_primary is not None
    assert profile.red_primary[0] == pytest.approx(red, abs=0.0002)


def test_own_srgb_agrees_with_the_library(asymmetric: np.ndarray) -> None:
    image = Image.fromarray(asymmetric)
    converted = ImageCms.profileToProfile(
        image, io.BytesIO(profiles.srgb()), ImageCms.createProfile("sRGB")
    )
    assert np.abs(np.asarray(converted).astype(int) - asymmetric).max() <= 1
