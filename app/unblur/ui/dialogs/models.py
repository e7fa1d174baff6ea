"""The models: what there is, what is missing, and how models come and go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from unblur.errors import AppError
from unblur.messages import message_for
from unblur.model_store import Entry
from unblur.ui.dialogs.licence import LicenceDialog
from unblur.ui.dialogs.models_details import ModelDetails
from unblur.ui.dialogs.models_list import ModelList
from unblur.ui.dialogs.progress_row import ProgressRow
from unblur.ui.model_library import ModelLibrary
from unblur.ui.panels.banner import Kind
from unblur.ui.panels.muted_label import muted_label
from unblur.ui.screen_room import resize_within_screen
from unblur_models.card import ModelCard
from unblur_models.catalog import WeightsState
from unblur_models.stock import Verdict

FILE_FILTER = "Models (*.safetensors *.pth *.pt *.ckpt *.bin *.onnx);;All files (*)"

_OFFLINE = "Unblur stays offline, so nothing is fetched. Settings and UNBLUR_OFFLINE decide that."
_VERDICTS = {
    Verdict.GOOD: (Kind.SUCCESS, "Every bit of {} is as it should be."),
    Verdict.DAMAGED: (
        Kind.ERROR,
        "The weights of {} are damaged. Remove them, then fetch or add them again.",
    ),
    Verdict.MISSING: (Kind.ERROR, "The weights of {} are gone."),
}


class ModelsDialog(QDialog):
    """A list, the facts of the chosen model, and what can be done with it.

    Files that are dropped on it are installed. Jobs go on when it is closed.
    """

    def __init__(self, library: ModelLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Models")
        resize_within_screen(self, QSize(860, 600))
        self.setAcceptDrops(True)
        self._library = library
        self.list = ModelList()
        self.details = ModelDetails()
        self.message = _Message()
        self.progress = ProgressRow()
        self.fetch_button = _button("Fetch", self._fetch)
        self.verify_button = _button("Verify", self._verify)
        self.remove_button = _button("Remove", self._remove)
        self.weights_button = _button("Use a file as its weights…", self._choose_weights)
        self.install_button = _button("Install from a file…", self._choose_file)
        self._offline = muted_label(_OFFLINE)
        self._lay_out()
        self.list.model_chosen.connect(self._on_chosen)
        self.progress.stop_button.clicked.connect(lambda: library.cancel(self.list.chosen))
        self._follow(library)
        library.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files of this computer."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Install the first of the files: one is looked at a time."""
        event.acceptProposedAction()
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            self._install(paths[0])

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        for button in (
            self.fetch_button,
            self.weights_button,
            self.verify_button,
            self.remove_button,
        ):
            actions.addWidget(button)
        actions.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.details, 1)
        right.addWidget(self.progress)
        right.addLayout(actions)
        middle = QHBoxLayout()
        middle.setSpacing(18)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        rule = QFrame()
        rule.setObjectName("rule")
        hint = QLabel("or drop it here")
        hint.setObjectName("muted")
        close = _button("Close", self.accept)
        bottom = QHBoxLayout()
        bottom.addWidget(self.install_button)
        bottom.addWidget(hint)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(self._offline)
        layout.addWidget(self.message)
        layout.addLayout(middle, 1)
        layout.addWidget(rule)
        layout.addLayout(bottom)

    def _follow(self, library: ModelLibrary) -> None:
        library.changed.connect(self._refresh)
        library.busy_changed.connect(self._refresh)
        library.progressed.connect(self._on_progressed)
        library.stopped.connect(self._on_stopped)
        library.verified.connect(self._on_verified)
        library.added.connect(self._on_added)
        library.failed.connect(self._on_failed)

    @property
    def _entry(self) -> Entry | None:
        entries = self._library.entries()
        return next((each for each in entries if each.card.id == self.list.chosen), None)

    @Slot()
    def _refresh(self) -> None:
        entries = self._library.entries()
        fetching = frozenset(e.card.id for e in entries if self._library.fetched(e.card.id))
        self.list.show_entries(entries, fetching)
        self._show_chosen()

    @Slot(str)
    def _on_chosen(self, _model_id: str) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        entry, library = self._entry, self._library
        self._offline.setVisible(library.is_offline)
        self.install_button.setEnabled(not library.is_adding)
        if entry is None:
            return
        self.details.show_entry(entry)
        self.progress.show_bytes(library.fetched(entry.card.id))
        is_missing = entry.state is WeightsState.MISSING
        is_free = not library.is_busy(entry.card.id)
        self.fetch_button.setText("Resume" if entry.fetched_share else "Fetch")
        self.fetch_button.setVisible(is_missing and entry.is_fetchable)
        self.fetch_button.setEnabled(is_free and not library.is_offline)
        self.weights_button.setVisible(is_missing and not entry.is_fetchable)
        self.weights_button.setEnabled(not library.is_adding)
        self.verify_button.setVisible(not is_missing)
        self.verify_button.setEnabled(is_free)
        is_removable = entry.state is WeightsState.FETCHED or entry.fetched_share > 0
        self.remove_button.setVisible(is_removable)
        self.remove_button.setEnabled(is_free)

    def _fetch(self) -> None:
        entry = self._entry
        if entry is None:
            return
        if not entry.is_accepted:
            question = LicenceDialog(entry.card, self)
            is_accepted = question.exec() == QDialog.DialogCode.Accepted
            question.deleteLater()
            if not is_accepted:
                return
            self._library.accept(entry.card.id)
        self.message.hide()
        self._library.fetch(entry.card.id)

    def _verify(self) -> None:
        self.message.hide()
        self._library.verify(self.list.chosen)

    def _remove(self) -> None:
        self.message.hide()
        self._library.remove(self.list.chosen)

    def _choose_file(self) -> None:
        path = self._asked_for_file()
        if path:
            self._install(Path(path))

    def _choose_weights(self) -> None:
        path = self._asked_for_file()
        if path:
            self._install(Path(path), self.list.chosen)

    def _asked_for_file(self) -> str:
        path, _ = QFileDialog.getOpenFileName(self, "Install a model", "", FILE_FILTER)
        return path

    def _install(self, path: Path, known_as: str = "") -> None:
        self.message.tell(Kind.INFO, f"Looking at “{path.name}”…")
        self._library.add(path, known_as)

    @Slot(str, object, object)
    def _on_progressed(self, model_id: str, done: int, total: int) -> None:
        if model_id == self.list.chosen:
            self.progress.show_bytes((done, total))

    @Slot(str)
    def _on_stopped(self, model_id: str) -> None:
        name = self._library.entry(model_id).card.name
        self.message.tell(Kind.INFO, f"{name}: stopped. What has come is kept for the next time.")

    @Slot(str, object)
    def _on_verified(self, model_id: str, verdict: Verdict) -> None:
        kind, words = _VERDICTS[verdict]
        self.message.tell(kind, words.format(self._library.entry(model_id).card.name))

    @Slot(object)
    def _on_added(self, card: ModelCard) -> None:
        self.list.choose(card.id)
        self.message.tell(Kind.SUCCESS, f"{card.name} is installed, as {card.architecture}.")

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.message.tell(Kind.ERROR, message_for(error).as_line())


class _Message(QFrame):
    """What came of the last thing that was done."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._text)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" while it is not there."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, kind: Kind, words: str) -> None:
        """Say this."""
        self.setProperty("kind", kind.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(words)
        self.show()


def _button(text: str, does: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _=False: does())  # type: ignore[operator]
    return button
