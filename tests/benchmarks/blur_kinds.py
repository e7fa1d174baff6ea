"""How often the kind of a blur is told, and how well its angle, length and width are.

Run `python -m tests.benchmarks.blur_kinds FOLDER`. The folder holds `sharp/` with sharp photographs
and `sharp.tsv`, whose column `file` lists them and `origin` says where each is from. Pictures that
are no photographs, no sharp ones, or there twice are left out. Of each origin a quarter, by a hash
of the name, is held back from whatever sets a threshold; `--development` takes the others. Each is
blurred as docs/selection.md describes: once not at all, twice by motion, once by a disc, a
Gaussian, and motion with either. `--draw N` makes other blurs and noise of the same photographs.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from tests.psfs import Pixels, Psf, disc, gaussian, motion

from unblur.analysis.kinds import Blur
from unblur.analysis.measurement import measure
from unblur.imaging.codec import decode
from unblur.imaging.opencv import cv2

KINDS = ("sharp", "motion", "motion", "disc", "gaussian", "mixed")
_TOLD_AS = {"disc": "defocus", "gaussian": "defocus"}
_PARTS = 4  # one is held back
_LINEAR = 0.3  # of the cases are blurred in linear light
_GAMMA = 2.2

# Told by looking at each picture, whole and at its full size, before anything was measured.
_LEFT_OUT = frozenset(
    (
        # Paintings, renderings, montages, and photographs of which a filter made paintings.
        *("2c8a4cab", "404746a6", "67664d1c", "68a96b8a", "7aca97f1", "25e2367c", "38236497"),
        *("5242a3c0", "3c3da1b1", "d96c6efb", "adc87bdd", "92c50b41", "99d21c99"),
        # Out of focus, shaken, or smeared wherever there is anything to see.
        *("ff698270", "5ad7a293", "7f9fe565", "2c08ccbd", "0ac46204", "064d328a"),
        # The same photograph as another one, cut otherwise.
        *("d0617b35", "39f7b4e8", "0d8b4e51", "1b5d4815", "2526a099"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A photograph blurred in a known way: pixels, degrees, and levels of `noise`.

    `sigma` is that of a Gaussian, or half the radius of a disc; zero where there is none.
    """

    file: str
    kind: str
    pixels: Pixels
    length: float
    angle: float
    sigma: float
    noise: float


def photographs(folder: Path, *, held_back: bool) -> list[str]:
    """The sharp photographs that are held back from setting thresholds, or the others."""
    with (folder / "sharp.tsv").open(encoding="utf-8") as lines:
        rows = [(row["origin"], row["file"]) for row in csv.DictReader(lines, delimiter="\t")]
    keys = [
        (str(PurePosixPath(origin).parent), _hash(file), file)
        for origin, file in rows
        if Path(file).stem not in _LEFT_OUT
    ]
    files = [file for *_, file in sorted(keys)]
    return files[::_PARTS] if held_back else [f for n, f in enumerate(files) if n % _PARTS]


def cases(folder: Path, files: Iterable[str], draw: int) -> Iterator[Case]:
    """Every one of `files`, blurred in each way of `KINDS`."""
    for file in files:
        rng = np.random.default_rng(_hash(f"{draw} {file}"))
        pixels = np.asarray(decode(folder / "sharp" / file).pixels, np.uint8)
        for kind in KINDS:
            yield blurred(file, pixels, kind, rng)


def _hash(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest(), 16)


def blurred(file: str, pixels: Pixels, kind: str, rng: np.random.Generator) -> Case:
    """A photograph with a blur of `kind` that is drawn, noise, and the losses of JPEG."""
    values = pixels.astype(np.float32) / 255
    is_linear = rng.random() < _LINEAR
    values = values**_GAMMA if is_linear else values
    length = angle = sigma = 0.0
    if kind in ("motion", "mixed"):
        length, angle = float(rng.uniform(5, 31)), float(rng.uniform(0, 180))
        values = _convolved(values, motion(length, angle))
    if kind in ("disc", "gaussian", "mixed"):
        psf, sigma = _defocus(kind, rng)
        values = _convolved(values, psf)
    values = np.clip(values, 0, 1) ** (1 / _GAMMA) if is_linear else values
    noise = float(rng.uniform(0, 2.5))
    noisy = values * 255 + rng.normal(0, noise, values.shape)[..., ::-1]
    rounded = np.rint(np.clip(noisy, 0, 255)).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90]
    packed = cv2.imencode(".jpg", cv2.cvtColor(rounded, cv2.COLOR_RGB2BGR), quality)[1]
    shown = cv2.cvtColor(cv2.imdecode(packed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return Case(file, kind, np.asarray(shown, np.uint8), length, angle, sigma, noise)


def _defocus(kind: str, rng: np.random.Generator) -> tuple[Psf, float]:
    is_mixed = kind == "mixed"
    if kind == "disc" or (is_mixed and rng.random() < 0.5):
        radius = float(rng.uniform(3, 8) if is_mixed else rng.uniform(2, 10))
        return disc(radius), radius / 2
    sigma = float(rng.uniform(1.5, 4) if is_mixed else rng.uniform(1, 6))
    return gaussian(sigma), sigma


def _convolved(values: NDArray[np.float32], psf: Psf) -> NDArray[np.float32]:
    # Every PSF here is its own mirror image, so that correlating is convolving.
    return np.asarray(cv2.filter2D(values, -1, psf, borderType=cv2.BORDER_REFLECT), np.float32)


def off(case: Case, told: Blur) -> float:
    """Degrees between the motion that was made and the one that was told, 0 to 90."""
    return abs((told.angle - case.angle + 90) % 180 - 90)


class Tally:
    """Counts what was told of cases, and prints it."""

    def __init__(self) -> None:
        self._told: list[tuple[Case, Blur | None]] = []

    def add(self, case: Case, told: Blur | None) -> str:
        """Count a case; returns the kind that it was told as."""
        self._told.append((case, told))
        return "empty" if told is None else str(told.kind)

    def lines(self) -> Iterator[str]:
        """A line for each kind, then what was measured of motion and of defocus."""
        for kind in dict.fromkeys(KINDS):
            here = [(case, told) for case, told in self._told if case.kind == kind]
            said = Counter("empty" if told is None else str(told.kind) for _, told in here)
            right = said[_TOLD_AS.get(kind, kind)]
            yield f"{kind}: {right}/{len(here)} ({right / len(here):.1%}) {dict(said)}"
            moved = [(case, told) for case, told in here if told is not None and told.length]
            if moved and kind in ("motion", "mixed"):
                turns = np.array([off(case, told) for case, told in moved])
                lengths = np.array([abs(told.length - case.length) for case, told in moved])
                yield f"  angle under 5°: {(turns < 5).sum()}/{len(moved)}, {_spread(turns)}"
                yield f"  length: {_spread(lengths)}"
            if kind in ("disc", "gaussian", "mixed"):
                ratios = [told.sigma / case.sigma for case, told in here if told is not None]
                low, middle, high = np.percentile(ratios, [5, 50, 95])
                yield f"  σ told / true: {low:.2f} to {high:.2f}, median {middle:.2f}"


def _spread(errors: NDArray[np.float64]) -> str:
    middle, high = np.percentile(errors, [50, 95])
    return f"median {middle:.1f}, 95th percentile {high:.1f}, largest {errors.max():.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draw", type=int, action="append")
    parser.add_argument("--development", action="store_true", help="of those not held back")
    parser.add_argument("--each", action="store_true", help="print the cases that are told wrong")
    options = parser.parse_args()
    files = photographs(options.folder, held_back=not options.development)
    tally = Tally()
    for draw in options.draw or [0]:
        for case in cases(options.folder, files, draw):
            said = tally.add(case, told := measure(case.pixels).blur)
            if options.each and said != _TOLD_AS.get(case.kind, case.kind):
                made = f"{case.length:.1f} at {case.angle:.0f}°, σ {case.sigma:.1f}"
                sys.stdout.write(f"  {draw} {case.file} {case.kind} ({made}): {told}\n")
    sys.stdout.write("\n".join(tally.lines()) + "\n")


if __name__ == "__main__":
    main()
