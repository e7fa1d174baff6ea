"""The engine beside others with the same weights: bare tiles, one piece, and tiles without care.

    python tests/benchmarks/engine_ratios.py PHOTO [--model srn-color.gopro] [--quality good]
        [--width 960] [--height 640] [--rounds 3] [--threads 2] [--halo PIXELS]

All restore the middle of one photo, turn by turn, so that a busy machine slows all of them:

- `bare`: the network on the engine's own tiles, nothing else (aim: the engine at most 1.05);
- `one piece`: the whole picture at once in fp32, plane by plane and every convolution as PyTorch
  has it, as the networks' own repositories run theirs (aim: the engine at least 1.3 times as fast);
- `our layout`: the same, but with the channels of a pixel side by side, as our networks have them;
- `overlap 16`: tiles as large as ours that see 16 pixels of their neighbours and are cut off
  hard, one by one, as chaiNNer does it with spandrel (aim: the engine never slower).

Seconds are the least of the rounds, on the clock and of the processor (which alone tells
something on a busy machine); what disturbs a round only ever makes it longer. Memory is what each
needs beyond the loaded network. `border` is the mean difference to the result in one
piece, in levels, within 8 pixels of where tiles meet, `away` the same elsewhere with its spread
from band to band, and `step` how much the difference changes from one pixel to the next across
the line where they meet, over that of any other line.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

# Before torch: how its threads wait for one another is read when it is imported.
from unblur.engine.blending import RestoredTiles  # isort: split

import numpy as np
import torch
from numpy.typing import NDArray

from unblur.document.buffer import PixelImage, UInt16Image, read_only
from unblur.document.geometry import Rect, Size
from unblur.document.grid import TileGrid
from unblur.engine import tensors
from unblur.engine.bench import bare_network, photo_request
from unblur.engine.device import Device, choose_device
from unblur.engine.memory import Growth
from unblur.engine.provider import Model, ZooProvider
from unblur.engine.request import InferenceRequest
from unblur.engine.runner import run
from unblur.engine.whole import restore_whole
from unblur.imaging.codec import decode
from unblur.model_store import look_for_models
from unblur_models import catalog
from unblur_models.descriptor import ModelDescriptor
from unblur_models.loading import load_model
from unblur_models.srn.blocks import Convolution

_SPANDRELS_OVERLAP = 16
_BAND = 8  # pixels on either side of a border

Work = Callable[[], UInt16Image | None]


@dataclass
class Contestant:
    """A way to restore, and what came of it."""

    work: Work
    wall: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: int | None = None
    pixels: UInt16Image | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photo", type=Path)
    parser.add_argument("--model", default="srn-color.gopro")
    parser.add_argument("--quality", default="good")
    parser.add_argument("--width", type=int, default=960)
    parser.add_argument("--height", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--halo", type=int, help="instead of the card's")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    look_for_models()
    pixels = _middle(decode(options.photo).pixels, Size(options.width, options.height))
    card, device, provider = catalog.card(options.model), choose_device("cpu"), ZooProvider()
    if options.halo is not None:
        card = replace(card, halo=options.halo)
    model = provider.get(card.id, device)
    whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    request = photo_request(card, options.quality, "cpu", pixels, whole)
    grid = request.passes[0].key.grid
    whole_model, planar = load_model(card.id), load_model(card.id)
    planar.network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    ways = {
        "engine": Contestant(lambda: _engine(request, provider)),
        "bare": Contestant(bare_network(request, model, device)),
        "one piece": Contestant(lambda: _planar(pixels, planar, options.quality, device)),
        "our layout": Contestant(lambda: _one_piece(pixels, whole_model, options.quality, device)),
        "overlap 16": Contestant(
            lambda: _without_care(pixels, model, options.quality, grid.network_size.width)
        ),
    }
    _compete(ways, device, options.rounds)
    sys.stdout.write(
        f"{card.id}, {options.quality}, {whole.width} × {whole.height}, {device.name}, "
        f"{request.tile_count} tiles of {grid.network_size.width} × {grid.network_size.height}\n"
    )
    for line in (*_times(ways), "", *_seams(ways, grid, whole.size)):
        sys.stdout.write(f"{line}\n")


def _compete(ways: dict[str, Contestant], device: Device, rounds: int) -> None:
    """Everybody in every round; a round before them in which kernels are prepared counts not."""
    for number in range(1 + rounds):
        for each in ways.values():
            growth = Growth(device)
            wall, started = time.perf_counter(), time.process_time()
            each.pixels = each.work()
            if number:
                each.wall.append(time.perf_counter() - wall)
                each.seconds.append(time.process_time() - started)
                each.memory = max(each.memory or 0, growth.bytes() or 0)


def _engine(request: InferenceRequest, provider: ZooProvider) -> UInt16Image:
    (only,) = request.passes
    tiles = RestoredTiles(only.key)
    for tile in run(request, provider):
        tiles.put(tile.index, tile.pixels)
    return tiles.read(Rect(0, 0, request.pixels.shape[1], request.pixels.shape[0]))[0]


def _one_piece(
    pixels: PixelImage, model: ModelDescriptor, quality: str, device: Device
) -> UInt16Image:
    with _direct_convolutions():
        return restore_whole(pixels, model, quality, device, model.card.size_multiple)


def _planar(
    pixels: PixelImage, model: ModelDescriptor, quality: str, device: Device
) -> UInt16Image:
    """In one piece; where a network asks for its channels side by side, it gets planes."""
    ours = torch.channels_last
    torch.channels_last = torch.contiguous_format
    try:
        return _one_piece(pixels, model, quality, device)
    finally:
        torch.channels_last = ours


def _never(self: Convolution, x: torch.Tensor) -> bool:
    return False


@contextmanager
def _direct_convolutions() -> Iterator[None]:
    """Within, SRN takes no short cuts. MAXIM's are in the folded weights and stay."""
    minimal = Convolution.is_quicker_minimal
    Convolution.is_quicker_minimal = _never  # type: ignore[method-assign]
    try:
        yield
    finally:
        Convolution.is_quicker_minimal = minimal  # type: ignore[method-assign]


def _without_care(pixels: PixelImage, model: Model, quality: str, side: int) -> UInt16Image:
    """Tiles whose input is `side` pixels at most, cut off where the next one begins."""
    size = Size(pixels.shape[1], pixels.shape[0])
    out = np.empty((size.height, size.width, 3), np.uint16)
    step = side - 2 * _SPANDRELS_OVERLAP
    for row in range(-(-size.height // step)):
        for column in range(-(-size.width // step)):
            core = Rect(column * step, row * step, step, step)
            kept = core.intersected(Rect.of_size(size))
            seen = core.expanded(_SPANDRELS_OVERLAP, Rect(-side, -side, 10**6, 10**6))
            batch = tensors.to_batch(tensors.crop(pixels, seen), torch.device("cpu"))
            with torch.inference_mode():
                restored = model(batch, quality)[:, :, *kept.relative_to(seen).slices]
                out[kept.slices] = tensors.to_pixels(restored)
    return read_only(out)


def _times(ways: dict[str, Contestant]) -> Iterator[str]:
    yield "| | seconds | times the engine's | core seconds | times the engine's | memory MB |"
    yield "|---|---|---|---|---|---|"
    own = ways["engine"]
    for name, each in ways.items():
        memory = "?" if each.memory is None else f"{each.memory / 2**20:.0f}"
        yield (
            f"| {name} | {min(each.wall):.2f} | {min(each.wall) / min(own.wall):.3f}"
            f" | {min(each.seconds):.2f} | {min(each.seconds) / min(own.seconds):.3f}"
            f" | {memory} |"
        )


def _seams(ways: dict[str, Contestant], grid: TileGrid, size: Size) -> Iterator[str]:
    whole = ways["one piece"].pixels
    step = grid.network_size.width - 2 * _SPANDRELS_OVERLAP
    lines = {
        "engine": _borders(grid, size),
        "overlap 16": list(range(step, size.width, step)),
    }
    yield "| across columns | border | away ± spread | step at a border | elsewhere |"
    yield "|---|---|---|---|---|"
    for name, places in lines.items():
        pixels = ways[name].pixels
        if pixels is None or whole is None or not places:
            continue
        difference = (pixels.astype(np.float64) - whole) / 257
        at, away = bands(np.abs(difference).mean(axis=(0, 2)), places)
        steps = np.abs(np.diff(difference.mean(axis=2), axis=1)).mean(axis=0)
        there = [float(steps[place - 1]) for place in places]
        yield (
            f"| {name} | {np.mean(at):.3f} | {np.mean(away):.3f} ± {np.std(away):.3f}"
            f" | {max(there):.3f} | {np.median(steps):.3f}, at most {steps.max():.3f} |"
        )


def _borders(grid: TileGrid, size: Size) -> list[int]:
    """Columns at which the cores of neighbouring tiles meet."""
    cores = (grid.core(index) for index in grid.tiles_touching(Rect.of_size(size)))
    return sorted({core.x for core in cores if 0 < core.x < size.width})


def bands(profile: NDArray[np.float64], places: Sequence[int]) -> tuple[list[float], list[float]]:
    """Means of a profile around each place, and in the bands of that width away from all."""
    at = [float(profile[max(0, place - _BAND) : place + _BAND].mean()) for place in places]
    width = 2 * _BAND
    starts = range(0, len(profile) - width + 1, width)
    far = [start for start in starts if all(abs(start + _BAND - each) >= width for each in places)]
    return at, [float(profile[start : start + width].mean()) for start in far]


def _middle(pixels: PixelImage, size: Size) -> PixelImage:
    height, width = pixels.shape[:2]
    x, y = (width - size.width) // 2, (height - size.height) // 2
    return read_only(pixels[y : y + size.height, x : x + size.width].copy())


if __name__ == "__main__":
    main()
