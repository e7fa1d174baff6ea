"""What the canvas lets a tool see and do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from unblur.document.document import Document
from unblur.document.region import Region, RegionId
from unblur.document.shapes import Shape


class Host(Protocol):
    """The canvas, as far as a tool's context needs it."""

    def show_preview(self, document: Document | None) -> None:
        """Show a document that is not committed; None ends it."""
        ...

    def commit_edit(self, document: Document, text: str) -> None:
        """Hand a finished edit on."""
        ...

    def pick_region(self, region_id: RegionId | None) -> None:
        """Hand a choice on."""
        ...


class ToolHost:
    """The tools' context: the document without previews, and the ways to change it."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.document: Document | None = None
        self.previewed: Document | None = None
        self.selected: RegionId | None = None
        self.factory: Callable[..., Region] | None = None

    @property
    def shown(self) -> Document | None:
        """The preview of a gesture, or else the document."""
        return self.previewed or self.document

    @property
    def marked(self) -> RegionId | None:
        """The region that is being drawn, or else the selected one."""
        if self.previewed is not None and self.document is not None:
            for region in self.previewed.regions:
                if self.document.region(region.id) is None:
                    return region.id
        return self.selected

    def new_region(self, *shapes: Shape) -> Region:
        """A region from the session, with its default model and a fresh name."""
        if self.factory is None:
            raise RuntimeError("The canvas has no region factory")
        return self.factory(*shapes)

    def preview(self, document: Document | None) -> None:
        """Show `document` while a gesture goes on."""
        self.previewed = document
        self._host.show_preview(document)

    def commit(self, document: Document, text: str) -> None:
        """One finished edit."""
        self.previewed = None
        self._host.commit_edit(document, text)

    def select(self, region_id: RegionId | None) -> None:
        """Choose a region, or none."""
        self._host.pick_region(region_id)
