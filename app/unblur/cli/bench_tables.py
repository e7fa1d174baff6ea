"""What `unblur bench` found: as text, as Markdown, and as facts for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from unblur.cli.bench_measuring import Entry, Failed, LeftOut, Row, Subject
from unblur.cli.bench_reference import LEAST_AGREEMENT
from unblur.document.geometry import Size
from unblur.engine.device import Device
from unblur.messages import message_for

_MEBIBYTE = 1024 * 1024
_TITLES = (
    "model", "quality", "precision", "photo", "seconds", "fps", "s/MP", "memory MB",
    "parameters M", "GMAC/MP", "check",
)  # fmt: skip
_WIDTHS = (22, 7, 9, 9, 9, 8, 8, 9, 12, 8, 0)
_NOTES = (
    "s/MP: seconds for a megapixel of the photo, tiles and their overlap included.",
    "GMAC/MP: thousands of millions of multiplications for a megapixel that the network sees.",
    "A network that takes people is told of stripes, somebody and nobody in turn: all of it runs.",
    f"check: how near the result is to the stored one, at least {LEAST_AGREEMENT:g} dB.",
)


class TableForm(Protocol):
    """A way to print the table."""

    def head(self, machine: Sequence[str]) -> str:
        """What comes before the rows."""

    def line(self, entry: Entry) -> str:
        """One row, or a failure."""

    def foot(self, entries: Sequence[Entry], budget: float) -> str:
        """What comes after the rows: which were left out, and what columns mean."""


class _Text:
    def head(self, machine: Sequence[str]) -> str:
        return "\n".join([*machine, "", _aligned(_TITLES)])

    def line(self, entry: Entry) -> str:
        if isinstance(entry, Row):
            return _aligned(_cells(entry))
        return f"{_name_of(entry)}: {_why(entry)}"

    def foot(self, entries: Sequence[Entry], budget: float) -> str:
        return "\n".join(["", *_left_out(entries, budget), *_NOTES])


class _Markdown:
    def head(self, machine: Sequence[str]) -> str:
        rule = "|---|---|---|" + "---:|" * (len(_TITLES) - 3)
        return "\n\n".join([*machine, f"| {' | '.join(_TITLES)} |\n{rule}"])

    def line(self, entry: Entry) -> str:
        if isinstance(entry, Row):
            return f"| {' | '.join(_cells(entry))} |"
        return f"| {_name_of(entry)}: {_why(entry)} |" + " |" * (len(_TITLES) - 1)

    def foot(self, entries: Sequence[Entry], budget: float) -> str:
        lines = [*_left_out(entries, budget), *_NOTES]
        return "\n" + "\n".join(f"- {line}" for line in lines)


text: TableForm = _Text()
markdown: TableForm = _Markdown()


def is_in_table(entry: Entry) -> bool:
    """Whether it stands among the rows; what was left out is named below them."""
    return not isinstance(entry, LeftOut)


def is_failure(entry: Entry) -> bool:
    """Whether something is wrong, which is not so where a row was only too slow."""
    return isinstance(entry, Failed) or (isinstance(entry, Row) and entry.is_wrong)


def facts(entries: Sequence[Entry], device: Device) -> dict[str, Any]:
    """`rows`, `left_out` and `failed`, for JSON."""
    return {
        "rows": [_row(each, device) for each in entries if isinstance(each, Row)],
        "left_out": [
            {
                **_subject(each.subject),
                "estimated_seconds": None if each.estimate is None else round(each.estimate, 1),
                "reason": _why(each),
            }
            for each in entries
            if isinstance(each, LeftOut)
        ],
        "failed": [
            {
                **(_subject(each.subject) if each.subject else {"model": each.card.id}),
                "error": message_for(each.error).as_line(),
            }
            for each in entries
            if isinstance(each, Failed)
        ],
    }


def _row(row: Row, device: Device) -> dict[str, Any]:
    peak, check = row.peak_bytes, row.check
    return {
        **_subject(row.subject),
        "device": device.label,
        "seconds": round(row.seconds, 6),
        "seconds_per_megapixel": round(row.seconds_per_megapixel, 6),
        "fps": round(1 / row.seconds, 6),
        "rounds": row.rounds,
        "network_megapixels": round(row.network_pixels / 1e6, 6),
        "peak_memory_mb": None if peak is None else round(peak / _MEBIBYTE, 1),
        "parameters": row.subject.card.parameters,
        "gmacs_per_megapixel": round(row.subject.gmacs, 1),
        "is_told_people": row.subject.card.takes_mask,
        "psnr_to_reference": None if check.agreement is None else round(check.agreement, 2),
        "is_as_expected": check.is_passed,
        "tiles_left": row.tiles_left,
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "model": subject.card.id,
        "quality": subject.quality,
        "precision": subject.precision,
        "width": subject.size.width,
        "height": subject.size.height,
    }


def _cells(row: Row) -> tuple[str, ...]:
    subject, peak = row.subject, row.peak_bytes
    return (
        subject.card.id,
        subject.quality,
        subject.precision,
        _size(subject.size),
        f"{row.seconds:.4g}",
        f"{1 / row.seconds:.3g}",
        f"{row.seconds_per_megapixel:.4g}",
        "?" if peak is None else f"{peak / _MEBIBYTE:.0f}",
        f"{subject.card.parameters / 1e6:.1f}",
        f"{subject.gmacs:.0f}" if subject.gmacs else "?",
        _checked(row),
    )


def _checked(row: Row) -> str:
    if row.tiles_left:
        return f"WRONG: the model failed on {row.tiles_left} tiles"
    if row.check.agreement is None:
        return "nothing stored"
    return f"{'' if row.check.is_passed else 'WRONG: '}{row.check.agreement:.1f} dB"


def _left_out(entries: Sequence[Entry], budget: float) -> list[str]:
    left = [each for each in entries if isinstance(each, LeftOut)]
    slow = [f"{_name_of(each)} ({_why(each)})" for each in left if each.estimate is not None]
    inexact = [_name_of(each) for each in left if each.estimate is None]
    lines = [f"Left out, more than {budget:g} s (--budget): {'; '.join(slow)}."] if slow else []
    if inexact:
        lines.append(f"Left out, too far from fp32 to be used: {'; '.join(inexact)}.")
    return lines


def _name_of(entry: Entry) -> str:
    if isinstance(entry, Failed) and entry.subject is None:
        return entry.card.id
    subject = entry.subject
    assert subject is not None
    return f"{subject.card.id} {subject.quality} {subject.precision} {_size(subject.size)}"


def _why(entry: Entry) -> str:
    if isinstance(entry, Failed):
        return message_for(entry.error).as_line()
    if isinstance(entry, LeftOut) and entry.estimate is not None:
        return f"about {entry.estimate:.0f} s"
    return "it does not agree with fp32"


def _size(size: Size) -> str:
    return f"{size.width}×{size.height}"


def _aligned(cells: Sequence[str]) -> str:
    left, right = cells[:4], cells[4:]
    words = [cell.ljust(width) for cell, width in zip(left, _WIDTHS, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(right, _WIDTHS[4:], strict=True)]
    return "  ".join([*words, *numbers]).rstrip()
