from __future__ import annotations

from dataclasses import fields

from pytestqt.qtbot import QtBot

from unblur.settings import Settings
from unblur.ui.dialogs.settings_dialog import SettingsDialog
from unblur.ui.engine_wishes import device_names, engine_wishes
from unblur.workers.messages import DeviceFacts, EngineConduct


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


def test_devices_that_are_here_are_called_by_their_names(qtbot: QtBot) -> None:
    here = device_names([DeviceFacts("cuda", "ROCm", "Card 9000", 24 << 30)])
    dialog = SettingsDialog(Settings(), devices=here)
    qtbot.addWidget(dialog)
    combo = dialog.choices["device"]
    texts = [combo.itemText(row) for row in range(combo.count())]
    assert "Card 9000 · 24 GB (ROCm)" in texts
    assert "CPU" in texts  # of which nothing is known here
    assert combo.currentData() == "auto"


def test_the_engine_hears_of_what_concerns_it() -> None:
    wanted = Settings(device="cuda", precision="fp32", gpu_memory=4, kept_tiles=0)
    assert engine_wishes(wanted) == ("cuda", EngineConduct("fp32", 4 << 30, 0))
    assert engine_wishes(Settings()) == ("auto", EngineConduct("auto", 0, 1 << 30))
    assert engine_wishes(Settings(theme="dark")) == engine_wishes(Settings())
