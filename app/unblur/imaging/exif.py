"""EXIF blocks: a TIFF header, directories of tags, and values.

A block from a file is patched in place rather than written anew, because makers keep notes
in it that point to places inside the block and break when anything moves.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from unblur.document.geometry import Size

logger = logging.getLogger(__name__)

ORIENTATION = 0x0112
EXIF_DIRECTORY = 0x8769
GPS_DIRECTORY = 0x8825
INTEROPERABILITY_DIRECTORY = 0xA005
_SUBDIRECTORIES = (EXIF_DIRECTORY, GPS_DIRECTORY, INTEROPERABILITY_DIRECTORY)
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_MAX_DEPTH = 3
_SHORT, _LONG = 3, 4
# Bytes a value of each TIFF type, from BYTE to the 8-byte types of BigTIFF.
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


@dataclass(frozen=True, slots=True)
class Value:
    """A tag's value: TIFF type, number of values, and their bytes in the block's order."""

    type: int
    count: int
    content: bytes = field(repr=False)
    position: int = 0  # of the content, counted from the header


@dataclass(slots=True)
class Directory:
    """Tags with their values, and the directories that some of them point to."""

    values: dict[int, Value] = field(default_factory=dict)
    children: dict[int, Directory] = field(default_factory=dict)
    next_position: int = 0  # of the four bytes that point to the next directory
    next_offset: int = 0


def byte_order(block: bytes) -> str:
    """`<` or `>` for `struct`. Raises ValueError when this is no classic TIFF header."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(block[:4]))
    if order is None:
        raise ValueError("not a TIFF header")
    return order


def parsed(block: bytes) -> Directory:
    """The first directory with those below it. Raises ValueError when it is damaged."""
    order = byte_order(block)
    try:
        return _directory(block, order, struct.unpack_from(order + "I", block, 4)[0], _MAX_DEPTH)
    except struct.error as error:
        raise ValueError("the directory lies outside of the block") from error


def number(value: Value | None, order: str) -> int | None:
    """A SHORT or LONG as an int; None for another type or no value."""
    if value is None or value.type not in (_SHORT, _LONG) or value.count < 1:
        return None
    return int(struct.unpack_from(order + ("H" if value.type == _SHORT else "I"), value.content)[0])


def orientation_of(block: bytes) -> int:
    """The orientation that the block asks for, 1 when it says nothing sensible."""
    try:
        found = number(parsed(block).values.get(ORIENTATION), byte_order(block))
    except ValueError:
        return 1
    return found if found is not None and 1 <= found <= 8 else 1


def upright(block: bytes, size: Size) -> bytes | None:
    """The block for upright pixels of `size`: orientation 1, and those dimensions.

    None when it is damaged, because then nothing in it can be trusted.
    """
    try:
        directory, order = parsed(block), byte_order(block)
    except ValueError as error:
        logger.warning("Leaving out damaged EXIF data: %s", error)
        return None
    patched = bytearray(block)
    _patch(patched, order, directory.values.get(ORIENTATION), 1)
    photo = directory.children.get(EXIF_DIRECTORY, Directory()).values
    _patch(patched, order, photo.get(_PIXEL_WIDTH), size.width)
    _patch(patched, order, photo.get(_PIXEL_HEIGHT), size.height)
    return bytes(patched)


def without_thumbnail(block: bytes) -> bytes:
    """The block without its small copy of the picture, which would show the blurred one."""
    try:
        first, order = parsed(block), byte_order(block)
        if not first.next_offset:
            return block
        second = _directory(block, order, first.next_offset, 0)
    except (ValueError, struct.error):
        return block
    patched = bytearray(block)
    struct.pack_into(order + "I", patched, first.next_position, 0)
    start = number(second.values.get(_THUMBNAIL_OFFSET), order)
    length = number(second.values.get(_THUMBNAIL_LENGTH), order)
    if start is None or length is None or start + length > len(block):
        return bytes(patched)
    if start + length >= len(block) - 1:
        return bytes(patched[:start])
    patched[start : start + length] = bytes(length)
    return bytes(patched)


def written(directory: Directory, order: str, start: int) -> bytes:
    """The directory and those below it as bytes to be placed at `start` (an even offset)."""
    values = dict(directory.values)
    head_size = 2 + 12 * (len(values) + len(directory.children)) + 4
    tail = bytearray()
    records: dict[int, bytes] = {}
    for tag, child in directory.children.items():
        records[tag] = struct.pack(order + "HHII", tag, _LONG, 1, start + head_size + len(tail))
        tail += written(child, order, start + head_size + len(tail))
    for tag, value in values.items():
        head = struct.pack(order + "HHI", tag, value.type, value.count)
        if len(value.content) <= 4:
            records[tag] = head + value.content.ljust(4, b"\0")
            continue
        records[tag] = head + struct.pack(order + "I", start + head_size + len(tail))
        tail += value.content + b"\0" * (len(value.content) % 2)
    body = b"".join(records[tag] for tag in sorted(records))
    return struct.pack(order + "H", len(records)) + body + bytes(4) + bytes(tail)


def block_of(directory: Directory, order: str) -> bytes:
    """A whole EXIF block around the directory."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "I", 8) + written(directory, order, 8)


def _directory(block: bytes, order: str, offset: int, depth: int) -> Directory:
    (count,) = struct.unpack_from(order + "H", block, offset)
    directory = Directory(next_position=offset + 2 + 12 * count)
    for tag, value in _entries(block, order, offset + 2, count):
        target = number(value, order)
        if tag not in _SUBDIRECTORIES:
            directory.values[tag] = value
        elif target is not None and depth > 0:
            try:
                directory.children[tag] = _directory(block, order, target, depth - 1)
            except struct.error:
                logger.info("EXIF directory %#x lies outside of its block", tag)
    if directory.next_position + 4 <= len(block):
        (directory.next_offset,) = struct.unpack_from(order + "I", block, directory.next_position)
    return directory


def _entries(block: bytes, order: str, offset: int, count: int) -> Iterator[tuple[int, Value]]:
    for position in range(offset, offset + 12 * count, 12):
        tag, kind, values, place = struct.unpack_from(order + "HHII", block, position)
        length = _TYPE_SIZES.get(kind, 0) * values
        if length <= 4:
            place = position + 8
        # A value outside of the block is damage that need not cost the other tags.
        if length and place + length <= len(block):
            yield tag, Value(kind, values, bytes(block[place : place + length]), place)


def _patch(block: bytearray, order: str, value: Value | None, content: int) -> None:
    if number(value, order) is not None and value is not None:
        code = "H" if value.type == _SHORT else "I"
        struct.pack_into(order + code, block, value.position, content)
