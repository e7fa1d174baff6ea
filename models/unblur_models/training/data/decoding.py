"""Decodes picture files for packing: the one place in training that needs Pillow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from unblur_models.training.data.folders import PairFiles
from unblur_models.training.data.pack import Pixels, Source


def decoded(path: Path) -> Pixels:
    """(H, W, 3) RGB, upright."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def sharp_sources(root: Path, paths: Sequence[Path], smallest: int) -> Iterator[Source]:
    """Each photograph as a sequence of its own; those with a side under `smallest` are left out."""
    for path in paths:
        pixels = decoded(path)
        if min(pixels.shape[:2]) >= smallest:
            name = path.relative_to(root.parent).as_posix()
            yield Source(name, name, pixels)


def pair_sources(pairs: Sequence[PairFiles]) -> Iterator[Source]:
    """The pairs, decoded."""
    for pair in pairs:
        yield Source(pair.name, pair.sequence, decoded(pair.sharp), decoded(pair.blurred))
