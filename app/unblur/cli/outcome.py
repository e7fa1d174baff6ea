"""How a verb ends: its exit statuses, and the sentence of a refusal."""

from __future__ import annotations

import sys

SOME_FAILED = 1
UNUSABLE = 2


def refuse(verb: str, sentence: str) -> int:
    """Say on standard error why the arguments cannot be used; the exit status comes back."""
    print(f"unblur {verb}: error: {sentence}", file=sys.stderr)
    return UNUSABLE
