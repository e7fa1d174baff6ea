"""Asks before work is lost."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QWidget

from unblur.ui.dialogs.three_ways import Question, ask


class Choice(Enum):
    """What to do with a photo whose edits were not exported."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_about(title: str, parent: QWidget) -> Choice:
    """Export, discard or stay. Esc and the window's cross stay."""
    question = Question(
        name="unsaved",
        title="Unsaved work",
        text=f"Export “{title}” before it is closed?",
        explanation="Otherwise its regions and what was restored in them are lost.",
        accept="Export…",
        other="Discard",
    )
    return ask(question, Choice.SAVE, Choice.DISCARD, Choice.CANCEL, parent)
