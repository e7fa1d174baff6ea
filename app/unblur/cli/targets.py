"""Where results go: one file, or names made from the photos' in a folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Endings that are kept; what cannot be written becomes a PNG, which loses nothing.
_KEPT = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}
_FALLBACK = ".png"


class TargetError(Exception):
    """OUT cannot hold the results; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A photo and the file that its result becomes."""

    source: Path
    output: Path


def plan_targets(inputs: Sequence[str], out: str) -> tuple[Target, ...]:
    """Where each photo's result goes. Raises TargetError; touches nothing."""
    sources = [Path(name) for name in inputs]
    if not _is_folder(out, len(sources)):
        return (Target(sources[0], Path(out)),)
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise TargetError(f"“{out}” is a file; several photos need a folder.")
    targets = tuple(Target(source, folder / result_name(source)) for source in sources)
    shared = [name for name, count in Counter(t.output.name for t in targets).items() if count > 1]
    if shared:
        raise TargetError(f"Several photos would become “{shared[0]}”. Restore them one by one.")
    return targets


def result_name(source: Path) -> str:
    """STEM-unblurred.EXT."""
    suffix = source.suffix if source.suffix.lower() in _KEPT else _FALLBACK
    return f"{source.stem}-unblurred{suffix}"


def _is_folder(out: str, count: int) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return count > 1 or out.endswith(separators) or Path(out).is_dir()
