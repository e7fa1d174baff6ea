"""Undo: one command class, because a document is immutable and an edit is a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from unblur.document.document import Document

_MERGING = 1
_ALONE = -1


class EditCommand(QUndoCommand):
    """From one document to the next, by way of `show`.

    Commands with the same non-empty `merge_key` become one: the steps of one slider drag.
    """

    def __init__(
        self,
        show: Callable[[Document], None],
        before: Document,
        after: Document,
        text: str,
        merge_key: str = "",
    ) -> None:
        super().__init__(text)
        self._show = show
        self._before = before
        self.after = after
        self.merge_key = merge_key

    def redo(self) -> None:
        """Make the change."""
        self._show(self.after)

    def undo(self) -> None:
        """Take it back."""
        self._show(self._before)

    def id(self) -> int:
        """Qt asks `mergeWith` only for equal numbers other than -1."""
        return _MERGING if self.merge_key else _ALONE

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a later step of the same gesture."""
        if not isinstance(other, EditCommand) or other.merge_key != self.merge_key:
            return False
        self.after = other.after
        return True
