"""The settings dialog, generated from the fields of `Settings`. Changes apply at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from unblur.settings import Settings
from unblur.ui.dialogs.gpu_box import GpuBox
from unblur.ui.gpu import GpuSetup

_WIDTH = 480
_ROOM = 60  # for a line or two more about the graphics card, and for a scroll bar
_SHARE_OF_SCREEN = 0.9


class SettingsDialog(QDialog):
    """One choice a setting, by group, and below them the graphics card where `gpu` tells of it.

    `devices` are the names of those that are here, by what they are chosen by.

    Signals:
        changed: the Settings after a choice.
    """

    changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        gpu: GpuSetup | None = None,
        devices: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(440)
        self._settings = settings
        self.choices: dict[str, QComboBox] = {}
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(22, 18, 22, 10)
        layout.setSpacing(6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        group = ""
        for item in fields(Settings):
            if item.metadata["group"] != group:
                group = str(item.metadata["group"])
                _add_heading(grid, group)
            combo = QComboBox()
            names = (devices or {}) if item.name == "device" else {}
            for value, words in item.metadata["choices"].items():
                combo.addItem(names.get(value, words), value)
            combo.setCurrentIndex(combo.findData(getattr(settings, item.name)))
            combo.activated.connect(lambda _, name=item.name: self._on_chosen(name))
            row = grid.rowCount()
            grid.addWidget(QLabel(str(item.metadata["label"])), row, 0)
            grid.addWidget(combo, row, 1)
            self.choices[item.name] = combo
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if gpu is not None:
            self.gpu = GpuBox(gpu)
            layout.addWidget(self.gpu)
        layout.addStretch(1)
        self._lay_out(page, buttons)

    def _lay_out(self, page: QWidget, buttons: QDialogButtonBox) -> None:
        """The page above the buttons, to be scrolled where the screen is too low for it."""
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 14)
        whole.setSpacing(8)
        whole.addWidget(scroll, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(22, 0, 22, 0)
        bottom.addWidget(buttons)
        whole.addLayout(bottom)
        hint = page.sizeHint()
        wanted = hint.height() + buttons.sizeHint().height() + _ROOM
        lowest = round(self.screen().availableGeometry().height() * _SHARE_OF_SCREEN)
        self.resize(max(hint.width() + _ROOM, _WIDTH), min(wanted, lowest))

    def _on_chosen(self, name: str) -> None:
        self._settings = self._settings.with_value(name, self.choices[name].currentData())
        self.changed.emit(self._settings)


def _add_heading(grid: QGridLayout, name: str) -> None:
    heading = QLabel(name)
    heading.setObjectName("heading")
    row = grid.rowCount()
    grid.addWidget(heading, row, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
    grid.setRowMinimumHeight(row, 34)
