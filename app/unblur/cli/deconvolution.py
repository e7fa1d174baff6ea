"""`--deconvolve`: a PSF instead of a network, as a person writes it. No torch, so it is quick."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from unblur.cli.arguments import number
from unblur.document.deconvolution import (
    DEFAULT_NOISE,
    LEAST_NOISE,
    MOST_NOISE,
    Blur,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
)
from unblur_models.deconvolution.card import BEST_SOLVER, DECONVOLUTION

BLIND = "blind"
SOLVERS = tuple(each.id for each in DECONVOLUTION.qualities)

Wish: TypeAlias = Blur | Path | None
"""A blur, the file of a PSF, or None: it is to be estimated."""


@dataclass(frozen=True, slots=True)
class DeconvolutionOrder:
    """How to deconvolve. `save_psf` is where the PSF that was used is kept."""

    wish: Wish = None
    solver: str = BEST_SOLVER
    noise: float = DEFAULT_NOISE
    is_linear: bool = False
    save_psf: Path | None = None


class OrderError(Exception):
    """Options that do not go together."""


def blur(text: str) -> str | Blur | Path:
    """What follows `--deconvolve`; "blind" stays as it is. Raises ArgumentTypeError."""
    kind, has_numbers, rest = text.partition(":")
    if text == BLIND:
        return BLIND
    if has_numbers and kind in _KINDS:
        try:
            return _KINDS[kind](*(number(part) for part in rest.split(",")))
        except (TypeError, ValueError, argparse.ArgumentTypeError) as error:
            raise argparse.ArgumentTypeError(
                f"“{text}” is no blur: motion:LENGTH,ANGLE, disc:RADIUS and gaussian:SIGMA are, "
                "in pixels and degrees"
            ) from error
    if Path(text).suffix.lower() == ".png":
        return Path(text)
    raise argparse.ArgumentTypeError(
        f"“{text}” is neither motion:LENGTH,ANGLE, disc:RADIUS, gaussian:SIGMA, blind, nor a PNG"
    )


def noise(text: str) -> float:
    """A deviation that solvers take. Raises ArgumentTypeError."""
    value = number(text)
    if not LEAST_NOISE <= value <= MOST_NOISE:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not between {LEAST_NOISE:g} and {MOST_NOISE:g}"
        )
    return value


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `unblur restore` that are about deconvolution."""
    parser.add_argument(
        "--deconvolve",
        type=blur,
        metavar="BLUR",
        help="solve for the sharp photo instead of using a network: motion:LENGTH,ANGLE, "
        "disc:RADIUS, gaussian:SIGMA (pixels, degrees), the PNG of a PSF, or blind",
    )
    parser.add_argument("--solver", choices=SOLVERS, help=f"default: {BEST_SOLVER}")
    parser.add_argument(
        "--noise",
        type=noise,
        metavar="N",
        help="noise and error of the PSF to reckon with, the photo's range being 1: more is "
        f"smoother (default: {DEFAULT_NOISE:g})",
    )
    parser.add_argument(
        "--linear", action="store_true", help="deconvolve in linear light, where blur happened"
    )
    parser.add_argument(
        "--save-psf", metavar="FILE", help="keep the PSF that was used as a PNG of 16 bits"
    )


def order_of(options: argparse.Namespace) -> DeconvolutionOrder | None:
    """What the options ask for; None: a network. Raises OrderError."""
    is_named = options.model == DECONVOLUTION.id
    if options.deconvolve is None and not is_named:
        if options.solver or options.noise or options.linear or options.save_psf:
            raise OrderError("--solver, --noise, --linear and --save-psf belong to --deconvolve")
        return None
    if (options.model and not is_named) or options.quality or options.auto:
        raise OrderError("--deconvolve takes the place of --model, --quality and --auto")
    if options.save_psf and len(options.inputs) > 1:
        raise OrderError("--save-psf names one file, and there are several photos")
    wish = None if options.deconvolve in (None, BLIND) else options.deconvolve
    return DeconvolutionOrder(
        wish,
        options.solver or BEST_SOLVER,
        options.noise or DEFAULT_NOISE,
        is_linear=options.linear,
        save_psf=Path(options.save_psf) if options.save_psf else None,
    )


_KINDS: dict[str, Callable[..., Blur]] = {
    "motion": MotionBlur,
    "disc": DiscBlur,
    "gaussian": GaussianBlur,
}
