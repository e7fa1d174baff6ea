"""Selecting a thing by pointing at it, and saying better and better which thing is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.geometry import Point, Rect
from unblur.document.photo import Photo
from unblur.document.region import Region, RegionId
from unblur.document.shapes import FoundMask
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.photo_question import PhotoQuestion
from unblur.ui.session import Session
from unblur.ui.tools.thing import Pointing
from unblur.workers.files import FileJobs

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.detect.objects import Candidate


@dataclass(frozen=True, slots=True)
class Found:
    """What a thing may be: candidates, the smallest first, and the mask of the chosen one.

    `mask` is None where there is nothing.
    """

    candidates: tuple[Candidate, ...]
    index: int
    mask: FoundMask | None


Proceed = Callable[[], None]


class Things(Protocol):
    """Finds things. Its calls may come from several threads; it takes them one by one."""

    def prepare(self, photo: Photo, proceed: Proceed) -> None:
        """Look at the photo, so that the first answer comes at once."""

    def find(
        self,
        photo: Photo,
        inside: Sequence[Point],
        outside: Sequence[Point],
        box: Rect | None,
        proceed: Proceed,
    ) -> Found:
        """What is pointed at."""

    def choose(self, pixels: PixelImage, found: Found, index: int, proceed: Proceed) -> Found:
        """Another one of the candidates."""


@dataclass(frozen=True, slots=True)
class _Prompt:
    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()
    box: Rect | None = None


class ObjectSearch(QObject):
    """Turns clicks into the region of a thing.

    Signals:
        missed: nothing was found where the person pointed.
    """

    missed = Signal()

    def __init__(
        self, session: Session, jobs: FileJobs, things: Things, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._things = things
        self._prompt = _Prompt()
        self._found: Found | None = None
        self._region: tuple[OpenPhoto, RegionId] | None = None
        self.question = PhotoQuestion(session, jobs, self)
        self.question.answered.connect(self._on_answered)

    def prepare(self) -> None:
        """Look at the shown photo ahead of the first click."""
        opened = self._session.current
        if opened is not None and not self.question.is_busy:
            self.question.ask(opened, partial(self._things.prepare, opened.photo))

    def point(self, pointing: Pointing) -> None:
        """More of the thing, less of it, or another thing."""
        opened = self._session.current
        if opened is None:
            return
        if pointing.is_other or self._current() is None:
            self._prompt, self._region = _Prompt(), None
        self._prompt = _added(self._prompt, pointing)
        prompt = self._prompt
        if prompt.inside or prompt.box:
            self.question.ask(
                opened,
                lambda proceed: self._things.find(
                    opened.photo, prompt.inside, prompt.outside, prompt.box, proceed
                ),
            )

    def step(self, by: int) -> None:
        """A smaller (-1) or larger (1) candidate for the same thing."""
        opened, found = self._session.current, self._found
        if opened is None or found is None or self._current() is None:
            return
        index = found.index + by
        if 0 <= index < len(found.candidates):
            self.question.ask(
                opened,
                lambda proceed: self._things.choose(opened.photo.pixels, found, index, proceed),
            )

    def _current(self) -> Region | None:
        """The region of the thing, as long as it is the selected one."""
        if self._region is None or self._region[0] is not self._session.current:
            return None
        region = self._session.selected_region
        return region if region is not None and region.id == self._region[1] else None

    @Slot(object, object)
    def _on_answered(self, opened: OpenPhoto, found: Found | None) -> None:
        if found is None:  # a look ahead
            return
        self._found = found
        if found.mask is None:
            self.missed.emit()
            return
        region = self._current()
        if region is not None:
            document = opened.document.with_region(replace(region, shapes=(found.mask,)))
            opened.edit(document, "Refine Object")
            return
        made = self._session.new_region(found.mask)
        named = replace(made, name=opened.document.free_name("Object"))
        opened.edit(opened.document.with_region(named), "Select Object")
        self._region = (opened, made.id)


def _added(prompt: _Prompt, pointing: Pointing) -> _Prompt:
    if pointing.box is not None:
        return _Prompt(box=pointing.box)
    if pointing.point is None:
        return prompt
    if pointing.is_outside:
        return replace(prompt, outside=(*prompt.outside, pointing.point))
    return replace(prompt, inside=(*prompt.inside, pointing.point))
