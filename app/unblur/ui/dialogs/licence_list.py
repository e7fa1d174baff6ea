"""The licences of everything that Unblur consists of: a list to search, and the texts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from unblur.licences import Component, components, page_of

_LIST_WIDTH = 250
_ROW_HEIGHT = 28


class LicenceList(QWidget):
    """Typing keeps what has the words in its name, its licence, its note or its text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._components = components()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names and licence texts")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = QPlainTextEdit()
        self.page.setReadOnly(True)
        self.none = QLabel("Nothing has these words.")
        self.none.setObjectName("muted")
        self.none.hide()
        for component in self._components:
            item = QListWidgetItem(component.title, self.list)
            item.setToolTip(f"{component.title}: {component.licence}")
            item.setSizeHint(QSize(0, _ROW_HEIGHT))
        self._lay_out()
        self.search.textChanged.connect(self._on_searched)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        left.addWidget(self.none)
        self.search.setFixedWidth(_LIST_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(left)
        layout.addWidget(self.page, 1)

    @Slot(str)
    def _on_searched(self, words: str) -> None:
        wanted = words.casefold().split()
        shown = [_has(component, wanted) for component in self._components]
        for row, is_shown in enumerate(shown):
            self.list.item(row).setHidden(not is_shown)
        self.none.setVisible(not any(shown))
        current = self.list.currentRow()
        if any(shown) and (current < 0 or not shown[current]):
            self.list.setCurrentRow(shown.index(True))
        self._find(words)

    @Slot(int)
    def _show(self, row: int) -> None:
        if row >= 0:
            self.page.setPlainText(page_of(self._components[row]))
            self._find(self.search.text())

    def _find(self, words: str) -> None:
        """Go to where the page has these words, and mark them."""
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        if words:
            self.page.find(words)


def _has(component: Component, words: list[str]) -> bool:
    """Whether each of the words is somewhere in it."""
    text = "\n".join((component.title, component.licence, component.note, component.text))
    folded = text.casefold()
    return all(word in folded for word in words)
