"""Nothing that was hidden on purpose is restored before a person has said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from unblur.document.geometry import Rect, Size
from unblur.document.region import Region
from unblur.document.shapes import Rectangle, Shape
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.dialogs.hidden import Consent
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.analysis.hidden import HiddenPlace

Touches = Callable[[tuple[Shape, ...], float, Rect, Size], bool]
"""Whether the mask of shapes with a feather is above zero in a rectangle: `masks.touches`."""


class HiddenGuard(QObject):
    """Asks once a photo, before its hidden places are restored, and remembers the answer.

    What is to stay hidden becomes protected, as with the protect brush: it is left as it is
    whatever else is restored, and can be undone like any edit.
    """

    def __init__(
        self,
        session: Session,
        looks: BlurLooks,
        restorer: Restorer,
        ask: Callable[[int], Consent],
        touches: Touches,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._looks = looks
        self._restorer = restorer
        self._ask = ask
        self._touches = touches
        self._permitted: set[int] = set()
        restorer.ask_first(self.may_restore)
        looks.known.connect(self._on_known)
        session.photo_closed.connect(self._on_photo_closed)

    def may_restore(self, opened: OpenPhoto, regions: Sequence[Region]) -> bool:
        """Whether these regions may be restored now; False when the person would rather not."""
        if not self._is_open(opened, regions):
            return True
        answer = self._ask(len(self._places(opened)))
        if answer is Consent.RESTORE:
            self._permitted.add(opened.id)
        elif answer is Consent.KEEP:
            self._keep(opened)
        return answer is not Consent.CANCEL

    def _is_open(self, opened: OpenPhoto, regions: Iterable[Region]) -> bool:
        """Whether some region reaches into a hidden place about which nothing was said yet."""
        if opened.id in self._permitted:
            return False
        photo, protection = opened.photo.size, opened.document.protection
        places = [each.rect for each in self._places(opened)]
        unsaid = [rect for rect in places if Rectangle(rect) not in protection]
        return any(
            self._touches(region.shapes, region.feather, rect, photo)
            for region in regions
            for rect in unsaid
        )

    def _places(self, opened: OpenPhoto) -> Sequence[HiddenPlace]:
        caution = self._looks.caution_of(opened)
        return caution.hidden if caution else ()

    def _keep(self, opened: OpenPhoto) -> None:
        before = opened.document
        kept = [Rectangle(each.rect) for each in self._places(opened)]
        new = tuple(each for each in kept if each not in before.protection)
        document = replace(before, protection=(*before.protection, *new))
        opened.edit(document, "Keep What Is Hidden")

    @Slot()
    def _on_known(self) -> None:
        # A question from within a signal would hold up whoever else listens to it.
        QTimer.singleShot(0, self, self._check_what_is_there)

    def _check_what_is_there(self) -> None:
        """Restoring may have begun before the photo had been looked at."""
        opened = self._session.current
        if opened is None:
            return
        is_accelerated = self._session.is_accelerated
        restored = [
            region
            for region in opened.document.regions
            if self._restorer.is_running or opened.layers_of(region, is_accelerated=is_accelerated)
        ]
        if not self.may_restore(opened, restored):
            self._restorer.stop()
            self._keep(opened)  # what is there already shall not show

    @Slot(object)
    def _on_photo_closed(self, opened: OpenPhoto) -> None:
        self._permitted.discard(opened.id)
