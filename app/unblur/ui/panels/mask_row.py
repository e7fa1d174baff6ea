"""What can be done to the selected region's mask as a whole, and what is protected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.document.document import Document, DocumentDiff
from unblur.document.region import RegionId
from unblur.ui.actions import ActionId, Actions
from unblur.ui.session import Session

_FIRST_PIXELS, _MOST_PIXELS = 8, 500


class MaskRow(QWidget):
    """Shrink and grow by so many pixels, refine, invert, clear."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._edge = QSpinBox()
        self._edge.setRange(1, _MOST_PIXELS)
        self._edge.setValue(_FIRST_PIXELS)
        self._edge.setSuffix(" px")
        self._edge.setAccessibleName("Pixels to grow or shrink by")
        self._edge.setToolTip("How far Grow and Shrink move the region's edge")
        self._edge.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._edge.setObjectName("edge")
        self._edge.setFixedWidth(60)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(QLabel("Edge"))
        row.addStretch()
        row.addWidget(_button(actions, ActionId.SHRINK_REGION))
        row.addWidget(self._edge)
        row.addWidget(_button(actions, ActionId.GROW_REGION))
        row.addSpacing(8)
        row.addWidget(_button(actions, ActionId.REFINE_EDGES))
        row.addWidget(_button(actions, ActionId.INVERT_REGION))
        row.addWidget(_button(actions, ActionId.CLEAR_REGION))
        self._protected = QWidget()
        note = QHBoxLayout(self._protected)
        note.setContentsMargins(0, 0, 0, 0)
        words = QLabel("Part of the photo is protected.")
        words.setObjectName("muted")
        note.addWidget(words, 1)
        clear = QPushButton("Clear")
        clear.setObjectName("link")
        clear.setToolTip(actions[ActionId.CLEAR_PROTECTION].toolTip())
        clear.clicked.connect(actions[ActionId.CLEAR_PROTECTION].trigger)
        note.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._tools)
        layout.addWidget(self._protected)
        session.document_changed.connect(self._on_document_changed)
        session.selection_changed.connect(self._on_selection_changed)
        self._show()

    @property
    def pixels(self) -> int:
        """How far the edge is moved."""
        return self._edge.value()

    def _on_document_changed(self, _document: Document | None, _changes: DocumentDiff) -> None:
        self._show()

    def _on_selection_changed(self, _region_id: RegionId | None) -> None:
        self._show()

    def _show(self) -> None:
        document = self._session.document
        is_protected = document is not None and bool(document.protection)
        has_region = self._session.selected_region is not None
        self._tools.setVisible(has_region)
        self._protected.setVisible(is_protected)
        self.setVisible(has_region or is_protected)


def _button(actions: Actions, identity: ActionId) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[identity])
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
