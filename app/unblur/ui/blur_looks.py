"""What the shown photo is like: looked at once, in the pool; what follows is only proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from unblur.document.buffer import PixelImage
from unblur.document.region import ModelChoice
from unblur.engine.cancel import CancelToken
from unblur.errors import AppError
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

if TYPE_CHECKING:  # OpenCV comes with these
    from unblur.analysis.advice import Advice
    from unblur.analysis.blur_map import BlurMap
    from unblur.analysis.caution import Caution
    from unblur.analysis.kinds import Blur
    from unblur.analysis.measurement import Measurement

Seen: TypeAlias = "tuple[Measurement, Advice, bool, Caution]"
"""What was measured, what is advised, whether anybody is there, what to be careful with."""

LookAt = Callable[[PixelImage, Callable[[], None]], Seen]


class BlurLooks(QObject):
    """Looks at every photo that is shown, and remembers what it saw.

    Signals:
        known: what is known about the shown photo has changed.
    """

    known = Signal()

    def __init__(
        self,
        session: Session,
        jobs: FileJobs,
        look: LookAt,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._look = look
        self._seen: dict[int, Seen] = {}
        self._looking: dict[int, CancelToken] = {}
        session.current_changed.connect(self._on_current_changed)
        session.photo_closed.connect(self._on_photo_closed)
        jobs.answered.connect(self._on_answered)
        jobs.not_answered.connect(self._on_not_answered)

    @property
    def is_looking(self) -> bool:
        """Whether the shown photo is being measured."""
        opened = self._session.current
        return opened is not None and opened.id in self._looking

    @property
    def measured(self) -> Measurement | None:
        """What was measured of the shown photo, once it is known."""
        seen = self._of_current()
        return seen[0] if seen else None

    @property
    def advice(self) -> Advice | None:
        """The advice for the shown photo, once it is known."""
        seen = self._of_current()
        return seen[1] if seen else None

    @property
    def map(self) -> BlurMap | None:
        """Where the shown photo is blurred; None while unknown, or without edges to tell."""
        seen = self._of_current()
        return seen[0].map if seen else None

    @property
    def blur(self) -> Blur | None:
        """What the blur of the shown photo is; None while unknown, or without detail to tell."""
        seen = self._of_current()
        return seen[0].blur if seen else None

    @property
    def caution(self) -> Caution | None:
        """What to be careful with in the shown photo, once it is known."""
        opened = self._session.current
        return self.caution_of(opened) if opened else None

    def caution_of(self, opened: OpenPhoto) -> Caution | None:
        """What to be careful with in an open photo, once it is known."""
        seen = self._seen.get(opened.id)
        return seen[3] if seen else None

    @property
    def has_people(self) -> bool:
        """Whether somebody is known to be in the shown photo."""
        seen = self._of_current()
        return seen is not None and seen[2]

    @property
    def is_sharp(self) -> bool:
        """Whether the shown photo is known to need no restoration."""
        return self.blur is not None and self.blur.kind.value == "sharp"

    def apply(self) -> None:
        """Give the selected region what is advised; the whole photo when there is no region."""
        advice, document = self.advice, self._session.document
        if advice is None or document is None or advice.model_id is None:
            return
        region = self._session.selected_region or self._session.add_whole_photo()
        if region is not None and advice.quality is not None:
            # The scale follows the blur of each region by itself.
            model = ModelChoice(advice.model_id, advice.quality)
            self._session.edit_region(replace(region, model=model), "Follow the Advice")

    def _of_current(self) -> Seen | None:
        opened = self._session.current
        return self._seen.get(opened.id) if opened else None

    @Slot(object)
    def _on_current_changed(self, opened: OpenPhoto | None) -> None:
        if opened is not None and opened.id not in self._seen and opened.id not in self._looking:
            token = self._looking[opened.id] = CancelToken()
            question = partial(self._look, opened.photo.pixels, token.raise_if_cancelled)
            self._jobs.ask(token, question)
        self.known.emit()

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        self._seen.pop(opened.id, None)
        token = self._looking.pop(opened.id, None)
        if token is not None:
            token.cancel()

    @Slot(object, object)
    def _on_answered(self, token: object, seen: Seen) -> None:
        photo_id = self._ended(token)
        if photo_id is not None:
            self._seen[photo_id] = seen
            self.known.emit()

    @Slot(object, object)
    def _on_not_answered(self, token: object, _error: AppError) -> None:
        # It is in the log, and nobody asked for it: the advice simply stays away.
        if self._ended(token) is not None:
            self.known.emit()

    def _ended(self, token: object) -> int | None:
        """The photo that was looked at; None for what nobody waits for any more."""
        photo_id = next((key for key, own in self._looking.items() if own is token), None)
        if photo_id is not None:
            del self._looking[photo_id]
        return photo_id
