"""Asks where to export, with the options that the settings suggest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from unblur.document.photo import Photo
from unblur.ui.exporting import ExportWish
from unblur.ui.open_photo import OpenPhoto
from unblur.ui.preferences import Preferences
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

if TYPE_CHECKING:  # it imports OpenCV, which waits until a photo is read
    from unblur.imaging.export import ExportOptions


class MakeOptions(Protocol):
    """`ExportOptions`, which is imported when it is called."""

    def __call__(
        self, *, quality: int, keep_metadata: bool, tell_restored: bool, overwrite: bool
    ) -> ExportOptions:
        """How to write."""
        ...


class ExportQuestion:
    """The dialog before an export. "Restore first" starts a run instead of an export."""

    def __init__(
        self,
        session: Session,
        restorer: Restorer,
        preferences: Preferences,
        loses_depth: Callable[[Photo, str], bool],
        make_options: MakeOptions,
        parent: QWidget,
    ) -> None:
        self._session = session
        self._restorer = restorer
        self._preferences = preferences
        self._loses_depth = loses_depth
        self._make_options = make_options
        self._parent = parent

    def __call__(self, opened: OpenPhoto, suggested: Path) -> ExportWish | None:
        """Where the result of `opened` goes, and how; None for not now."""
        from unblur.ui.dialogs.export_dialog import Answer, ExportDialog

        preferred = self._preferences.current
        dialog = ExportDialog(
            opened.photo,
            suggested,
            self._loses_depth,
            quality=preferred.jpeg_quality,
            keep_metadata=preferred.keep_metadata,
            tell_restored=preferred.tell_restored,
            missing=self._missing(opened),
            parent=self._parent,
        )
        dialog.exec()
        dialog.deleteLater()
        if dialog.answer is Answer.RESTORE_FIRST:
            self._session.show(opened)
            self._restorer.restore()
        if dialog.answer is not Answer.EXPORT:
            return None
        tells = dialog.tell_restored.isChecked()
        if tells != preferred.tell_restored:
            self._preferences.change(preferred.with_value("tell_restored", tells))
        options = self._make_options(
            quality=dialog.quality.value(),
            keep_metadata=dialog.keep_metadata.isChecked(),
            tell_restored=tells,
            overwrite=dialog.overwrite.isChecked(),
        )
        return ExportWish(dialog.path, options)

    def _missing(self, opened: OpenPhoto) -> int:
        """How many visible regions lack tiles."""
        count = 0
        for region in opened.document.regions:
            factor = opened.plans.factor(region, is_accelerated=self._session.is_accelerated)
            plan = opened.plan(region, factor) if region.is_visible else None
            count += bool(plan and plan.missing)
        return count
