"""What `unblur evaluate` may be told. No torch, so that help and refusals are quick."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import NamedTuple

from unblur.cli.arguments import DEVICES, QUALITIES
from unblur.document.region import Scale


class Contender(NamedTuple):
    """A model or a baseline that is to be measured; None: the default."""

    id: str | None
    quality: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluateOrder:
    """`unblur evaluate` as it was asked for."""

    blurred: str
    sharp: str
    contenders: tuple[Contender, ...]
    scale: Scale = Scale.FULL
    is_whole: bool = False
    limit: int | None = None
    device: str = "auto"
    as_json: bool = False


def contender(text: str) -> Contender:
    """A contender from "ID" or "ID:QUALITY". Raises ArgumentTypeError."""
    name, colon, quality = text.partition(":")
    if colon and quality not in QUALITIES:
        raise argparse.ArgumentTypeError(f"“{quality}” is none of {', '.join(QUALITIES)}")
    return Contender(name, quality or None)


def limit(text: str) -> int:
    """A whole number above zero. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number above zero")
    return int(text)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that may stand after `unblur evaluate`."""
    parser.add_argument("--blurred", required=True, metavar="DIR", help="folder of blurred photos")
    parser.add_argument(
        "--sharp", required=True, metavar="DIR", help="folder of the sharp ones, of the same names"
    )
    parser.add_argument(
        "--model",
        type=contender,
        action="append",
        metavar="ID[:QUALITY]",
        help="see unblur models, or unsharp or deconvolution; several are measured side by side",
    )
    parser.add_argument(
        "--quality", choices=QUALITIES, help="default: the quickest on a CPU, the best on a GPU"
    )
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--scale",
        type=Scale,
        choices=list(Scale),
        default=Scale.FULL,
        metavar="{auto,1,1/2,1/4}",
        help="how much smaller the network works (default: 1)",
    )
    extent.add_argument(
        "--whole",
        action="store_true",
        help="one piece instead of tiles, as results are published: needs much memory",
    )
    parser.add_argument("--limit", type=limit, metavar="N", help="only the first N pairs by name")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what to compute with")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a model and line on standard output"
    )


def order_of(options: argparse.Namespace) -> EvaluateOrder:
    """The order in parsed options; `--quality` is for contenders that name none."""
    named = options.model or [Contender(None)]
    contenders = tuple(Contender(each.id, each.quality or options.quality) for each in named)
    return EvaluateOrder(
        blurred=options.blurred,
        sharp=options.sharp,
        contenders=contenders,
        scale=options.scale,
        is_whole=options.whole,
        limit=options.limit,
        device=options.device,
        as_json=options.json,
    )
