"""Which blurred picture belongs to which sharp one: those of the same name, in two folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unblur.imaging.codec import READABLE_SUFFIXES
from unblur.messages import printable

_SHOWN = 3  # names in a sentence


class PairingError(Exception):
    """The folders hold nothing to measure; the text says why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture twice. `name` is the files' without their endings."""

    name: str
    blurred: Path
    sharp: Path


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs of two folders by name, and the pictures that have no partner."""

    pairs: tuple[Pair, ...]
    unpaired: tuple[Path, ...]

    @property
    def complaint(self) -> str:
        """A sentence about the pictures without a partner; empty when there are none."""
        if not self.unpaired:
            return ""
        names = ", ".join(f"“{printable(path)}”" for path in self.unpaired[:_SHOWN])
        more = len(self.unpaired) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        return f"No picture of the same name in the other folder: {names}{rest}."


def find_pairs(blurred: Path, sharp: Path) -> Pairing:
    """The pictures that lie directly in two folders, paired by name; the ending may differ.

    Raises PairingError when a folder is missing, is none, cannot be read or has no pictures,
    when two pictures of a folder share a name, and when there is no pair.
    """
    soft, clear = _pictures(blurred), _pictures(sharp)
    names = sorted(soft.keys() & clear.keys())
    if not names:
        raise PairingError(
            f"“{printable(blurred)}” and “{printable(sharp)}” have no pictures of the same name."
        )
    lone = [soft[name] for name in sorted(soft.keys() - clear.keys())]
    lone += [clear[name] for name in sorted(clear.keys() - soft.keys())]
    return Pairing(tuple(Pair(name, soft[name], clear[name]) for name in names), tuple(lone))


def _pictures(folder: Path) -> dict[str, Path]:
    """The pictures of a folder by name without ending."""
    shown = printable(folder)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise PairingError(f"“{shown}” {what}.")
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise PairingError(f"“{shown}” cannot be read ({error.strerror}).") from error
    found: dict[str, Path] = {}
    for path in paths:
        if path.suffix.lower() not in READABLE_SUFFIXES:
            continue
        if path.stem in found:
            both = f"“{printable(found[path.stem])}” and “{printable(path)}”"
            raise PairingError(f"{both} share a name: it is unclear which of them is meant.")
        found[path.stem] = path
    if not found:
        raise PairingError(f"“{shown}” has no pictures.")
    return found
