"""Packs: decoded pictures in one flat array, readable with numpy alone.

A pack is NAME.npy, uint8 (pixels, 3), and NAME.json, which tells where each picture lies. A
pair is two pictures of one size, blurred first. Mapped into memory, only what is used is read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur_models.training.data.looks import Looks, looks_of
from unblur_models.training.errors import PackError

Pixels = NDArray[np.uint8]

CELL = 32  # side of the squares whose detail is noted, in pixels
_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of a pack, or one pair: `blurred` pixels lie before the sharp ones.

    `offset` is the row of its first sharp pixel. `detail` (rows, columns) is how much there is
    to see in each cell, 0 to 255. `sequence` names the scene: frames of one are alike.
    """

    name: str
    sequence: str
    height: int
    width: int
    offset: int
    has_blurred: bool
    looks: Looks
    detail: Pixels

    @property
    def pixels(self) -> int:
        """Pixels of one of its pictures."""
        return self.height * self.width


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """The pictures, and all their pixels (pixels, 3), mapped from disk."""

    path: Path
    pictures: tuple[Picture, ...]
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A decoded picture (H, W, 3) on its way into a pack; `blurred` makes it a pair."""

    name: str
    sequence: str
    sharp: Pixels
    blurred: Pixels | None = None


def write_pack(path: Path, sources: Iterable[Source]) -> int:
    """Writes PATH.npy and PATH.json; returns the number of pictures. Goes over sources once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, Any]] = []
    raw = path.with_suffix(".raw")
    count = 0
    with raw.open("wb") as stream:
        for source in sources:
            for pixels in (source.blurred, source.sharp):
                if pixels is not None:
                    entry_offset = count
                    stream.write(np.ascontiguousarray(pixels).tobytes())
                    count += pixels.shape[0] * pixels.shape[1]
            entries.append(_entry(source, entry_offset))
    with path.with_suffix(".npy").open("wb") as stream, raw.open("rb") as pixels_file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count, 3)}
        np.lib.format.write_array_header_1_0(stream, header)
        while block := pixels_file.read(1 << 24):
            stream.write(block)
    raw.unlink()
    facts = {"version": _VERSION, "pictures": entries}
    path.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    return len(entries)


def open_pack(path: Path) -> Pack:
    """The pack at PATH.npy and PATH.json. Raises PackError."""
    try:
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        # "c": a private copy on writing, so that torch may hold it; nobody writes.
        pixels: Pixels = np.load(path.with_suffix(".npy"), mmap_mode="c")
    except (OSError, ValueError) as error:
        raise PackError(path, str(error)) from error
    if facts.get("version") != _VERSION:
        raise PackError(path, f"version {facts.get('version')}, expected {_VERSION}")
    pictures = tuple(_picture(entry) for entry in facts["pictures"])
    if not pictures:
        raise PackError(path, "no pictures")
    if max(each.offset + each.pixels for each in pictures) != len(pixels):
        raise PackError(path, "the pixels are cut short")
    return Pack(path, pictures, pixels)


def sharp_of(pack: Pack, picture: Picture) -> Pixels:
    """(H, W, 3), the sharp picture."""
    return _view(pack, picture, picture.offset)


def blurred_of(pack: Pack, picture: Picture) -> Pixels:
    """(H, W, 3), the blurred picture of a pair. Raises PackError where there is none."""
    if not picture.has_blurred:
        raise PackError(pack.path, f"{picture.name} has no blurred picture")
    return _view(pack, picture, picture.offset - picture.pixels)


def _view(pack: Pack, picture: Picture, offset: int) -> Pixels:
    rows: Pixels = pack.pixels[offset : offset + picture.pixels]
    return rows.reshape(picture.height, picture.width, 3)


def _entry(source: Source, offset: int) -> dict[str, Any]:
    height, width = source.sharp.shape[:2]
    if source.blurred is not None and source.blurred.shape != source.sharp.shape:
        raise PackError(Path(source.name), "blurred and sharp differ in size")
    looks = looks_of(source.sharp)
    return {
        "name": source.name,
        "sequence": source.sequence,
        "height": height,
        "width": width,
        "offset": offset,
        "has_blurred": source.blurred is not None,
        "looks": [looks.upright.hex(), looks.mirrored.hex()],
        "detail": base64.b64encode(_detail(source.sharp).tobytes()).decode(),
    }


def _picture(entry: dict[str, Any]) -> Picture:
    cells = np.frombuffer(base64.b64decode(entry.pop("detail")), np.uint8)
    detail = cells.reshape(-(-entry["height"] // CELL), -(-entry["width"] // CELL))
    upright, mirrored = (bytes.fromhex(each) for each in entry.pop("looks"))
    return Picture(**entry, looks=Looks(upright, mirrored), detail=detail)


def _detail(pixels: Pixels) -> Pixels:
    """Mean step between pixels two apart, by cell: noise counts little, edges count."""
    grey = pixels.astype(np.float32).mean(2)
    steps = np.zeros_like(grey)
    steps[:, 1:-1] += np.abs(grey[:, 2:] - grey[:, :-2])
    steps[1:-1] += np.abs(grey[2:] - grey[:-2])
    rows, columns = (-(-length // CELL) for length in grey.shape)
    padding = ((0, rows * CELL - grey.shape[0]), (0, columns * CELL - grey.shape[1]))
    cells = np.pad(steps, padding, mode="edge").reshape(rows, CELL, columns, CELL)
    detail: Pixels = np.rint(np.clip(cells.mean((1, 3)) * 4, 0, 255)).astype(np.uint8)
    return detail
