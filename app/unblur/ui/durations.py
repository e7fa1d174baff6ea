"""Durations in words, as rough as they are known."""

from __future__ import annotations

_MINUTE = 60
_HOUR = 3600


def about(seconds: float) -> str:
    """An estimate: "about 12 s", "about 2 min", "about 1 h 20 min"."""
    return f"about {rounded(seconds)}" if seconds >= 1 else "under 1 s"


def left(seconds: float) -> str:
    """What remains: "12 s left"."""
    return f"{rounded(seconds)} left"


def rounded(seconds: float) -> str:
    """Two digits at most, so that a number never pretends to be exact."""
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        step = 1 if whole < 20 else 5
        return f"{round(whole / step) * step} s" if round(whole / step) * step < 60 else "1 min"
    if whole < _HOUR:
        return f"{round(whole / _MINUTE)} min" if whole < 3570 else "1 h"
    hours, minutes = divmod(round(whole / _MINUTE), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
