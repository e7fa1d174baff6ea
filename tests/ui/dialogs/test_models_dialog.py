from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel
from pytestqt.qtbot import QtBot
from tests import mirrors
from tests.mirrors import serving

from unblur.model_store import open_store
from unblur.ui.dialogs.licence import LicenceDialog
from unblur.ui.dialogs.models import ModelsDialog
from unblur.ui.model_library import ModelLibrary
from unblur.ui.screen_room import room
from unblur.workers.model_jobs import ModelJobs
from unblur_models import catalog
from unblur_models.card import ModelCard, Purpose, card_text
from unblur_models.catalog import DEFAULT_MODEL_ID
from unblur_models.plain_unet.layout import Hyperparameters
from unblur_models.plain_unet.network import PlainUnet

CONTENT = bytes(range(256)) * 4000
CARD = ModelCard(
    id="plain-tiny.street",
    name="<b>Plain</b> & simple",
    architecture="plain U-Net",
    purpose=Purpose.MOTION,
    weights_file="plain-tiny-street.safetensors",
    weights_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="MIT",
    family="plain",
    variant="tiny",
    credit="Someone",
    commercial=True,
)

OpenDialog = Callable[..., ModelsDialog]


@pytest.fixture
def library(qtbot: QtBot, own_home: Path) -> Iterator[ModelLibrary]:
    library = ModelLibrary(open_store(), ModelJobs())
    yield library
    library.shutdown()
    library.deleteLater()


@pytest.fixture
def opened(qtbot: QtBot, library: ModelLibrary, own_home: Path) -> OpenDialog:
    """The dialog with one more model, whose card has these facts; it is chosen."""

    def open_dialog(**facts: Any) -> ModelsDialog:
        card = replace(CARD, **facts)
        folder = own_home / "data/models"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{card.id}.toml").write_text(card_text(card))
        dialog = ModelsDialog(library)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.list.choose(card.id)
        return dialog

    return open_dialog


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Accept every licence; the models that were asked about."""
    asked: list[str] = []

    def accept(dialog: LicenceDialog) -> int:
        asked.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(LicenceDialog, "exec", accept)
    return asked


def details(dialog: ModelsDialog) -> str:
    return "\n".join(label.text() for label in dialog.details.findChildren(QLabel))


def test_every_model_is_listed_with_its_state(qtbot: QtBot, opened: OpenDialog) -> None:
    dialog = opened()
    assert dialog.list.count() == len(catalog.cards())
    rows = {
        item.data(Qt.ItemDataRole.UserRole): item.data(Qt.ItemDataRole.AccessibleTextRole)
        for item in (dialog.list.item(i) for i in range(dialog.list.count()))
    }
    assert rows[DEFAULT_MODEL_ID] == "MAXIM, motion blur · embedded"
    assert rows[CARD.id].endswith("weights needed")


def test_what_is_embedded_is_described_and_can_only_be_verified(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog
) -> None:
    dialog = opened()
    dialog.list.choose(DEFAULT_MODEL_ID)
    assert "part of Unblur" in details(dialog)
    assert "Apache-2.0; may be used commercially" in details(dialog)
    assert "23.58 → 33.10 dB" in details(dialog)
    assert not dialog.fetch_button.isVisible()
    assert not dialog.remove_button.isVisible()
    with qtbot.waitSignal(library.verified):
        dialog.verify_button.click()
        assert not dialog.verify_button.isEnabled()
    assert dialog.message.text == "Every bit of MAXIM is as it should be."


def test_nothing_in_a_card_is_markup(opened: OpenDialog) -> None:
    dialog = opened(training_data="<img src='file:///etc/passwd'>")
    assert "&lt;img" in details(dialog)
    assert "&lt;b&gt;Plain" in details(dialog)


def test_where_weights_come_from_can_be_followed(opened: OpenDialog) -> None:
    dialog = opened(weights_from="github.com/some-one/net, release <v1>")
    link = '<a href="https://github.com/some-one/net">github.com/some-one/net</a>'
    assert f"{link}, release &lt;v1&gt;" in details(dialog)


def test_a_fetch_shows_its_licence_once_and_its_progress(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog, answers: list[str]
) -> None:
    with serving(CONTENT, mirrors.dripping(6, 0.12)) as mirror:
        dialog = opened(mirrors=(mirror.address(),))
        assert "1.0 MB to fetch" in details(dialog)
        with qtbot.waitSignal(library.progressed):
            dialog.fetch_button.click()
        assert dialog.progress.isVisible()
        assert 0 < dialog.progress.bar.value() < 1000
        assert not dialog.fetch_button.isEnabled()
        qtbot.waitSignal(library.changed).wait()
    assert len(answers) == 1
    assert "the licence MIT" in answers[0]
    assert not dialog.progress.isVisible()
    assert dialog.verify_button.isVisible()
    assert CARD.id in [card.id for card in catalog.available()]
    with qtbot.waitSignal(library.changed):
        dialog.remove_button.click()
    assert CARD.id not in [card.id for card in catalog.available()]
    assert dialog.fetch_button.isVisible()
    dialog.fetch_button.click()
    assert len(answers) == 1
    qtbot.waitUntil(lambda: not library.is_busy(CARD.id))


def test_a_licence_that_is_not_accepted_fetches_nothing(
    opened: OpenDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LicenceDialog, "exec", lambda _: QDialog.DialogCode.Rejected)
    with serving(CONTENT, mirrors.honest) as mirror:
        opened(mirrors=(mirror.address(),)).fetch_button.click()
    assert mirror.asked == []


def test_a_stopped_fetch_can_be_resumed_or_removed(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog, answers: list[str], own_home: Path
) -> None:
    with serving(CONTENT, mirrors.silent_after(400_000)) as mirror:
        dialog = opened(mirrors=(mirror.address(),))
        dialog.fetch_button.click()
        part = own_home / f"data/models/{CARD.weights_file}.part"
        qtbot.waitUntil(lambda: part.exists() and part.stat().st_size > 0)
        with qtbot.waitSignal(library.stopped):
            dialog.progress.stop_button.click()
        assert "kept for the next time" in dialog.message.text
        assert dialog.fetch_button.text() == "Resume"
        assert dialog.remove_button.isVisible()
        with qtbot.waitSignal(library.changed):
            dialog.remove_button.click()
    assert not part.exists()
    assert dialog.fetch_button.text() == "Fetch"


def test_a_failed_fetch_is_told_in_the_dialog(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog, answers: list[str]
) -> None:
    with serving(CONTENT, lambda visit: visit.give(b"", status=404)) as mirror:
        dialog = opened(mirrors=(mirror.address(),))
        with qtbot.waitSignal(library.failed):
            dialog.fetch_button.click()
    assert "it answers 404" in dialog.message.text
    assert dialog.fetch_button.isEnabled()


def test_offline_is_said_and_nothing_can_be_fetched(
    opened: OpenDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNBLUR_OFFLINE", "1")
    dialog = opened(mirrors=("https://models.example/file",))
    words = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert any("stays offline" in text for text in words)
    assert not dialog.fetch_button.isEnabled()


def test_it_can_be_as_small_as_a_laptops_screen_at_200_percent(opened: OpenDialog) -> None:
    least = opened().minimumSizeHint()
    assert least == least.boundedTo(room(QSize(683, 384)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    shape = Hyperparameters(unshuffle=2, width=4, encoder=(1,), middle=1, decoder=(1,))
    path = tmp_path / "dropped net.pth"
    torch.save({"params": PlainUnet(shape=shape).state_dict()}, path)
    return path


def drop(dialog: ModelsDialog, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dialog.dropEvent(event)


def test_a_dropped_file_becomes_a_model_and_is_chosen(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog, file: Path
) -> None:
    dialog = opened()
    with qtbot.waitSignal(library.added, timeout=30_000):
        drop(dialog, file)
        assert "Looking at “dropped net.pth”" in dialog.message.text
        assert not dialog.install_button.isEnabled()
    assert dialog.list.chosen == "custom-dropped-net"
    assert "is installed, as plain U-Net" in dialog.message.text
    assert "unknown; ask where you got the file" in details(dialog)
    with qtbot.waitSignal(library.changed):
        dialog.remove_button.click()
    assert dialog.list.chosen != "custom-dropped-net"


def test_a_dropped_photo_is_refused_with_a_reason(
    qtbot: QtBot, library: ModelLibrary, opened: OpenDialog, save: Callable[..., Path]
) -> None:
    dialog = opened()
    with qtbot.waitSignal(library.failed):
        drop(dialog, save("photo.png"))
    assert "“" in dialog.message.text
    assert "photo.png” holds no model that can be read" in dialog.message.text


def test_missing_weights_can_come_from_a_file(
    qtbot: QtBot,
    library: ModelLibrary,
    opened: OpenDialog,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    dialog = opened(sha256="", weights_bytes=0, weights_from="its authors")
    assert "needed: they come from its authors" in details(dialog)
    with qtbot.waitSignal(library.added, timeout=30_000):
        dialog.weights_button.click()
    assert dialog.list.chosen == CARD.id
    assert not dialog.weights_button.isVisible()


def test_the_licence_that_comes_with_unblur_can_be_read(qtbot: QtBot) -> None:
    dialog = LicenceDialog(catalog.card(DEFAULT_MODEL_ID))
    qtbot.addWidget(dialog)
    dialog.accept_button.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
