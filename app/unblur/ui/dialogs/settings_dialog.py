"""The settings dialog, generated from the fields of `Settings`. Changes apply at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from unblur.settings import Settings
from unblur.ui.dialogs.gpu_box import GpuBox
from unblur.ui.gpu import GpuSetup


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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
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
        layout.addSpacing(10)
        layout.addWidget(buttons)

    def _on_chosen(self, name: str) -> None:
        self._settings = self._settings.with_value(name, self.choices[name].currentData())
        self.changed.emit(self._settings)


def _add_heading(grid: QGridLayout, name: str) -> None:
    heading = QLabel(name)
    heading.setObjectName("heading")
    row = grid.rowCount()
    grid.addWidget(heading, row, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
    grid.setRowMinimumHeight(row, 34)
