"""A dial of a PSF shows at once what it does: each change asks for a quick look, the last wins."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Slot

from unblur.document.document import DocumentDiff
from unblur.document.region import RegionId
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

_AT_ONCE_MS = 0  # the moves of a mouse that came together are one change
_AFTER_A_MOVE_MS = 150  # of the view: it rarely moves once
# A dial may move faster than a slow machine solves: then each look would be cut off before it
# shows anything. So long a look is given to show its first tile.
_GRACE_S = 0.4
_ASK_AGAIN_MS = 20


class LivePreview(QObject):
    """Watches the edits of regions that are deconvolved."""

    def __init__(self, session: Session, restorer: Restorer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._restorer = restorer
        self._wanted: RegionId | None = None
        self._began = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        session.edited.connect(self._on_edited)
        session.current_changed.connect(self._on_current_changed)

    @Slot()
    def follow_view(self) -> None:
        """The person looks elsewhere: what a dial did is shown there, too."""
        if self._wanted is not None and not self._restorer.is_running:
            self._timer.start(_AFTER_A_MOVE_MS)

    @Slot(object, object)
    def _on_edited(self, opened: OpenPhoto, changes: DocumentDiff) -> None:
        if opened is not self._session.current:
            return
        touched = changes.remodeled | changes.reshaped | changes.added
        solved = [
            region.id
            for region in opened.document.regions
            if region.id in touched and region.model.deconvolution is not None
        ]
        if solved:
            self._wanted = solved[-1]
            self._timer.start(_AT_ONCE_MS)
        elif self._wanted in changes.removed | changes.remodeled:
            self._wanted = None

    @Slot(object)
    def _on_current_changed(self, _opened: OpenPhoto | None) -> None:
        self._wanted = None
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        if self._wanted is None:
            return
        now = time.monotonic()
        if self._restorer.is_glance_awaited and now < self._began + _GRACE_S:
            self._timer.start(_ASK_AGAIN_MS)
            return
        self._began = now
        self._restorer.glance(self._wanted)
