"""Telling people from what is behind them: two regions that together are the whole photo.

People and background move differently, so each can have its own model and strength.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.region import Subject
from unblur.document.shapes import FoundMask, Invert
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

FindPeople = Callable[[PixelImage, bool, Callable[[], None]], FoundMask | None]
"""(pixels, is sharp, proceed) to a mask; None when there is nobody."""


class PeopleSearch(QObject):
    """Looks for the people of the shown photo.

    Signals:
        found: whether there was anybody (bool).
    """

    found = Signal(bool)

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        find_people: FindPeople,
        is_sharp: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._find_people = find_people
        self._is_sharp = is_sharp
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)

    def find(self) -> None:
        """Make two regions of the shown photo: its people, and all the rest."""
        opened = self._session.current
        if opened is not None:
            pixels, is_sharp = opened.photo.pixels, self._is_sharp()
            self.question.ask(opened, partial(self._find_people, pixels, is_sharp))

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, mask: FoundMask | None) -> None:
        if mask is not None:
            self._add(opened, mask)
        self.found.emit(mask is not None)

    def _add(self, opened: OpenPhoto, mask: FoundMask) -> None:
        document = opened.document
        # Found again, the mask is of the sharper result or of another way: the last one counts.
        for region in document.of_subject(Subject.PEOPLE, Subject.BACKGROUND):
            document = document.without_region(region.id)
        background = self._session.new_region(mask, Invert())
        people = self._session.new_region(mask)
        document = document.with_region(
            replace(background, name="Background", subject=Subject.BACKGROUND)
        )
        document = document.with_region(replace(people, name="People", subject=Subject.PEOPLE))
        opened.edit(document, "People and Background")
        if opened is self._session.current:
            self._session.select(people.id)
