"""After a crash: offers the saved edits, once, in a banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from unblur.ui.autosave import Autosave
from unblur.ui.opening import PhotoOpener
from unblur.ui.panels.banner import BannerArea, Kind, Notice
from unblur.ui.pasted import PastedPictures
from unblur.ui.recovery import Orphan, SavedEdit


class RecoveryOffer(QObject):
    """Holds the files of windows that are gone until their edits are back or unwanted.

    A banner that is only dismissed settles nothing: the next start offers them again.
    """

    def __init__(
        self,
        orphans: Sequence[Orphan],
        opener: PhotoOpener,
        autosave: Autosave,
        pasted: PastedPictures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._orphans = [orphan for orphan in orphans if orphan.edits]
        for orphan in orphans:
            if not orphan.edits:
                orphan.settle()
        self._opener = opener
        self._autosave = autosave
        self._pasted = pasted
        self._is_returning = False
        opener.waiting_changed.connect(self._on_waiting_changed)

    def show(self, banners: BannerArea) -> None:
        """Ask, if there is anything to ask."""
        names = [edit.name for orphan in self._orphans for edit in orphan.edits]
        if not names:
            return
        which = f"“{names[0]}”" if len(names) == 1 else f"{len(names)} photos"
        text = f"Your edits of {which} were saved. Restored pixels have to be made again."
        choices: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Bring back", self.bring_back),
            ("Discard", self.discard),
        )
        banners.tell(Notice(Kind.INFO, "Unblur closed unexpectedly", text, choices))

    def bring_back(self) -> None:
        """Open the photos with their edits."""
        self._is_returning = True
        self._opener.bring_back(edit for orphan in self._orphans for edit in orphan.edits)

    def discard(self) -> None:
        """Forget the edits, and the pictures that only they needed."""
        for edit in (edit for orphan in self._orphans for edit in orphan.edits):
            if edit.path is None:
                self._pasted.forget(edit.fingerprint)
        self._settle()

    @Slot(int)
    def _on_waiting_changed(self, count: int) -> None:
        if self._is_returning and not count:
            self._is_returning = False
            # First into this window's own file: at no moment are the edits in none.
            if self._autosave.save():
                self._settle(self._opener.not_back)

    def _settle(self, not_back: Sequence[SavedEdit] = ()) -> None:
        for orphan in self._orphans:
            rest = [edit for edit in orphan.edits if edit in not_back]
            if rest:
                orphan.keep(rest)
            else:
                orphan.settle()
        self._orphans = []
