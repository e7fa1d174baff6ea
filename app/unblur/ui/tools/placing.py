"""Where a drawn shape goes: into which region, and how. Keys at the press may decide.

As in other editors, Shift adds to the selected region, Alt takes away from it, and both keep
only what lies in both. A key that decided this constrains the drag only after it was let go
and pressed again.
"""

from __future__ import annotations

from dataclasses import dataclass

from unblur.document.document import Document
from unblur.document.geometry import Point
from unblur.document.region import Region
from unblur.document.shapes import Drawn, Mode
from unblur.ui.tools.hit import region_at
from unblur.ui.tools.options import DrawMode
from unblur.ui.tools.tool import Pointer, ToolContext

_VERBS = {Mode.ADD: "Add", Mode.SUBTRACT: "Subtract", Mode.INTERSECT: "Intersect"}


@dataclass(frozen=True, slots=True)
class Placing:
    """A place for one shape. `spends_keys`: Shift and Alt decided it at the press."""

    document: Document
    region: Region
    mode: Mode
    is_new: bool
    spends_keys: bool = False

    def placed(self, shape: Drawn) -> Document:
        """The document with the shape, which has this place's mode, in its region."""
        return self.document.with_region(self.region.with_shape(shape))

    def text(self, noun: str) -> str:
        """What the step is called."""
        return f"{'Draw' if self.is_new else _VERBS[self.mode]} {noun}"


def place_for(context: ToolContext, chosen: DrawMode, pointer: Pointer) -> Placing | None:
    """Where a shape that is begun at `pointer` goes; None when there is nothing to change."""
    document = context.document
    if document is None:
        return None
    selected = document.region(context.selected) if context.selected else None
    mode = mode_at(chosen, pointer, has_target=selected is not None)
    spends_keys = selected is not None and (pointer.is_shift or pointer.is_alt)
    target = _target(document, selected, mode, pointer.position)
    if target is not None:
        return Placing(document, target, mode.mode, is_new=False, spends_keys=spends_keys)
    if mode in (DrawMode.SUBTRACT, DrawMode.INTERSECT):
        return None
    # The gesture draws the first shape itself, so the region begins without any.
    return Placing(document, context.new_region(), Mode.ADD, is_new=True, spends_keys=spends_keys)


def mode_at(chosen: DrawMode, pointer: Pointer, *, has_target: bool) -> DrawMode:
    """The mode that the keys ask for, or else the chosen one."""
    if not has_target or not (pointer.is_shift or pointer.is_alt):
        return chosen
    if pointer.is_shift and pointer.is_alt:
        return DrawMode.INTERSECT
    return DrawMode.ADD if pointer.is_shift else DrawMode.SUBTRACT


def _target(
    document: Document, selected: Region | None, mode: DrawMode, point: Point
) -> Region | None:
    """The region that takes the shape; None for a new one."""
    if mode is DrawMode.NEW:
        # A region that was cleared is there to be drawn anew.
        return selected if selected is not None and not selected.shapes else None
    if mode is DrawMode.ADD:
        # To the whole photo nothing can be added.
        return None if selected is None or selected.is_whole_photo else selected
    return selected or region_at(document, point)


class Constraints:
    """Shift for equal sides, Alt from the centre; keys that chose the mode must be let go."""

    def __init__(self, start: Pointer, *, spends_keys: bool) -> None:
        self._is_shift_free = not (spends_keys and start.is_shift)
        self._is_alt_free = not (spends_keys and start.is_alt)

    def follow(self, pointer: Pointer) -> tuple[bool, bool]:
        """Whether sides are equal, and whether the start is the centre."""
        self._is_shift_free = self._is_shift_free or not pointer.is_shift
        self._is_alt_free = self._is_alt_free or not pointer.is_alt
        return (
            pointer.is_shift and self._is_shift_free,
            pointer.is_alt and self._is_alt_free,
        )
