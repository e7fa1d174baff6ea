"""Crates: packs made small for a journey, lossless, opened with numpy and Python alone.

Where a machine can decode neither WebP nor JPEG, this is how pictures get there: about one
byte a pixel for photographs at half size. Half size also hides their own compression.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from unblur_models.training.data.pack import Pack, Picture, Pixels, Source, blurred_of, sharp_of
from unblur_models.training.errors import PackError

_FACTS = "facts"
_HEADER = 300  # bytes of an archive an entry


def write_crates(
    packs: Sequence[Pack],
    out: Path,
    *,
    limit: int,
    is_halved: bool,
    smallest: int,
    stride: int = 1,
) -> list[Path]:
    """Writes OUT-0.npz, OUT-1.npz, … of at most `limit` bytes each; returns their paths.

    Takes every `stride`-th picture whose sides, halved or not, are `smallest` at least.
    """
    paths: list[Path] = []
    facts: list[dict[str, object]] = []
    blobs: dict[str, Pixels] = {}
    size = 0
    for pack, picture in _chosen(packs, stride):
        sides = _sides(pack, picture, is_halved=is_halved)
        if min(sides[-1].shape[:2]) < smallest:
            continue
        packed = [np.frombuffer(_folded(side), np.uint8) for side in sides]
        added = sum(each.size for each in packed) + _HEADER * (1 + len(packed))
        if facts and size + added > limit:
            paths.append(_write(out, len(paths), facts, blobs))
            facts, blobs, size = [], {}, 0
        height, width = sides[-1].shape[:2]
        for part, blob in enumerate(packed):
            blobs[f"{len(facts)}.{part}"] = blob
        facts.append(
            {
                "name": picture.name,
                "sequence": picture.sequence,
                "height": height,
                "width": width,
                "parts": len(packed),
            }
        )
        size += added
    if facts:
        paths.append(_write(out, len(paths), facts, blobs))
    return paths


def sources_in(paths: Sequence[Path]) -> Iterator[Source]:
    """The pictures of some crates, ready to be packed. Raises PackError."""
    for path in paths:
        try:
            with np.load(path) as crate:
                for number, each in enumerate(json.loads(crate[_FACTS].tobytes())):
                    shape = (each["height"], each["width"])
                    sides = [
                        _unfolded(crate[f"{number}.{part}"].tobytes(), shape)
                        for part in range(each["parts"])
                    ]
                    blurred = sides[0] if len(sides) == 2 else None
                    yield Source(each["name"], each["sequence"], sides[-1], blurred)
        except (OSError, ValueError, KeyError, lzma.LZMAError) as error:
            raise PackError(path, str(error)) from error


def halved(pixels: Pixels) -> Pixels:
    """(H // 2, W // 2, 3): means of four pixels, rounded."""
    height, width = (length - length % 2 for length in pixels.shape[:2])
    even = pixels[:height, :width].astype(np.uint16)
    total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    return ((total + 2) // 4).astype(np.uint8)


def _chosen(packs: Sequence[Pack], stride: int) -> Iterator[tuple[Pack, Picture]]:
    for pack in packs:
        for picture in pack.pictures[::stride]:
            yield pack, picture


def _sides(pack: Pack, picture: Picture, *, is_halved: bool) -> list[Pixels]:
    """The blurred picture, where there is one, and the sharp one."""
    sides = [blurred_of(pack, picture)] if picture.has_blurred else []
    sides.append(sharp_of(pack, picture))
    return [halved(side) for side in sides] if is_halved else sides


def _write(
    out: Path, number: int, facts: list[dict[str, object]], blobs: dict[str, Pixels]
) -> Path:
    path = out.with_name(f"{out.name}-{number}.npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(path, allow_pickle=False, **{_FACTS: text}, **blobs)
    return path


def _folded(pixels: Pixels) -> bytes:
    """What a pixel differs by from left + above − above left, colours from green; squeezed."""
    values = pixels.copy()
    values[:, :, ::2] -= values[:, :, 1:2]
    values[1:] -= values[:-1].copy()
    values[:, 1:] -= values[:, :-1].copy()
    return lzma.compress(np.ascontiguousarray(values.transpose(2, 0, 1)).tobytes(), preset=6)


def _unfolded(data: bytes, shape: tuple[int, int]) -> Pixels:
    planes = np.frombuffer(lzma.decompress(data), np.uint8).reshape(3, *shape)
    # Sums of uint8 wrap around as the differences did.
    values = planes.cumsum(1, dtype=np.uint8).cumsum(2, dtype=np.uint8).transpose(1, 2, 0)
    pixels: Pixels = np.ascontiguousarray(values)
    pixels[:, :, ::2] += pixels[:, :, 1:2]
    return pixels
