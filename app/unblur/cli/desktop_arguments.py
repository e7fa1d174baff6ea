"""What `unblur desktop` may be told."""

from __future__ import annotations

import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything that may stand after `unblur desktop`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("install", help="add Unblur to the menu and to Open With of photos")
    actions.add_parser("remove", help="take it out of both")
