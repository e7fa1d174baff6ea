"""What a turn of the wheel or two fingers on a trackpad ask for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

_NOTCH = 120.0
_ZOOM_PER_NOTCH = 2**0.25
_PIXELS_PER_NOTCH = 60.0
_PAN_PER_NOTCH = 80.0


@dataclass(frozen=True, slots=True)
class Zoom:
    """Scale by `factor`; `is_stepwise` from a wheel with notches."""

    factor: float
    is_stepwise: bool


@dataclass(frozen=True, slots=True)
class Pan:
    """Move the photo by logical pixels."""

    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class ResizeTool:
    """Make the brush larger (positive) or smaller, in notches."""

    notches: float


def intent_of(event: QWheelEvent) -> Zoom | Pan | ResizeTool | None:
    """A wheel zooms, Ctrl or not; two fingers pan, and zoom with Ctrl; Shift sizes the brush."""
    pixels, angle = event.pixelDelta(), event.angleDelta()
    modifiers = event.modifiers()
    is_ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    notches = (angle.y() or angle.x()) / _NOTCH  # some systems turn the axis with Shift or Alt
    if modifiers & Qt.KeyboardModifier.ShiftModifier and notches:
        return ResizeTool(notches)
    if not pixels.isNull():
        if not is_ctrl:
            return Pan(pixels.x(), pixels.y())
        return Zoom(_ZOOM_PER_NOTCH ** (pixels.y() / _PIXELS_PER_NOTCH), is_stepwise=False)
    if modifiers & Qt.KeyboardModifier.AltModifier and notches:
        return Pan(notches * _PAN_PER_NOTCH, 0.0)
    if angle.y():
        return Zoom(_ZOOM_PER_NOTCH ** (angle.y() / _NOTCH), is_stepwise=True)
    return Pan(notches * _PAN_PER_NOTCH, 0.0) if notches else None


def stopping_at_100(scale: float, factor: float) -> float:
    """The factor, cut short where it would jump over 100 %."""
    after = scale * factor
    return 1.0 / scale if (scale - 1.0) * (after - 1.0) < -1e-9 else factor
