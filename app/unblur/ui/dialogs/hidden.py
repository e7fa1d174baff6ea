"""Asks before something is restored that looks hidden on purpose."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QWidget

from unblur.ui.dialogs.three_ways import Question, ask


class Consent(Enum):
    """What to do with places that look hidden on purpose."""

    KEEP = auto()
    RESTORE = auto()
    CANCEL = auto()


def ask_about_hidden(places: int, parent: QWidget) -> Consent:
    """Keep them as they are, restore them too, or think about it first (Esc)."""
    is_one = places == 1
    what = "A place on this photo looks" if is_one else f"{places} places on this photo look"
    it, was = ("It", "it was") if is_one else ("They", "they were")
    question = Question(
        name="hidden",
        title="Hidden on purpose?",
        text=f"{what} pixelated or blurred on purpose.",
        explanation=(
            f"{it} may protect somebody. What a model draws there is invented: it may look like "
            f"somebody who was never in this photo. Kept, everything there stays as {was}."
        ),
        accept="Keep It Hidden" if is_one else "Keep Them Hidden",
        other="Restore It Too" if is_one else "Restore Them",
    )
    return ask(question, Consent.KEEP, Consent.RESTORE, Consent.CANCEL, parent)
