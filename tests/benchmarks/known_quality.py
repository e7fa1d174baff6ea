"""Whether every embedded model restores whole photos as well as is known of its weights.

    python tests/benchmarks/known_quality.py FOLDER [--model ID] [--quality ID] [--threads 2]

FOLDER has `blur` and `sharp` with the pictures 00.png and 01.png of GoPro's test sequences
(Nah et al., CVPR 2017). Each goes through the model in one piece, padded by reflection, in
float32; PSNR is of RGB at 8 bits over the whole picture, in dB. `known` was measured with the
published checkpoints run operation by operation, before this code was written. The exit status
is 1 when a picture misses it by more than a tenth of a decibel.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from unblur_models.loading import load_model

KNOWN = {
    "maxim-3s.gopro": {
        "draft": {"00": 31.83, "01": 29.51},
        "good": {"00": 32.97, "01": 30.77},
        "best": {"00": 33.08, "01": 30.95},
    },
    "srn-color.gopro": {"good": {"00": 29.49, "01": 27.18}},
}
TOLERANCE = 0.1  # dB


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", choices=KNOWN)
    parser.add_argument("--quality")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    _say("| model | quality | picture | blurred | known | measured | difference | seconds |")
    _say("|---|---|---|---|---|---|---|---|")
    misses = 0
    for model_id, qualities in KNOWN.items():
        if options.model in (None, model_id):
            for quality, pictures in qualities.items():
                if options.quality in (None, quality):
                    misses += _compared(model_id, quality, pictures, options.folder)
    return 1 if misses else 0


def _compared(model_id: str, quality: str, pictures: dict[str, float], folder: Path) -> int:
    """One quality on all pictures; how many of them miss what is known."""
    model, misses = load_model(model_id), 0
    for picture, known in pictures.items():
        blurred, sharp = (_pixels(folder / kind / f"{picture}.png") for kind in ("blur", "sharp"))
        began = time.perf_counter()
        found = _psnr(model.restore(blurred, quality), sharp)
        seconds = time.perf_counter() - began
        misses += abs(found - known) > TOLERANCE
        _say(
            f"| `{model_id}` | {quality} | {picture} | {_psnr(blurred, sharp):.2f} | {known:.2f} "
            f"| {found:.2f} | {found - known:+.2f} | {seconds:.0f} |"
        )
    return misses


def _pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def _psnr(pixels: NDArray[np.uint8], sharp: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.mean((pixels.astype(np.float64) - sharp) ** 2)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
