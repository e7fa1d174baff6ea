"""The list of models: two lines each, a name and what it is for with where its weights are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from unblur.model_store import Entry
from unblur.ui.dialogs.models_details import PURPOSES
from unblur_models.catalog import WeightsState

_STATES = {
    WeightsState.EMBEDDED: "embedded",
    WeightsState.FETCHED: "fetched",
    WeightsState.MISSING: "weights needed",
}


class ModelList(QListWidget):
    """One model is chosen.

    Signals:
        model_chosen: the id of the chosen model.
    """

    model_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Models")
        self.setFixedWidth(250)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._on_current_changed)

    @property
    def chosen(self) -> str:
        """The id of the chosen model, "" while there is none."""
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def show_entries(self, entries: Sequence[Entry], fetching: frozenset[str]) -> None:
        """List these; the chosen one stays chosen if it is among them."""
        before = self.chosen
        with QSignalBlocker(self):
            self.clear()
            for entry in entries:
                self._add(entry, is_fetching=entry.card.id in fetching)
            self.choose(before)
        if self.chosen != before:
            self.model_chosen.emit(self.chosen)

    def choose(self, model_id: str) -> None:
        """Choose a model, the first when there is none with this id."""
        ids = [self.item(i).data(Qt.ItemDataRole.UserRole) for i in range(self.count())]
        self.setCurrentRow(ids.index(model_id) if model_id in ids else 0)

    def _add(self, entry: Entry, *, is_fetching: bool) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, entry.card.id)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.card.name}, {_words(entry)}")
        item.setSizeHint(QSize(0, 48))
        self.addItem(item)
        words = "fetching…" if is_fetching else _words(entry)
        self.setItemWidget(item, _row(entry, words))

    def _on_current_changed(self) -> None:
        self.model_chosen.emit(self.chosen)


def _words(entry: Entry) -> str:
    state = "yours" if entry.card.is_custom else _STATES[entry.state]
    return f"{PURPOSES[entry.card.purpose]} · {state}"


def _row(entry: Entry, words: str) -> QWidget:
    name = QLabel(entry.card.name)
    name.setObjectName("muted" if entry.state is WeightsState.MISSING else "")
    about = QLabel(words)
    about.setObjectName("muted")
    row = QWidget()
    layout = QVBoxLayout(row)
    layout.setContentsMargins(10, 5, 10, 5)
    layout.setSpacing(1)
    for label in (name, about):
        label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(label)
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return row
