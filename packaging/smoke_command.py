"""Try the bundle's command line, on any of the three systems, against the checkout's."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from smoke import PAIRS, SmokeError, psnr

_RECT = (40, 40, 112, 112)
# Both run the same network; where the instructions differ the last bits do.
_SAME_DECIBEL = 0.02


def smoke_command(bundle: Path, work: Path) -> str:
    """Restore a region with both and compare. What was found; raises SmokeError."""
    name = {"Windows": "unblur-cli.exe"}.get(platform.system(), "unblur")
    told = subprocess.run(
        [str(bundle / name), "licences"], check=False, capture_output=True, text=True
    )
    if told.returncode != 0 or "PySide6" not in told.stdout:
        raise SmokeError(f"the bundle does not know its licences:\n{told.stderr}")
    ours = _restored([str(bundle / name)], work / "command-bundle.png", work)
    theirs = _restored([sys.executable, "-m", "unblur"], work / "command-checkout.png", work)
    x, y, width, height = _RECT
    inside = np.s_[y : y + height, x : x + width]
    sharp = _pixels(PAIRS / "gopro-00-sharp.png")[inside]
    found = psnr(_pixels(ours)[inside], sharp)
    expected = psnr(_pixels(theirs)[inside], sharp)
    if abs(found - expected) > _SAME_DECIBEL:
        raise SmokeError(f"the bundle reaches {found:.2f} dB, the checkout {expected:.2f} dB")
    return f"region restored to {found:.2f} dB, by the checkout to {expected:.2f} dB"


def _restored(program: Sequence[str], target: Path, home: Path) -> Path:
    rect = ",".join(map(str, _RECT))
    words = ["restore", str(PAIRS / "gopro-00-blur.png"), "-o", str(target), "--overwrite"]
    done = subprocess.run(
        [*program, *words, "--region", rect, "--device", "cpu"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "UNBLUR_HOME": str(home / "command-home")},
    )
    if done.returncode != 0:
        raise SmokeError(f"{program[0]} restore ended with {done.returncode}:\n{done.stderr}")
    return target


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(np.float64)
