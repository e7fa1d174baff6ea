from __future__ import annotations

from dataclasses import fields

from pytestqt.qtbot import QtBot

from unblur.settings import Settings
from unblur.ui.dialogs.settings_dialog import SettingsDialog


def test_every_setting_has_its_choices(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    assert set(dialog.choices) == {item.name for item in fields(Settings)}
    for item in fields(Settings):
        assert dialog.choices[item.name].count() == len(item.metadata["choices"])
        assert dialog.choices[item.name].currentData() == item.default


def test_a_choice_applies_at_once(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    combo = dialog.choices["jpeg_quality"]
    combo.setCurrentIndex(combo.findData(100))
    with qtbot.waitSignal(dialog.changed) as told:
        combo.activated.emit(combo.currentIndex())
    assert told.args == [Settings(jpeg_quality=100)]
