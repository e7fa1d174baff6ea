"""At which work scale a blur is restored best, and what each scale costs.

    python tests/benchmarks/work_scale.py PHOTO… [--model ID[:QUALITY]] [--spans 10,20,30,60,90,120]
        [--kinds motion,disc] [--side 384] [--threads 1]

Sharp photos are blurred over so many pixels, in linear light, with noise of one level at 8 bits:
motion along a line whose direction changes from photo to photo, or a disc of that diameter. Then
the middle `side` × `side` of each is restored at the scales 1, 1/2 and 1/4 as `unblur restore
--region` does it, with the photo around it as context, and compared with the sharp photo. Gains
are PSNR in dB over the blurred photo; `automatic` is what the program chooses by itself from the
blur that it measures, and `loss` what another scale would have gained beside that. Seconds are
processor time, which other programs on the machine disturb little.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

# Before torch: how its threads wait for one another is read when it is imported.
from unblur.engine.tiling import resolve_scale  # isort: split

import numpy as np
import torch

from unblur.analysis.measurement import measure
from unblur.analysis.region_blur import region_span
from unblur.cli.restorer import Restorer
from unblur.document.buffer import UInt8Image, read_only
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, Scale, new_region_id
from unblur.document.shapes import Rectangle
from unblur.engine.device import choose_device
from unblur.engine.provider import ZooProvider
from unblur.imaging.codec import decode
from unblur.imaging.quality import psnr
from unblur_models import catalog
from unblur_models.deconvolution.fourier import fast_length, forward, inverse, transfer_function
from unblur_models.deconvolution.psf import Psf
from unblur_models.deconvolution.shapes import disc_psf, motion_psf
from unblur_models.training.light import from_srgb, to_srgb

SPANS = (10, 20, 30, 60, 90, 120)
SCALES = (Scale.FULL, Scale.HALF, Scale.QUARTER)
_TURN = 37.0  # degrees from one photo's motion to the next one's: no angle comes twice
_NOISE = 1.0  # levels


@dataclass(frozen=True, slots=True)
class Case:
    """One blurred photo: what each scale gained and took, and what the program would choose."""

    photo: str
    kind: str
    span: int
    blurred: float
    gains: dict[Scale, float]
    seconds: dict[Scale, float]
    measured: float | None
    automatic: Scale

    @property
    def loss(self) -> float:
        """What the best scale gains beyond the automatic one, in dB."""
        return max(self.gains.values()) - self.gains[self.automatic]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--model", default=f"{catalog.DEFAULT_MODEL_ID}:draft")
    parser.add_argument("--spans", default=",".join(map(str, SPANS)))
    parser.add_argument("--kinds", default="motion,disc")
    parser.add_argument("--side", type=int, default=384)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    model_id, _, quality = options.model.partition(":")
    card = catalog.card(model_id)
    quality = quality or card.qualities[0].id
    restorer = Restorer(card, quality, choose_device("cpu"), ZooProvider())
    spans = [int(span) for span in options.spans.split(",")]
    _say(f"{card.id}, {quality}, {options.side} × {options.side} in the middle of each photo")
    cases = []
    for case in _cases(options.photos, options.kinds.split(","), spans, options.side, restorer):
        cases.append(case)
        _say(_line(case))
    for line in _table(cases):
        _say(line)


def _cases(
    photos: Sequence[Path],
    kinds: Sequence[str],
    spans: Sequence[int],
    side: int,
    restorer: Restorer,
) -> Iterator[Case]:
    for number, path in enumerate(photos):
        sharp = decode(path)
        middle = Rect((sharp.size.width - side) // 2, (sharp.size.height - side) // 2, side, side)
        for kind in kinds:
            for span in spans:
                psf = motion_psf(span, _TURN * number) if kind == "motion" else disc_psf(span / 2)
                photo = Photo(blurred(sharp.pixels, psf, seed=number), f"{path} {kind} {span}")
                yield _case(path.stem, kind, span, sharp, photo, middle, restorer)


def _case(
    name: str, kind: str, span: int, sharp: Photo, photo: Photo, where: Rect, restorer: Restorer
) -> Case:
    truth = np.ascontiguousarray(sharp.pixels[where.slices], np.uint8)
    before = psnr(np.ascontiguousarray(photo.pixels[where.slices], np.uint8), truth)
    gains, seconds = {}, {}
    for scale in SCALES:
        region = _region(where, scale)
        started = time.process_time()
        each = restorer.plan(region, photo)
        layers = restorer.run(photo, (each,), lambda *_: None)
        seconds[scale] = time.process_time() - started
        found = layers.read(region.id, where)
        if found is None:
            raise RuntimeError("nothing was restored")
        gains[scale] = psnr(np.rint(found[0] / 257.0).astype(np.uint8), truth) - before
    span_seen = region_span(photo.pixels, (Rectangle(where),), measure(photo.pixels))
    factor = resolve_scale(Scale.AUTO, where.size.area, is_accelerated=True, span=span_seen)
    automatic = next(scale for scale in SCALES if scale.factor == factor)
    return Case(name, kind, span, before, gains, seconds, span_seen, automatic)


def _region(where: Rect, scale: Scale) -> Region:
    choice = ModelChoice(catalog.DEFAULT_MODEL_ID, "draft", scale)
    return Region(new_region_id(), "middle", (Rectangle(where),), choice)


def blurred(pixels: np.ndarray, psf: Psf, seed: int) -> UInt8Image:
    """A sharp 8-bit photo (H, W, 3), blurred in linear light, with noise; reflected outside."""
    light = from_srgb(torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None])
    height, width = light.shape[2:]
    rows, columns = psf.height // 2, psf.width // 2
    padded = torch.nn.functional.pad(light, (columns, columns, rows, rows), mode="reflect")
    torus = (fast_length(padded.shape[2]), fast_length(padded.shape[3]))
    filled = torch.nn.functional.pad(
        padded, (0, torus[1] - padded.shape[3], 0, torus[0] - padded.shape[2])
    )
    moved = inverse(forward(filled) * transfer_function(psf, torus, light.device), torus)
    seen = to_srgb(moved[:, :, rows : rows + height, columns : columns + width].clamp(0, 1))
    levels = 255 * seen[0].permute(1, 2, 0).numpy()
    noisy = levels + np.random.default_rng(seed).normal(0, _NOISE, levels.shape)
    return read_only(np.rint(np.clip(noisy, 0, 255)).astype(np.uint8))


def _line(case: Case) -> str:
    gains = "  ".join(
        f"{case.gains[scale]:+6.2f} dB {case.seconds[scale]:5.1f} s" for scale in SCALES
    )
    measured = "    ?" if case.measured is None else f"{case.measured:5.1f}"
    return (
        f"{case.photo:14.14} {case.kind:6} {case.span:4} px  blurred {case.blurred:5.2f} dB"
        f"  {gains}"
        f"  measured {measured}  automatic {case.automatic.value:4} loss {case.loss:.2f}"
    )


def _table(cases: Sequence[Case]) -> Iterator[str]:
    yield ""
    yield (
        "| blur | pixels | blurred | "
        + " | ".join(f"{scale.value}: gain | best in | s" for scale in SCALES)
        + " | automatic | loss |"
    )
    yield "|---|---|---|" + "---|" * (3 * len(SCALES) + 2)
    for kind, span in dict.fromkeys((case.kind, case.span) for case in cases):
        group = [case for case in cases if (case.kind, case.span) == (kind, span)]
        columns = [kind, str(span), f"{fmean(case.blurred for case in group):.2f}"]
        for scale in SCALES:
            best = sum(case.gains[scale] == max(case.gains.values()) for case in group)
            columns += [
                f"{fmean(case.gains[scale] for case in group):+.2f}",
                f"{best}/{len(group)}",
                f"{fmean(case.seconds[scale] for case in group):.1f}",
            ]
        chosen = [case.automatic.value for case in group]
        counts = ", ".join(f"{chosen.count(each)} × {each}" for each in dict.fromkeys(chosen))
        columns += [counts, f"{fmean(case.loss for case in group):.2f}"]
        yield "| " + " | ".join(columns) + " |"
    yield f"mean loss of the automatic scale: {fmean(case.loss for case in cases):.3f} dB"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
