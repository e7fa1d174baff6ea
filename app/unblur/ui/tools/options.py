"""What can be chosen for the tools; brushes share one tip, and shapes one mode."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from unblur.document.shapes import Mode, Pressure

MIN_RADIUS, MAX_RADIUS, DEFAULT_RADIUS = 1.0, 1000.0, 40.0
_STEP = 1.15  # one notch, one key press


class DrawMode(StrEnum):
    """What becomes of a drawn shape: a region of its own, or a part of the selected one."""

    NEW = "new"
    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"

    @property
    def mode(self) -> Mode:
        """How the shape is combined with what its region holds."""
        return Mode.ADD if self is DrawMode.NEW else Mode(self.value)


@dataclass(slots=True)
class BrushTip:
    """Size, hardness and what a pen's pressure does. `radius` is in photo pixels."""

    radius: float = DEFAULT_RADIUS
    hardness: float = 1.0
    pressure: Pressure = Pressure.SIZE

    def __post_init__(self) -> None:
        """Keep within the limits."""
        self.set_radius(self.radius)

    def set_radius(self, radius: float) -> None:
        """Another size, kept within its limits."""
        self.radius = min(MAX_RADIUS, max(MIN_RADIUS, radius))

    def resize(self, notches: float) -> None:
        """Larger or smaller by so many steps."""
        self.set_radius(self.radius * _STEP**notches)


@dataclass(slots=True)
class ToolOptions:
    """What the bar above the photo shows and changes."""

    tip: BrushTip = field(default_factory=BrushTip)
    shape_mode: DrawMode = DrawMode.NEW
    brush_mode: DrawMode = DrawMode.ADD
