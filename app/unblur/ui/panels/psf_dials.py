"""The dials of a PSF that has a shape: one or two numbers, and what they read."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from unblur.document.deconvolution import (
    LEAST_NOISE,
    MOST_NOISE,
    Blur,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
)
from unblur.ui.panels.slider_row import SliderRow
from unblur.ui.psf_starts import LONGEST_MOTION, WIDEST_DEVIATION, WIDEST_RADIUS

_LAST = 400
_HALF_TURN = 180


class PsfDials(QWidget):
    """Length and angle, radius, or width: those that the shape has.

    Signals:
        turned: the Blur that the dials say, and the number of the gesture.
    """

    turned = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.length = SliderRow(
            "Length",
            "Over how many photo pixels the light of a point was drawn",
            lambda position: f"{size_at(position, LONGEST_MOTION):.1f} px",
            last=_LAST,
        )
        self.angle = SliderRow(
            "Angle",
            "Its direction, anticlockwise from the right",
            "{}°".format,
            last=_HALF_TURN,
        )
        self.radius = SliderRow(
            "Radius",
            "Of the disc into which the lens spread every point, in photo pixels",
            lambda position: f"{size_at(position, WIDEST_RADIUS):.1f} px",
            last=_LAST,
        )
        self.width_ = SliderRow(
            "Width",
            "Standard deviation of the Gaussian, in photo pixels",
            lambda position: f"{size_at(position, WIDEST_DEVIATION):.2f} px",
            last=_LAST,
        )
        self._rows: dict[type[Blur], tuple[SliderRow, ...]] = {
            MotionBlur: (self.length, self.angle),
            DiscBlur: (self.radius,),
            GaussianBlur: (self.width_,),
        }
        self._shown: Blur | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for row in (self.length, self.angle, self.radius, self.width_):
            layout.addWidget(row)
            row.moved.connect(lambda _position, gesture: self._on_moved(gesture))

    def show_blur(self, blur: Blur) -> None:
        """Show the dials of this PSF, where it stands."""
        self._shown = blur
        for kind, rows in self._rows.items():
            for row in rows:
                row.setVisible(isinstance(blur, kind))
        self.setVisible(type(blur) in self._rows)
        if isinstance(blur, MotionBlur):
            self.length.set_position(position_of(blur.length, LONGEST_MOTION))
            self.angle.set_position(round(blur.angle))
        elif isinstance(blur, DiscBlur):
            self.radius.set_position(position_of(blur.radius, WIDEST_RADIUS))
        elif isinstance(blur, GaussianBlur):
            self.width_.set_position(position_of(blur.deviation, WIDEST_DEVIATION))

    def _on_moved(self, gesture: int) -> None:
        blur: Blur
        if isinstance(self._shown, MotionBlur):
            # A dial that was not touched keeps what it stands for, between its steps.
            length, angle = self._shown.length, self._shown.angle
            if self.length.slider.value() != position_of(length, LONGEST_MOTION):
                length = size_at(self.length.slider.value(), LONGEST_MOTION)
            if self.angle.slider.value() != round(angle):
                angle = float(self.angle.slider.value())
            blur = MotionBlur(length, angle)
        elif isinstance(self._shown, DiscBlur):
            blur = DiscBlur(size_at(self.radius.slider.value(), WIDEST_RADIUS))
        else:
            blur = GaussianBlur(size_at(self.width_.slider.value(), WIDEST_DEVIATION))
        self.turned.emit(blur, gesture)


def size_at(position: int, most: float) -> float:
    """Fine steps where a blur is small, coarse ones where it is wide."""
    return round((position / _LAST) ** 2 * most, 2)


def position_of(size: float, most: float) -> int:
    """Where the dial stands for a size in pixels."""
    return round(math.sqrt(min(1.0, size / most)) * _LAST)


def noise_at(position: int) -> float:
    """What the smoothness from 0 to 100 stands for: equal steps are equal factors."""
    return round(LEAST_NOISE * (MOST_NOISE / LEAST_NOISE) ** (position / 100), 5)


def smoothness_of(noise: float) -> int:
    """Where the dial stands for a noise."""
    share = math.log(noise / LEAST_NOISE) / math.log(MOST_NOISE / LEAST_NOISE)
    return round(100 * min(1.0, max(0.0, share)))
