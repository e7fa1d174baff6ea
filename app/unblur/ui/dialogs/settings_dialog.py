"""The settings dialog, generated from the fields of `Settings`. Changes apply at once."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from unblur.settings import Settings


class SettingsDialog(QDialog):
    """One choice a setting, by group.

    Signals:
        changed: the Settings after a choice.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(440)
        self._settings = settings
        self.choices: dict[str, QComboBox] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(6)
        forms: dict[str, QFormLayout] = {}
        for item in fields(Settings):
            group = str(item.metadata["group"])
            if group not in forms:
                forms[group] = _group(layout, group)
            combo = QComboBox()
            for value, words in item.metadata["choices"].items():
                combo.addItem(words, value)
            combo.setCurrentIndex(combo.findData(getattr(settings, item.name)))
            combo.activated.connect(lambda _, name=item.name: self._on_chosen(name))
            forms[group].addRow(str(item.metadata["label"]), combo)
            self.choices[item.name] = combo
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addSpacing(10)
        layout.addWidget(buttons)

    def _on_chosen(self, name: str) -> None:
        self._settings = self._settings.with_value(name, self.choices[name].currentData())
        self.changed.emit(self._settings)


def _group(layout: QVBoxLayout, name: str) -> QFormLayout:
    heading = QLabel(name)
    heading.setObjectName("heading")
    if layout.count():
        layout.addSpacing(8)
    layout.addWidget(heading)
    form = QFormLayout()
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.addLayout(form)
    return form
