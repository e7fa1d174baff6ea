"""The bar above the photo: what the tool in hand can be told."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from unblur.document.shapes import Pressure
from unblur.ui.actions import ActionId, Actions
from unblur.ui.tool_choice import ToolChoice
from unblur.ui.tools.options import MAX_RADIUS, DrawMode

_MODES = {
    ActionId.MODE_NEW: DrawMode.NEW,
    ActionId.MODE_ADD: DrawMode.ADD,
    ActionId.MODE_SUBTRACT: DrawMode.SUBTRACT,
    ActionId.MODE_INTERSECT: DrawMode.INTERSECT,
}
_PRESSURES = {
    Pressure.SIZE: "Pen pressure: size",
    Pressure.OPACITY: "Pen pressure: opacity",
    Pressure.NOTHING: "Pen pressure: off",
}
_SLIDER_WIDTH = 120
_STEPS = 200


class NamedSlider(QWidget):
    """A slider between its name and its value in words."""

    def __init__(self, name: str, tip: str, widest: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 10)
        self.slider.setFixedWidth(_SLIDER_WIDTH)
        self.slider.setAccessibleName(name)
        self._value = QLabel()
        self._value.setObjectName("muted")
        self._value.setFixedWidth(QFontMetrics(self.font()).horizontalAdvance(widest) + 8)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(8)
        for part in (QLabel(name), self.slider, self._value):
            row.addWidget(part)

    def show_value(self, position: int, words: str) -> None:
        """Show a value that was not chosen here, or was."""
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(position)
        self._value.setText(words)


class ToolOptionsBar(QToolBar):
    """Modes of the shapes and brushes; size, hardness and pressure of the brushes."""

    def __init__(self, choice: ToolChoice, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("Tool options", parent)
        self.setObjectName("toolOptions")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._choice = choice
        for identity in _MODES:
            self.addAction(actions[identity])
        self._rule = self.addSeparator()
        self.size_slider = NamedSlider("Size", "The brush's width ([ and ])", "2000 px")
        self.hardness_slider = NamedSlider("Hardness", "How much of it is fully painted", "100 %")
        self.pressure = QComboBox()
        self.pressure.setAccessibleName("Pen pressure")
        self.pressure.setToolTip("What the pressure of a tablet's pen changes")
        for pressure, words in _PRESSURES.items():
            self.pressure.addItem(words, pressure)
        parts = (self.size_slider, self.hardness_slider, self.pressure)
        self._brush_parts = [self.addWidget(part) for part in parts]
        self.hint = QLabel()
        self.hint.setObjectName("muted")
        self.hint.setMinimumWidth(1)
        self.hint.setIndent(10)
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self.hint)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._mode_actions = {identity: actions[identity] for identity in _MODES}
        self.size_slider.slider.valueChanged.connect(lambda at: choice.set_radius(radius_at(at)))
        self.hardness_slider.slider.valueChanged.connect(
            lambda at: choice.set_hardness(at / _STEPS)
        )
        self.pressure.activated.connect(
            lambda index: choice.set_pressure(Pressure(self.pressure.itemData(index)))
        )
        choice.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        choice, tip = self._choice, self._choice.options.tip
        for identity, mode in _MODES.items():
            self._mode_actions[identity].setVisible(mode in choice.modes)
        self._rule.setVisible(choice.is_brush and bool(choice.modes))
        for part in self._brush_parts:
            part.setVisible(choice.is_brush)
        self.size_slider.show_value(position_of(tip.radius), f"{round(2 * tip.radius)} px")
        self.hardness_slider.show_value(
            round(tip.hardness * _STEPS), f"{round(100 * tip.hardness)} %"
        )
        self.pressure.setCurrentIndex(self.pressure.findData(tip.pressure))
        self.hint.setText(choice.hint)


def radius_at(position: int) -> float:
    """Equal steps of the slider are equal factors, from the smallest brush to the largest."""
    return float(MAX_RADIUS ** (position / _STEPS))


def position_of(radius: float) -> int:
    """Where the slider stands for a radius."""
    return round(math.log(max(1.0, radius)) / math.log(MAX_RADIUS) * _STEPS)
