"""What `unblur setup-gpu` may be told."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

_BACKENDS = ("cuda", "rocm", "xpu")


@dataclass(frozen=True, slots=True)
class SetupGpuOrder:
    """`unblur setup-gpu` as it was asked for. `trial` is the program asking itself."""

    backend: str = ""
    tells_status: bool = False
    removes: bool = False
    as_json: bool = False
    trial: tuple[Path, Path] | None = None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that may stand after `unblur setup-gpu`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="tell what there is; change nothing")
    what.add_argument("--remove", action="store_true", help="remove what was fetched")
    what.add_argument("--try-build", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--backend",
        choices=_BACKENDS,
        default="",
        help="NVIDIA, AMD or Intel, where the card is not told right (default: what is there)",
    )
    parser.add_argument("--json", action="store_true", help="the status as JSON")


def order_of(options: argparse.Namespace) -> SetupGpuOrder:
    """The order in parsed options."""
    asked = options.try_build
    return SetupGpuOrder(
        backend=options.backend,
        tells_status=options.status,
        removes=options.remove,
        as_json=options.json,
        trial=(asked[0], asked[1]) if asked else None,
    )
