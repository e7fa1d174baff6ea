"""What the blur is, in words, above the regions: with a proposal and a map on demand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.document.region import Scale
from unblur.ui.actions import ActionId, Actions
from unblur.ui.blur_looks import BlurLooks
from unblur.ui.session import Session

_LINES = 3  # what most sentences take; kept free, so that nothing below moves when one comes


class BlurBox(QFrame):
    """A sentence about the shown photo; hidden while there is none to say."""

    def __init__(
        self, session: Session, looks: BlurLooks, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("advice")
        self._session = session
        self._looks = looks
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.caution = QLabel()
        self.caution.setObjectName("caution")
        self.caution.setWordWrap(True)
        self.caution.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = QPushButton("Use this")
        self.use.setObjectName("link")
        self.use.setToolTip("Give the region the model, the quality and the scale that fit")
        self.use.clicked.connect(looks.apply)
        self._map = QToolButton()
        self._map.setDefaultAction(actions[ActionId.BLUR_MAP])
        self._map.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.use)
        row.addStretch()
        row.addWidget(self._map)
        for button in (self.use, self._map):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 6, 4)
        layout.setSpacing(2)
        layout.addWidget(self.words)
        layout.addWidget(self.caution)
        layout.addLayout(row)
        looks.known.connect(self.refresh)
        session.document_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known now."""
        self.words.setMinimumHeight(_LINES * self.words.fontMetrics().lineSpacing())
        advice = self._looks.advice
        is_waiting = self._looks.is_looking
        self.setVisible(advice is not None or is_waiting)
        if advice is None:
            self.words.setText("Looking at the blur…" if is_waiting else "")
        else:
            self.words.setText(advice.sentence)
        caution = self._looks.caution
        self.caution.setText(caution.sentence if caution else "")
        self.caution.setVisible(bool(self.caution.text()))
        self.use.setVisible(advice is not None and advice.model_id is not None)
        self.use.setEnabled(not self._is_followed())
        self._map.setVisible(self._looks.map is not None)

    def _is_followed(self) -> bool:
        """Whether the selected region has what is advised already."""
        advice, region = self._looks.advice, self._session.selected_region
        if advice is None or region is None:
            return False
        chosen = (region.model.model_id, region.model.quality, region.model.scale)
        return chosen == (advice.model_id, advice.quality, Scale.AUTO)
