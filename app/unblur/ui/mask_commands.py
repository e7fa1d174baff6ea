"""What the commands on a region's whole mask do: each is one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from unblur.document.region import Region
from unblur.ui.actions import ActionId, Actions
from unblur.ui.session import Session


class MaskCommands(QObject):
    """Connects the commands, and enables those that would change something."""

    def __init__(
        self,
        actions: Actions,
        session: Session,
        pixels: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._session = session
        changes: dict[ActionId, tuple[str, Callable[[Region], Region]]] = {
            ActionId.INVERT_REGION: ("Invert Region", lambda region: region.inverted()),
            ActionId.GROW_REGION: ("Grow Region", lambda region: region.grown(pixels())),
            ActionId.SHRINK_REGION: ("Shrink Region", lambda region: region.grown(-pixels())),
            ActionId.CLEAR_REGION: ("Clear Region", lambda region: region.cleared()),
        }
        for identity, (text, change) in changes.items():
            actions[identity].triggered.connect(
                lambda _=False, t=text, c=change: self._change(c, t)
            )
        actions[ActionId.CLEAR_PROTECTION].triggered.connect(self._clear_protection)
        session.document_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enable what makes sense now."""
        document, region = self._session.document, self._session.selected_region
        self._actions.enable(protection=document is not None and bool(document.protection))
        has_edge = region is not None and bool(region.shapes) and not region.is_whole_photo
        for identity in (ActionId.GROW_REGION, ActionId.SHRINK_REGION, ActionId.REFINE_EDGES):
            self._actions[identity].setEnabled(has_edge)
        is_drawn = region is not None and bool(region.shapes)
        self._actions[ActionId.CLEAR_REGION].setEnabled(is_drawn)

    def _change(self, change: Callable[[Region], Region], text: str) -> None:
        region = self._session.selected_region
        if region is not None:
            self._session.edit_region(change(region), text)

    def _clear_protection(self) -> None:
        document = self._session.document
        if document is not None and document.protection:
            self._session.edit(replace(document, protection=()), "Clear Protection")
