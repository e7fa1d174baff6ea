"""What `unblur models` may be told. No torch, so that help and refusals are quick."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from unblur_models.card import Purpose


@dataclass(frozen=True, slots=True)
class ModelsOrder:
    """`unblur models` as it was asked for. `model_id` is "" where none was named."""

    action: str = "list"
    model_id: str = ""
    file: Path | None = None
    name: str = ""
    purpose: Purpose | None = None
    accepts_licence: bool = False
    catalogue: Path | None = None
    as_json: bool = False


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that may stand after `unblur models`."""
    parser.add_argument("--json", action="store_true", help="the list as a JSON array")
    parser.add_argument(
        "--catalogue", type=Path, metavar="DIR", help="also know the model cards in this folder"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="list the models, also those without weights")
    show = actions.add_parser("show", help="everything that is known of a model")
    for each in (listing, show):
        # Suppressed, or its absence here would undo a --json that stands before the action.
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    fetch = actions.add_parser("fetch", help="fetch the weights of a model")
    fetch.add_argument(
        "--accept-licence", action="store_true", help="you have read the licence and accept it"
    )
    verify = actions.add_parser("verify", help="compare weights with their SHA-256")
    verify.add_argument(
        "id", nargs="?", default="", metavar="ID", help="default: all that are here"
    )
    _add_adding(actions.add_parser("add", help="install a model from a file"))
    remove = actions.add_parser("remove", help="remove a model that was fetched or added")
    for each in (show, fetch, remove):
        each.add_argument("id", metavar="ID")


def order_of(options: argparse.Namespace) -> ModelsOrder:
    """The order in parsed options."""
    return ModelsOrder(
        action=options.action or "list",
        model_id=getattr(options, "id", ""),
        file=getattr(options, "file", None),
        name=getattr(options, "name", ""),
        purpose=getattr(options, "purpose", None),
        accepts_licence=getattr(options, "accept_licence", False),
        catalogue=options.catalogue,
        as_json=options.json,
    )


def _add_adding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=".safetensors, .pth or .pt")
    parser.add_argument("--name", default="", help="what to call it; its id is custom-NAME")
    parser.add_argument(
        "--purpose", type=Purpose, choices=list(Purpose), metavar="PURPOSE", help="what it is for"
    )
    parser.add_argument(
        "--as",
        dest="id",
        default="",
        metavar="ID",
        help="the file is the missing weights of this model",
    )
