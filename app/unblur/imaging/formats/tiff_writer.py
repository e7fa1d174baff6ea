"""TIFF, written strip by strip: deflate, with the differences of neighbouring pixels."""

from __future__ import annotations

import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from unblur.document.photo import Metadata
from unblur.errors import ImageWriteError
from unblur.imaging import exif
from unblur.imaging.exif import Directory, Value
from unblur.imaging.formats import tiff
from unblur.imaging.writing import Strip, Strips, WriteOrder

_SHORT, _LONG, _RATIONAL, _UNDEFINED, _BYTE = 3, 4, 5, 7, 1
_DEFLATE, _RGB, _CONTIGUOUS, _UNASSOCIATED = 8, 2, 1, 2
_WHOLE_PREDICTOR, _FLOAT_PREDICTOR = 2, 3
_UNSIGNED, _FLOAT = 1, 3
_STRIP_BYTES = 1 << 19
_LEVEL = 3
_MOST = (1 << 32) - (1 << 20)  # offsets have 32 bits; the directory needs room as well


def write(file: BinaryIO, order: WriteOrder, strips: Strips) -> None:
    """Write the picture at 8, 16 or 32 bits. Raises OSError, ImageWriteError beyond 4 GB."""
    described, byte_order = _described(order.metadata)
    mark = b"II*\0" if byte_order == "<" else b"MM\0*"
    file.write(mark + bytes(4))
    position = 8
    rows = max(1, _STRIP_BYTES // (order.size.width * order.channels * order.dtype.itemsize))
    offsets: list[int] = []
    lengths: list[int] = []
    for strip in _regrouped(strips, rows):
        packed = _packed(strip, byte_order)
        if position + len(packed) > _MOST:
            raise ImageWriteError(None, "TIFF holds at most 4 GB, PNG holds more")
        file.write(packed)
        offsets.append(position)
        lengths.append(len(packed))
        position += len(packed)
    padding = position % 2
    file.write(bytes(padding))
    described.values |= _layout(order, byte_order, rows, offsets, lengths)
    described.values |= _blocks(order.metadata, byte_order)
    file.write(exif.written(described, byte_order, position + padding))
    file.seek(4)
    file.write(struct.pack(byte_order + "I", position + padding))


def _described(metadata: Metadata) -> tuple[Directory, str]:
    """What the photo's EXIF says, without how that file was laid out; and its byte order.

    The file takes over that order, so that values can be copied without knowing them.
    """
    if metadata.exif is None:
        return Directory(), "<"
    try:
        found = exif.parsed(metadata.exif)
    except ValueError:
        return Directory(), "<"
    values = {tag: value for tag, value in found.values.items() if tag in tiff.DESCRIPTIVE_TAGS}
    return Directory(values, found.children), exif.byte_order(metadata.exif)


def _regrouped(strips: Strips, rows: int) -> Strips:
    """The same rows in strips of `rows`, the last one shorter."""
    waiting: Strip | None = None
    for strip in strips:
        joined = strip if waiting is None else np.concatenate((waiting, strip))
        whole = len(joined) // rows * rows
        for start in range(0, whole, rows):
            yield joined[start : start + rows]
        waiting = joined[whole:]
    if waiting is not None and len(waiting):
        yield waiting


def _packed(strip: Strip, byte_order: str) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return packer.compress(_differences(strip, byte_order)) + packer.flush()


def _differences(strip: Strip, byte_order: str) -> bytes:
    if strip.dtype == np.float32:
        return _float_differences(strip)
    out = strip.copy()
    out[:, 1:] -= strip[:, :-1]
    stored = out.dtype.newbyteorder("<" if byte_order == "<" else ">")
    return out.astype(stored, copy=False).tobytes()


def _float_differences(strip: Strip) -> bytes:
    """Each row's bytes sorted by significance, highest first; then differences of pixels."""
    height, width, channels = strip.shape
    big = np.ascontiguousarray(strip, ">f4").view(np.uint8).reshape(height, width * channels, 4)
    planes = np.ascontiguousarray(big.transpose(0, 2, 1)).reshape(height, -1)
    out = planes.copy()
    out[:, channels:] -= planes[:, :-channels]
    return out.tobytes()


def _layout(
    order: WriteOrder, byte_order: str, rows: int, offsets: list[int], lengths: list[int]
) -> dict[int, Value]:
    """Tags that say how the pixels are stored."""
    is_float = order.dtype == np.float32
    shorts: dict[int, list[int]] = {
        258: [order.dtype.itemsize * 8] * order.channels,
        259: [_DEFLATE],
        262: [_RGB],
        274: [1],
        277: [order.channels],
        284: [_CONTIGUOUS],
        317: [_FLOAT_PREDICTOR if is_float else _WHOLE_PREDICTOR],
        339: [_FLOAT if is_float else _UNSIGNED] * order.channels,
    }
    if order.has_alpha:
        shorts[338] = [_UNASSOCIATED]
    longs = {256: [order.size.width], 257: [order.size.height], 273: offsets, 278: [rows]}
    longs[279] = lengths
    tags = {tag: _numbers(_SHORT, "H", values, byte_order) for tag, values in shorts.items()}
    return tags | {tag: _numbers(_LONG, "I", values, byte_order) for tag, values in longs.items()}


def _blocks(metadata: Metadata, byte_order: str) -> dict[int, Value]:
    """Tags that hold whole blocks of metadata, and the resolution."""
    contents = (
        (tiff.ICC_TAG, _UNDEFINED, metadata.icc),
        (tiff.XMP_TAG, _BYTE, metadata.xmp),
        (tiff.IPTC_TAG, _BYTE, metadata.iptc),
    )
    tags = {tag: Value(kind, len(block), block) for tag, kind, block in contents if block}
    if metadata.dpi:
        for tag, dpi in zip(
            (tiff.X_RESOLUTION_TAG, tiff.Y_RESOLUTION_TAG), metadata.dpi, strict=True
        ):
            ratio = struct.pack(byte_order + "II", round(dpi * 10000), 10000)
            tags[tag] = Value(_RATIONAL, 1, ratio)
        tags[tiff.RESOLUTION_UNIT_TAG] = _numbers(_SHORT, "H", [2], byte_order)
    return tags


def _numbers(kind: int, code: str, values: list[int], byte_order: str) -> Value:
    content: NDArray[Any] = np.asarray(values, byte_order + ("u2" if code == "H" else "u4"))
    return Value(kind, len(values), content.tobytes())
