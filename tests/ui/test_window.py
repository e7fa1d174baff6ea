"""The whole window, with a fake engine: what a person does, and what comes of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Rect
from unblur.document.shapes import Rectangle
from unblur.ui.actions import ActionId
from unblur.ui.dialogs.export_dialog import Answer, ExportDialog
from unblur.ui.dialogs.unsaved import Choice
from unblur.ui.panels.banner import Kind

Save = Callable[..., Path]
RECT = Rect(20, 20, 100, 80)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a picture of noise: `save("a.png")`."""

    def write(name: str = "a.png", size: tuple[int, int] = (320, 200)) -> Path:
        random = np.random.default_rng(len(name))
        path = tmp_path / name
        Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), np.uint8)).save(path)
        return path

    return write


@pytest.fixture
def program(
    qtbot: QtBot, qapp: QApplication, client: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Program]:
    """A window that is shown, with the fake client."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    style, sheet, palette = qapp.style().name(), qapp.styleSheet(), qapp.palette()
    client.status = None
    program = Program(qapp, client)
    program.show((), quits_after_show=False)
    qtbot.waitUntil(lambda: bool(client.warmed_up))
    client.become_ready()
    yield program
    for opened in program.session.photos:
        opened.undo_stack.setClean()
    program.shut_down()
    program.window.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


def opens(qtbot: QtBot, program: Program, *paths: Path) -> None:
    expected = len(program.session.photos) + len(paths)
    program.opener.open(paths)
    qtbot.waitUntil(lambda: len(program.session.photos) == expected)


def adds_region(program: Program, rect: Rect = RECT) -> None:
    session = program.session
    assert session.document is not None
    region = session.new_region(Rectangle(rect))
    session.edit(session.document.with_region(region), "Add Region")


def banner_texts(program: Program) -> str:
    labels = [label.text() for b in program.banners.banners for label in b.findChildren(QLabel)]
    return "\n".join(labels)


def test_the_window_starts_empty_and_warms_the_engine_up(program: Program, client: Any) -> None:
    assert program.window.windowTitle() == "Unblur"
    assert program.window.center.currentWidget() is program.empty
    assert client.warmed_up == [("maxim-3s.gopro", "auto")]


def test_the_title_names_the_photo_and_marks_unsaved_work(
    qtbot: QtBot, program: Program, save: Save
) -> None:
    opens(qtbot, program, save("a.png"))
    assert program.window.windowTitle() == "a.png[*] – Unblur"
    assert not program.window.isWindowModified()
    adds_region(program)
    assert program.window.isWindowModified()
    program.actions[ActionId.UNDO].trigger()
    assert not program.window.isWindowModified()


def test_several_photos_sit_in_a_filmstrip(qtbot: QtBot, program: Program, save: Save) -> None:
    opens(qtbot, program, save("a.png"))
    assert not program.filmstrip.isVisible()
    opens(qtbot, program, save("b.png"), save("c.png"))
    assert program.filmstrip.isVisible()
    assert len(program.filmstrip.cells) == 3
    qtbot.mouseClick(program.filmstrip.cells[0], Qt.MouseButton.LeftButton)
    assert program.session.current is program.session.photos[0]
    program.filmstrip.cells[1].close_asked.emit()
    program.filmstrip.cells[1].close_asked.emit()
    assert not program.filmstrip.isVisible()


def test_ctrl_r_restores_and_the_button_becomes_stop(
    qtbot: QtBot, program: Program, client: Any, save: Save
) -> None:
    client.seconds_per_tile = 6.0
    opens(qtbot, program, save())
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


def test_the_button_says_that_it_measures(qtbot: QtBot, program: Program, save: Save) -> None:
    opens(qtbot, program, save())
    button = program.panel.restore.restore_button
    qtbot.waitUntil(lambda: button.text() == "Restore · measuring…")


def test_moving_strength_never_runs_the_model(
    qtbot: QtBot, program: Program, client: Any, save: Save
) -> None:
    opens(qtbot, program, save())
    adds_region(program)
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


def test_choosing_a_quality_is_an_edit(qtbot: QtBot, program: Program, save: Save) -> None:
    opens(qtbot, program, save())
    adds_region(program)
    quality = program.panel.options._quality
    quality.setCurrentIndex(2)
    quality.activated.emit(2)
    assert program.session.selected_region is not None
    assert program.session.selected_region.model.quality == "best"
    program.actions[ActionId.UNDO].trigger()
    assert quality.currentData() == "draft"


def test_regions_are_renamed_hidden_and_deleted_in_the_list(
    qtbot: QtBot, program: Program, save: Save
) -> None:
    opens(qtbot, program, save())
    adds_region(program)
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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"", "no content"),
        (b"hello, I am text", "not a picture"),
    ],
    ids=["missing", "empty", "text"],
)
def test_a_photo_that_cannot_be_opened_ends_in_a_banner_that_names_it(
    qtbot: QtBot, program: Program, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "ünusual 📷 name.png"
    if content is not None:
        path.write_bytes(content)
    program.opener.open([path])
    qtbot.waitUntil(lambda: said in banner_texts(program))
    assert str(path) in banner_texts(program)


def test_a_folder_and_half_a_photo_end_in_banners(
    qtbot: QtBot, program: Program, tmp_path: Path, save: Save
) -> None:
    whole = save("whole.jpg")
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    program.opener.open([cut, tmp_path])
    qtbot.waitUntil(lambda: "is a folder" in banner_texts(program))
    qtbot.waitUntil(lambda: "cut short" in banner_texts(program))


def test_the_same_failure_again_is_counted(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    for _ in range(3):
        program.opener.open([tmp_path / "gone.png"])
        qtbot.waitUntil(lambda: not program.jobs.is_busy)
    assert len(program.banners.banners) == 1
    assert "(3 times)" in banner_texts(program)


def test_a_good_photo_among_bad_ones_opens(
    qtbot: QtBot, program: Program, tmp_path: Path, save: Save
) -> None:
    opens(qtbot, program, save("good.png"))
    program.opener.open([tmp_path / "gone.png"])
    qtbot.waitUntil(lambda: "gone.png" in banner_texts(program))
    assert program.session.current is not None
    assert program.session.current.title == "good.png"


def test_files_that_are_dropped_on_the_window_open(
    qtbot: QtBot, program: Program, save: Save
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(save(name))) for name in ("a.png", "b c.png")])
    drops(program, mime)
    qtbot.waitUntil(lambda: len(program.session.photos) == 2)


def drops(program: Program, mime: QMimeData) -> None:
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(program.window, QDropEvent(QPointF(50, 50), copy, mime, left, none))


def test_a_copied_picture_is_pasted(qtbot: QtBot, program: Program) -> None:
    image = QImage(33, 17, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)
    assert program.session.current is not None
    assert program.session.current.photo.size == (33, 17)
    assert (program.session.current.photo.pixels[0, 0] == (255, 0, 0)).all()


def test_copied_files_are_opened(qtbot: QtBot, program: Program, save: Save) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(save()))])
    QGuiApplication.clipboard().setMimeData(mime)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)


def test_pasting_words_says_that_there_is_no_picture(qtbot: QtBot, program: Program) -> None:
    QGuiApplication.clipboard().setText("words")
    program.actions[ActionId.PASTE].trigger()
    assert "no picture to paste" in banner_texts(program)


def answers_export(monkeypatch: pytest.MonkeyPatch, answer: Answer, path: Path | None) -> None:
    """Stand in for the person in the export dialog."""

    def exec_(dialog: ExportDialog) -> int:
        if path is not None:
            dialog.path_field.setText(str(path))
        dialog.answer = answer
        return 1

    monkeypatch.setattr(ExportDialog, "exec", exec_)


def test_export_writes_the_result_and_cleans_the_title(
    qtbot: QtBot,
    program: Program,
    client: Any,
    save: Save,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = save("a.png")
    opens(qtbot, program, source)
    adds_region(program, Rect(20, 20, 100, 80))
    program.restorer.restore()
    client.finish()
    target = tmp_path / "a-unblurred.png"
    answers_export(monkeypatch, Answer.EXPORT, None)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "Saved “a-unblurred.png”" in banner_texts(program))
    before, after = np.asarray(Image.open(source)), np.asarray(Image.open(target))
    assert (after[20:100, 20:120] == round(40000 / 65535 * 255)).all()
    changed = (before != after).any(axis=2)
    changed[20:100, 20:120] = False
    assert not changed.any(), "outside of the region the file equals the source"
    assert not program.window.isWindowModified()


def test_the_original_is_refused_with_a_banner(
    qtbot: QtBot, program: Program, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save("a.png")
    before = source.read_bytes()
    opens(qtbot, program, source)
    adds_region(program)
    answers_export(monkeypatch, Answer.EXPORT, source)
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "allow overwriting the original" in banner_texts(program))
    assert source.read_bytes() == before
    assert program.window.isWindowModified()


@pytest.mark.skipif(os.name != "posix", reason="needs permissions as POSIX has them")
def test_a_folder_that_is_gone_ends_in_a_banner_and_keeps_the_edits(
    qtbot: QtBot, program: Program, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(qtbot, program, save("a.png"))
    adds_region(program)
    answers_export(monkeypatch, Answer.EXPORT, tmp_path / "gone" / "a.png")
    program.actions[ActionId.EXPORT].trigger()
    qtbot.waitUntil(lambda: "folder does not exist" in banner_texts(program))
    assert program.session.document is not None
    assert len(program.session.document.regions) == 1


def test_restore_first_starts_a_run_instead_of_an_export(
    qtbot: QtBot, program: Program, client: Any, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(qtbot, program, save("a.png"))
    adds_region(program)
    answers_export(monkeypatch, Answer.RESTORE_FIRST, None)
    program.actions[ActionId.EXPORT].trigger()
    assert program.restorer.is_running
    assert not program.exporter.is_busy


@pytest.mark.parametrize(("choice", "stays"), [(Choice.CANCEL, True), (Choice.DISCARD, False)])
def test_closing_with_unsaved_work_asks(
    qtbot: QtBot,
    program: Program,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
    choice: Choice,
    stays: bool,
) -> None:
    opens(qtbot, program, save("a.png"))
    adds_region(program)
    asked: list[str] = []
    monkeypatch.setattr(
        "unblur.bootstrap.ask_about", lambda title, _parent: asked.append(title) or choice
    )
    program.window.close()
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.waitUntil(lambda: program.window.isVisible() is stays)
    assert asked == ["a.png"]
    assert len(program.session.photos) == int(stays)


def test_saving_on_the_way_out_exports_and_then_closes(
    qtbot: QtBot, program: Program, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(qtbot, program, save("a.png"))
    adds_region(program)
    monkeypatch.setattr("unblur.bootstrap.ask_about", lambda _title, _parent: Choice.SAVE)
    answers_export(monkeypatch, Answer.EXPORT, None)
    program.window.close()
    qtbot.waitUntil(lambda: not program.window.isVisible())
    assert (tmp_path / "a-unblurred.png").exists()


def test_cancel_on_the_way_out_keeps_what_was_discarded_before(
    qtbot: QtBot, program: Program, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        opens(qtbot, program, save(name))
        adds_region(program)
    answers = iter([Choice.DISCARD, Choice.CANCEL])
    monkeypatch.setattr("unblur.bootstrap.ask_about", lambda _title, _parent: next(answers))
    program.window.close()
    qtbot.waitUntil(lambda: next(answers, None) is None)
    assert len(program.session.photos) == 2
    assert program.window.isVisible()


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


def test_the_edits_of_a_killed_window_are_brought_back(
    qtbot: QtBot, program: Program, save: Save, own_home: Path
) -> None:
    opens(qtbot, program, save("a.png"))
    adds_region(program)
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    content = json.loads(own.read_text())
    assert len(content["documents"]) == 1
    region = program.session.selected_region
    assert program.session.current is not None
    program.session.close(program.session.current)
    left = own.with_name("left.json")
    left.write_text(json.dumps(content))

    program._offer_recovery()
    assert "Unblur closed unexpectedly" in banner_texts(program)
    (banner,) = (b for b in program.banners.banners if b.notice.kind is Kind.INFO)
    button = next(b for b in banner.findChildren(QPushButton) if b.text() == "Bring back")
    button.click()
    qtbot.waitUntil(lambda: program.session.document is not None)
    assert program.session.document is not None
    assert program.session.document.regions == (region,)
    assert program.window.isWindowModified()
    qtbot.waitUntil(lambda: not left.exists())


def test_a_pasted_picture_survives_a_crash_with_its_edits(
    qtbot: QtBot, program: Program, own_home: Path
) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    QGuiApplication.clipboard().setImage(image)
    program.actions[ActionId.PASTE].trigger()
    qtbot.waitUntil(lambda: program.session.current is not None)
    adds_region(program)
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    left = own.with_name("left.json")
    left.write_bytes(own.read_bytes())
    assert program.session.current is not None
    program.session.close(program.session.current)
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: program.session.document is not None)
    assert program.session.document is not None
    assert (program.session.document.photo.pixels[0, 0] == (0, 0, 255)).all()
    assert len(program.session.document.regions) == 1
    program.shut_down()
    assert list((own_home / "state" / "pasted").iterdir()) == []


def test_a_photo_that_changed_since_the_crash_is_told(
    qtbot: QtBot, program: Program, save: Save, own_home: Path
) -> None:
    path = save("a.png")
    opens(qtbot, program, path)
    adds_region(program)
    program.autosave.save()
    (own,) = (own_home / "state" / "recovery").glob("*.json")
    left = own.with_name("left.json")
    left.write_bytes(own.read_bytes())
    assert program.session.current is not None
    program.session.close(program.session.current)
    save("a.png", size=(64, 64))
    program._offer_recovery()
    program.recovery.bring_back()
    qtbot.waitUntil(lambda: "has another size than then" in banner_texts(program))
    assert program.session.document is not None
    assert program.session.document.regions == ()


def test_the_settings_dialog_changes_the_theme_at_once(
    qtbot: QtBot, program: Program, own_home: Path
) -> None:
    program.preferences.change(program.preferences.current.with_value("theme", "light"))
    assert program.appearance.theme.name == "light"
    kept = json.loads((own_home / "config" / "settings.json").read_text())
    assert kept["theme"] == "light"
