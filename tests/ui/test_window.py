"""The whole window with a fake engine: what a person does, and what comes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.errors import DeviceMemoryError, WeightsCorruptError
from unblur.ui.actions import ActionId

Save = Callable[..., Path]


def test_the_window_starts_empty_and_warms_the_engine_up(program: Program, client: Any) -> None:
    assert program.window.windowTitle() == "Unblur"
    assert program.window.center.currentWidget() is program.empty
    assert client.warmed_up == [("maxim-3s.gopro", "auto")]


def test_the_title_names_the_photo_and_marks_unsaved_work(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save("a.png"))
    assert program.window.windowTitle() == "a.png[*] – Unblur"
    assert not program.window.isWindowModified()
    person.adds_region()
    assert program.window.isWindowModified()
    program.actions[ActionId.UNDO].trigger()
    assert not program.window.isWindowModified()


def test_several_photos_sit_in_a_filmstrip(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save("a.png"))
    assert not program.filmstrip.isVisible()
    person.opens(save("b.png"), save("c.png"))
    assert program.filmstrip.isVisible()
    assert len(program.filmstrip.cells) == 3
    qtbot.mouseClick(program.filmstrip.cells[0], Qt.MouseButton.LeftButton)
    assert program.session.current is program.session.photos[0]
    program.filmstrip.cells[1].close_asked.emit()
    program.filmstrip.cells[1].close_asked.emit()
    assert not program.filmstrip.isVisible()


def test_the_photo_stays_where_it_is_whatever_the_tool(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    program.first.appearance.choose("light")  # by which Qt takes sizes back that Python had set
    places = set()
    for tool in (ActionId.RECTANGLE_TOOL, ActionId.FACE_TOOL, ActionId.BRUSH_TOOL):
        program.actions[tool].trigger()
        QApplication.processEvents()
        places.add(program.canvas.mapTo(program.window, program.canvas.rect().topLeft()).y())
    assert len(places) == 1


def test_ctrl_r_restores_and_the_button_becomes_stop(
    qtbot: QtBot, program: Program, person: Any, client: Any, save: Save
) -> None:
    client.seconds_per_tile = 12.0
    person.opens(save())
    box = program.panel.restore
    qtbot.waitUntil(lambda: box.restore_button.text() == "Restore · about 12 s")
    program.actions[ActionId.RESTORE].trigger()
    assert box.restore_button.text() == "Stop"
    box.restore_button.click()
    assert not program.restorer.is_running
    program.actions[ActionId.RESTORE].trigger()
    client.finish()
    assert box.restore_button.text() == "Restored"
    assert not box.restore_button.isEnabled()


def test_the_button_says_that_it_measures(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    button = program.panel.restore.restore_button
    qtbot.waitUntil(lambda: button.text() == "Restore · measuring…")


def test_moving_strength_never_runs_the_model(
    qtbot: QtBot, program: Program, person: Any, client: Any, save: Save
) -> None:
    person.opens(save())
    person.adds_region()
    program.restorer.restore()
    client.finish()
    slider = program.panel.options.strength.slider
    for position in (80, 60, 40):
        slider.setValue(position)
    assert program.session.selected_region is not None
    assert program.session.selected_region.strength == 0.4
    program.actions[ActionId.UNDO].trigger()
    assert program.session.selected_region.strength == 1.0
    assert slider.value() == 100
    assert len(client.requests) == 1


def test_choosing_a_quality_is_an_edit(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    person.adds_region()
    quality = program.panel.options._quality
    quality.setCurrentIndex(2)
    quality.activated.emit(2)
    assert program.session.selected_region is not None
    assert program.session.selected_region.model.quality == "best"
    program.actions[ActionId.UNDO].trigger()
    assert quality.currentData() == "draft"


def test_a_model_with_one_quality_does_not_choose_that_of_the_next(
    program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    person.adds_region()
    options = program.panel.options

    def choose(model_id: str) -> str:
        index = options._model.findData(model_id)
        options._model.setCurrentIndex(index)
        options._model.activated.emit(index)
        assert program.session.selected_region is not None
        return program.session.selected_region.model.quality

    assert choose("srn-color.gopro") == "good"
    assert [options._quality.itemText(i) for i in range(options._quality.count())] == ["Good"]
    assert choose("maxim-3s.gopro") == "draft"


def test_regions_are_renamed_hidden_and_deleted_in_the_list(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    person.adds_region()
    row = program.regions.itemWidget(program.regions.item(0))
    program.actions[ActionId.RENAME_REGION].trigger()
    qtbot.keyClicks(row._field, "Face")  # type: ignore[attr-defined]
    qtbot.keyClick(row._field, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    region = program.session.selected_region
    assert region is not None
    assert region.name == "Face"
    row.eye.click()  # type: ignore[attr-defined]
    assert program.session.selected_region is not None
    assert not program.session.selected_region.is_visible
    row.bin.click()  # type: ignore[attr-defined]
    assert program.regions.count() == 0


def test_a_bug_is_reported_and_the_program_goes_on(
    qtbot: QtBot, program: Program, allow_log: list[str]
) -> None:
    allow_log.append("Nobody caught this")
    error = RuntimeError("a bug for the test")
    sys.excepthook(RuntimeError, error, None)
    dialog = QApplication.activeModalWidget() or program.window.findChild(QPushButton)
    from unblur.ui.dialogs.report import ReportDialog

    assert isinstance(dialog, ReportDialog)
    assert "a bug for the test" in dialog.details.toPlainText()
    dialog.close()
    assert program.window.isVisible()


def test_the_settings_dialog_changes_the_theme_at_once(
    qtbot: QtBot, program: Program, own_home: Path
) -> None:
    program.preferences.change(program.preferences.current.with_value("theme", "light"))
    assert program.appearance.theme.name == "light"
    kept = json.loads((own_home / "config" / "settings.json").read_text())
    assert kept["theme"] == "light"


def test_an_engine_that_does_not_start_says_why(program: Program, person: Any, client: Any) -> None:
    client.warm_up_failed.emit(WeightsCorruptError("maxim-3s.gopro", "/weights.safetensors"))
    assert "are damaged and were not used" in person.reads()
    assert program.status._device.text() == "The engine did not start"


def test_a_run_that_fails_says_why_and_the_button_is_back(
    qtbot: QtBot, program: Program, person: Any, client: Any, save: Save
) -> None:
    person.opens(save())
    program.restorer.restore()
    client.failed.emit(1, DeviceMemoryError())
    assert "does not fit into memory" in person.reads()
    assert program.panel.restore.restore_button.text().startswith("Restore ·")


def test_escape_stops_a_run_and_the_status_bar_is_calm(
    qtbot: QtBot, program: Program, person: Any, client: Any, save: Save
) -> None:
    person.opens(save())
    program.restorer.restore()
    client.give_tile()
    assert program.status._task.text().startswith("Restoring · 1 of")
    program.actions[ActionId.STOP].trigger()
    assert not program.restorer.is_running
    assert program.status._task.text() == ""
    assert not program.actions[ActionId.STOP].isEnabled()


def test_holding_o_shows_the_original(
    qtbot: QtBot, program: Program, person: Any, save: Save
) -> None:
    person.opens(save())
    program.canvas.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is program.canvas)
    qtbot.keyPress(program.canvas, Qt.Key.Key_O)
    assert program.canvas._is_peeking
    qtbot.keyRelease(program.canvas, Qt.Key.Key_O)
    assert not program.canvas._is_peeking
