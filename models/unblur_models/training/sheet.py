"""Contact sheets: `python -m unblur_models.training.sheet CONFIG OUT.png` shows made-up blur."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unblur_models.training.config import read_run
from unblur_models.training.png import pixels_of, write_png
from unblur_models.training.samples import RunData

_GAP = 4


def sheet(rows: Sequence[Sequence[Tensor]]) -> NDArray[np.uint8]:
    """Pictures (3, H, W) in [0, 1] in rows and columns, as (H, W, 3) pixels."""
    height, width = (max(each.shape[i] for row in rows for each in row) for i in (1, 2))
    columns = max(len(row) for row in rows)
    canvas = np.full(
        (len(rows) * (height + _GAP), columns * (width + _GAP), 3), 255, dtype=np.uint8
    )
    for down, row in enumerate(rows):
        for right, picture in enumerate(row):
            pixels = pixels_of(picture)
            top, left = down * (height + _GAP), right * (width + _GAP)
            canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes blurred and sharp patches, and masks, four samples a row; prints their kinds."""
    parser = argparse.ArgumentParser(prog="python -m unblur_models.training.sheet")
    parser.add_argument("config", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--first", type=int, default=0, help="index of the first sample")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--patch", type=int, default=192)
    parser.add_argument("--kind", help="show only samples of this kind")
    options = parser.parse_args(arguments)
    source = RunData(read_run(options.config), torch.device("cpu")).training
    indices = source.of_kind(options.kind, options.first, options.count)
    samples = source(indices, options.patch)
    shown = [each.expand(3, -1, -1) for sample in zip(*samples, strict=True) for each in sample]
    columns = 4 * len(samples)
    rows = [shown[i : i + columns] for i in range(0, len(shown), columns)]
    write_png(options.picture, sheet(rows))
    sys.stdout.write(" ".join(source.kinds(indices)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
