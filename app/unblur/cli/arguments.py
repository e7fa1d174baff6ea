"""What a person may write after a verb, and when it is refused. No torch, so it is quick."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unblur.document.geometry import Point, Rect
from unblur.document.region import Scale
from unblur.engine.findings import PRECISIONS

if TYPE_CHECKING:  # it builds on the parsers here
    from unblur.cli.deconvolution import DeconvolutionOrder

QUALITIES = ("draft", "good", "best")
# The engine's own list, which cannot be read without importing torch; a test compares them.
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """`unblur restore` as it was asked for. None: the default of the model or the device."""

    inputs: tuple[str, ...]
    out: str
    model_id: str | None = None
    quality: str | None = None
    scale: Scale = Scale.AUTO
    strength: float = 1.0
    regions: tuple[Rect, ...] = ()
    feather: float = 0.0
    device: str = "auto"
    overwrite: bool = False
    as_json: bool = False
    faces: bool = False
    people: bool = False
    background: bool = False
    objects: tuple[Point, ...] = ()
    masks: tuple[str, ...] = ()
    auto: bool = False
    deconvolution: DeconvolutionOrder | None = None
    provenance: bool = True
    restore_hidden: bool = False
    precision: str = "auto"
    gpu_memory: float = 0.0
    cache: bool = True


def point(text: str) -> Point:
    """A place on the photo from "x,y" in pixels. Raises ArgumentTypeError."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise argparse.ArgumentTypeError(f"“{text}” is not X,Y in pixels, such as 320,180")
    return Point(x, y)


def region(text: str) -> Rect:
    """A rectangle from "x,y,w,h" in photo pixels. Raises ArgumentTypeError."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not X,Y,W,H in whole pixels, such as 120,80,256,256"
        ) from None
    if width < 1 or height < 1:
        raise argparse.ArgumentTypeError(f"“{text}” has no pixels: width and height start at 1")
    if x < 0 or y < 0:
        raise argparse.ArgumentTypeError(f"“{text}” begins outside the photo")
    return Rect(x, y, width, height)


def strength(text: str) -> float:
    """A number in [0, 1]. Raises ArgumentTypeError."""
    value = number(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"“{text}” is not between 0 and 1")
    return value


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """What to compute with, and how."""
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what to compute with")
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="auto: half precision where the device is quicker with it and it was seen to agree "
        "(above 50 dB); fp32: always exact",
    )
    parser.add_argument(
        "--gpu-memory",
        type=gigabytes,
        default=0.0,
        metavar="GB",
        help="take no more of the GPU's memory (default: what is free)",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="neither use nor keep tiles that were restored before",
    )


def gigabytes(text: str) -> float:
    """An amount of memory above zero. Raises ArgumentTypeError."""
    value = number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"“{text}” is no amount of memory in GB, such as 4")
    return value


def feather(text: str) -> float:
    """A width in pixels, zero or more. Raises ArgumentTypeError."""
    value = number(text)
    if value < 0.0:
        raise argparse.ArgumentTypeError(f"“{text}” is negative")
    return value


def number(text: str) -> float:
    """A finite number. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number")
    return value
