"""What `unblur bench` may be told. No torch, so that help and refusals are quick."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from unblur.cli.arguments import DEVICES, number

DEFAULT_BUDGET = 60.0


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """`unblur bench` as it was asked for. No ids: every model whose weights are there."""

    model_ids: tuple[str, ...] = ()
    device: str = "auto"
    budget: float = DEFAULT_BUDGET
    form: str = "text"


def seconds(text: str) -> float:
    """A time above zero. Raises ArgumentTypeError."""
    value = number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"“{text}” is no time in seconds")
    return value


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that may stand after `unblur bench`."""
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="ID",
        help="see unblur models; may be given several times (default: all with weights)",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="what to compute with")
    parser.add_argument(
        "--budget",
        type=seconds,
        default=DEFAULT_BUDGET,
        metavar="SECONDS",
        help="for one row: what would take longer is left out, and named (default: "
        f"{DEFAULT_BUDGET:g})",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--json",
        dest="form",
        action="store_const",
        const="json",
        default="text",
        help="one JSON object on standard output",
    )
    forms.add_argument(
        "--markdown", dest="form", action="store_const", const="markdown", help="a Markdown table"
    )


def order_of(options: argparse.Namespace) -> BenchOrder:
    """The order in parsed options."""
    return BenchOrder(tuple(options.model), options.device, options.budget, options.form)
