"""`unblur licences`: what Unblur consists of, and the licences of all of it."""

from __future__ import annotations

from unblur.licences import as_text, components


def run() -> int:
    """Print everything; 0."""
    print(as_text(components()))
    return 0
