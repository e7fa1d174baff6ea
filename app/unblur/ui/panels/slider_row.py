"""A slider with its name and its value in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget


class SliderRow(QWidget):
    """Positions 0 to `last` with a name on the left and their meaning on the right.

    Signals:
        moved: the position, and the number of the gesture that it belongs to. All moves of
            one drag (or of one visit by keyboard) share a number.
    """

    moved = Signal(int, int)

    def __init__(
        self,
        name: str,
        tip: str,
        words: Callable[[int], str],
        parent: QWidget | None = None,
        *,
        last: int = 100,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._gesture = 0
        self._value = QLabel()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, last)
        self._slider.setPageStep(max(1, last // 10))
        self._slider.setAccessibleName(name)
        self._slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._slider.installEventFilter(self)
        self.setToolTip(tip)
        top = QHBoxLayout()
        top.addWidget(QLabel(name))
        top.addStretch()
        top.addWidget(self._value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._slider)
        self._slider.sliderPressed.connect(self._on_gesture_began)
        self._slider.valueChanged.connect(self._on_value_changed)
        self._value.setText(words(0))

    @property
    def slider(self) -> QSlider:
        """The slider itself."""
        return self._slider

    def set_position(self, position: int) -> None:
        """Show a position that was not chosen here."""
        if not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(position)
        self._value.setText(self._words(self._slider.value()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel over the slider scrolls past it unless it has the focus."""
        if isinstance(event, QWheelEvent) and not self._slider.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.FocusIn:
            self._on_gesture_began()
        return super().eventFilter(watched, event)

    def _on_gesture_began(self) -> None:
        self._gesture += 1

    def _on_value_changed(self, position: int) -> None:
        self._value.setText(self._words(position))
        self.moved.emit(position, self._gesture)
