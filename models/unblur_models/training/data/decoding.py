"""Decodes picture files for packing: the one place in training that needs Pillow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from unblur_models.training.data.folders import PairFiles
from unblur_models.training.data.pack import Pixels, Source

_AT_ONCE = min(16, os.cpu_count() or 1)


def decoded(path: Path) -> Pixels:
    """(H, W, 3) RGB, upright."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def sharp_sources(root: Path, paths: Sequence[Path], smallest: int) -> Iterator[Source]:
    """Each photograph as a sequence of its own; those with a side under `smallest` are left out."""
    for path, pixels in zip(paths, _ahead(paths), strict=True):
        if min(pixels.shape[:2]) >= smallest:
            name = path.relative_to(root.parent).as_posix()
            yield Source(name, name, pixels)


def pair_sources(pairs: Sequence[PairFiles]) -> Iterator[Source]:
    """The pairs, decoded."""
    sharp, blurred = (
        _ahead([each.sharp for each in pairs]),
        _ahead([each.blurred for each in pairs]),
    )
    for pair, clear, soft in zip(pairs, sharp, blurred, strict=True):
        yield Source(pair.name, pair.sequence, clear, soft)


def _ahead(paths: Sequence[Path]) -> Iterator[Pixels]:
    """The decoded files in order; a few are decoded at once, and few are in memory."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for first in range(0, len(paths), _AT_ONCE):
            yield from pool.map(decoded, paths[first : first + _AT_ONCE])
