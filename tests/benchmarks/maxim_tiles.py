"""Which tiles suit MAXIM: quality and time of several tilings on one crop of a pair.

    python tests/benchmarks/maxim_tiles.py BLURRED SHARP [--quality draft] [--tilings 256,24,16 …]

A tiling is tile, halo, overlap: neighbours blend over `overlap` pixels, and no pixel is used
that lies less than `halo` from a tile's edge. `cost` is network pixels over useful pixels;
`CPU s` is processor time of one thread for a useful megapixel, which other programs on the
machine disturb little; `band` is the PSNR within eight pixels of the borders between cells, and
`whole` that of the crop restored in one piece, at the same pixels.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model

Floats = npt.NDArray[np.float32]
DEFAULT = ("256,32,0", "256,24,16", "256,16,16", "320,24,16", "320,16,16", "384,24,16")
HEIGHT, WIDTH = 512, 768


@dataclass(frozen=True, slots=True)
class Tiling:
    tile: int
    halo: int
    overlap: int

    @property
    def margin(self) -> int:
        return self.halo + self.overlap // 2

    @property
    def cell(self) -> int:
        return self.tile - 2 * self.margin


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("blurred", type=Path)
    parser.add_argument("sharp", type=Path)
    parser.add_argument("--quality", default="draft")
    parser.add_argument("--tilings", nargs="*", default=DEFAULT)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    blurred, sharp = _crop(options.blurred), _crop(options.sharp)
    model = load_model("maxim-3s.gopro")
    _say(
        f"{'tiling':>14} {'cell':>5} {'cost':>5} {'PSNR':>7} {'band':>7} {'whole':>7} {'CPU s':>9}"
    )
    start = time.thread_time()
    whole = _run(model, blurred, options.quality)
    seconds = time.thread_time() - start
    _say(f"{'one piece':>14} {'':5} {1:5.2f} {_psnr(whole, sharp):7.2f}" + _rate(seconds, 26))
    for words in options.tilings:
        tiling = Tiling(*(int(word) for word in words.split(",")))
        start = time.thread_time()
        restored, pixels = _tiled(model, blurred, options.quality, tiling)
        seconds = time.thread_time() - start
        band = _band(tiling)
        _say(
            f"{words:>14} {tiling.cell:5} {pixels / (HEIGHT * WIDTH):5.2f}"
            f" {_psnr(restored, sharp):7.2f} {_psnr(restored[band], sharp[band]):7.2f}"
            f" {_psnr(whole[band], sharp[band]):7.2f}" + _rate(seconds, 10)
        )


def _rate(seconds: float, width: int) -> str:
    return f"{seconds / (HEIGHT * WIDTH / 1e6):{width}.1f}"


def _tiled(
    model: ModelDescriptor, picture: Floats, quality: str, tiling: Tiling
) -> tuple[Floats, int]:
    margin, cell = tiling.margin, tiling.cell
    beyond = tiling.tile  # enough for the last, cut-off cells
    padded = np.pad(picture, ((margin, beyond), (margin, beyond), (0, 0)), mode="reflect")
    total, weights, pixels = np.zeros_like(padded), np.zeros(padded.shape[:2]), 0
    ramp = _ramp(tiling)
    window = ramp[:, None] * ramp
    for y, x in _starts(cell):
        # The last tile of a row is no larger than what is left of the picture needs.
        high = _multiple(min(tiling.tile, HEIGHT - y + 2 * margin))
        wide = _multiple(min(tiling.tile, WIDTH - x + 2 * margin))
        restored = _run(model, padded[y : y + high, x : x + wide], quality)
        pixels += high * wide
        place = slice(y, y + high), slice(x, x + wide)
        total[place] += restored * window[:high, :wide, None]
        weights[place] += window[:high, :wide]
    inside = slice(margin, margin + HEIGHT), slice(margin, margin + WIDTH)
    return total[inside] / weights[inside][..., None].astype(np.float32), pixels


def _starts(cell: int) -> Iterator[tuple[int, int]]:
    for y in range(0, HEIGHT, cell):
        for x in range(0, WIDTH, cell):
            yield y, x


def _multiple(length: int) -> int:
    return -(-length // 64) * 64


def _ramp(tiling: Tiling) -> npt.NDArray[np.float64]:
    ramp = np.zeros(tiling.tile)
    ramp[tiling.halo : tiling.tile - tiling.halo] = 1
    phase = (np.arange(tiling.overlap) + 0.5) / max(1, tiling.overlap)
    rise = 0.5 - 0.5 * np.cos(np.pi * phase)
    ramp[tiling.halo : tiling.halo + tiling.overlap] = rise
    ramp[tiling.tile - tiling.halo - tiling.overlap : tiling.tile - tiling.halo] = rise[::-1]
    return ramp


def _band(tiling: Tiling) -> npt.NDArray[np.bool_]:
    def near(length: int) -> npt.NDArray[np.bool_]:
        where = np.arange(length) % tiling.cell
        distance = np.minimum(where, tiling.cell - 1 - where)
        inner = (np.arange(length) >= 8) & (np.arange(length) < length - 8)
        return (distance < 8) & inner

    return near(HEIGHT)[:, None] | near(WIDTH)[None]


def _run(model: ModelDescriptor, picture: Floats, quality: str) -> Floats:
    batch = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    restored: Floats = model(batch, quality)[0].permute(1, 2, 0).numpy()
    return restored


def _crop(path: Path) -> Floats:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    top, left = (pixels.shape[0] - HEIGHT) // 2, (pixels.shape[1] - WIDTH) // 2
    return pixels[top : top + HEIGHT, left : left + WIDTH].astype(np.float32) / 255


def _psnr(restored: Floats, sharp: Floats) -> float:
    difference = np.rint(np.clip(restored, 0, 1) * 255) - np.rint(sharp * 255)
    return float(10 * np.log10(255**2 / np.mean(np.square(difference, dtype=np.float64))))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
