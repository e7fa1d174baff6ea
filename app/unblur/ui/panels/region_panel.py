"""The panel on the right: regions, the options of the selected one, and Restore."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.document.document import Document, DocumentDiff
from unblur.ui.actions import ActionId, Actions
from unblur.ui.panels.blur_box import BlurBox
from unblur.ui.panels.mask_row import MaskRow
from unblur.ui.panels.muted_label import muted_label
from unblur.ui.panels.psf_box import PsfBox
from unblur.ui.panels.region_list import RegionList
from unblur.ui.panels.region_options import RegionOptions
from unblur.ui.panels.restore_box import RestoreBox
from unblur.ui.session import Session

_WIDTH, _MARGIN = 296, 12


class RegionPanel(QWidget):
    """Lays out the parts; Restore stays in place below whatever scrolls."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        advice: BlurBox,
        regions: RegionList,
        psf: PsfBox,
        options: RegionOptions,
        restore: RestoreBox,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("regionPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self.regions = regions
        self.mask_row = MaskRow(session, actions)
        self.options = options
        self.psf = psf
        self.restore = restore
        self._hint = muted_label("Drag a rectangle or paint over what should become sharp.")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, _MARGIN, 14, _MARGIN)
        column.setSpacing(10)
        column.addWidget(advice)
        column.addLayout(self._header(actions))
        regions.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column.addWidget(self._hint)
        column.addWidget(regions)
        column.addWidget(self.mask_row)
        column.addWidget(self.options)
        column.addWidget(self.psf)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        psf.appeared.connect(lambda: scroll.ensureWidgetVisible(psf, 0, _MARGIN))
        inner.setAutoFillBackground(False)
        rule = QFrame()
        rule.setObjectName("rule")
        footer = QVBoxLayout()
        footer.setContentsMargins(14, 10, 14, 14)
        footer.addWidget(restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(rule)
        layout.addLayout(footer)
        session.document_changed.connect(self._on_document_changed)
        self._on_document_changed(session.document, DocumentDiff())

    def _header(self, actions: Actions) -> QVBoxLayout:
        title = QLabel("Regions")
        title.setObjectName("heading")
        row = QHBoxLayout()
        row.setSpacing(2)
        for identity in (ActionId.FIND_FACES, ActionId.FIND_PEOPLE, ActionId.WHOLE_PHOTO):
            button = QToolButton()
            button.setDefaultAction(actions[identity])
            button.setIconSize(QSize(16, 16))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(title)
        column.addLayout(row)
        return column

    def _on_document_changed(self, document: Document | None, _changes: DocumentDiff) -> None:
        has_regions = document is not None and bool(document.regions)
        self._hint.setVisible(document is not None and not has_regions)
        self.regions.setVisible(has_regions)
