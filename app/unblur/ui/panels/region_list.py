"""The regions of the shown photo: see, choose, show or hide, rename, delete."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QMouseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from unblur.document.document import Document, DocumentDiff
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Region, RegionId
from unblur.ui.icons import IconSet
from unblur.ui.session import Session
from unblur.ui.theme import Theme
from unblur.ui.thumbnails import thumbnail

_ROW_HEIGHT = 38
_PICTURE = QSize(30, 30)
_ID = Qt.ItemDataRole.UserRole


class RegionRow(QWidget):
    """One region: an eye, what it shows, its name, a bin.

    Signals:
        visibility_toggled, delete_asked: a button was pressed.
        renamed: the new name.
    """

    visibility_toggled = Signal()
    delete_asked = Signal()
    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part: Rect | None = None
        self.eye = _button("Show or hide this region")
        self.bin = _button("Delete this region")
        self._picture = QLabel()
        self._picture.setFixedSize(_PICTURE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label = QLabel()
        self._field = QLineEdit()
        self._field.setObjectName("rename")
        self._field.setMaxLength(60)
        self._field.installEventFilter(self)
        self._name = QStackedWidget()
        self._name.addWidget(self._label)
        self._name.addWidget(self._field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(self.eye)
        layout.addWidget(self._picture)
        layout.addSpacing(4)
        layout.addWidget(self._name, 1)
        layout.addWidget(self.bin)
        self.eye.clicked.connect(self.visibility_toggled)
        self.bin.clicked.connect(self.delete_asked)
        self._field.editingFinished.connect(self._on_editing_finished)

    def show_region(self, region: Region, eye: QIcon, bin_icon: QIcon) -> None:
        """Take over the region's name and visibility."""
        self._label.setText(region.name)
        self._label.setEnabled(region.is_visible)
        self.eye.setIcon(eye)
        self.bin.setIcon(bin_icon)

    def show_picture(self, photo: Photo, part: Rect) -> None:
        """Show what lies in `part` of the photo, drawn only when that is another part."""
        if part != self._part:
            self._part = part
            picture = thumbnail(photo, _PICTURE, self.devicePixelRatioF(), part)
            self._picture.setPixmap(picture)

    def begin_rename(self) -> None:
        """Let the name be typed."""
        self._field.setText(self._label.text())
        self._name.setCurrentWidget(self._field)
        self._field.selectAll()
        self._field.setFocus()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the name renames."""
        self.begin_rename()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the field keeps the old name, and does not stop a run as well."""
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            is_escape = event.key() == Qt.Key.Key_Escape  # type: ignore[attr-defined]
            if is_escape and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if is_escape:
                self._field.setText(self._label.text())
                self._name.setCurrentWidget(self._label)
                return True
        return super().eventFilter(watched, event)

    def _on_editing_finished(self) -> None:
        if self._name.currentWidget() is not self._field:
            return
        name = self._field.text().strip()
        self._name.setCurrentWidget(self._label)
        if name and name != self._label.text():
            self.renamed.emit(name)


class RegionList(QListWidget):
    """The list; the region that lies on top comes first."""

    def __init__(
        self, session: Session, icons: IconSet, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._icons = icons
        self._theme = theme
        self.setAccessibleName("Regions")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        session.document_changed.connect(self._on_document_changed)
        session.selection_changed.connect(self._on_selection_changed)
        self.currentItemChanged.connect(self._on_current_item_changed)

    def paint(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._refresh_rows()

    def rename_selected(self) -> None:
        """Let the selected region's name be typed."""
        row = self._row(self.currentItem())
        if row is not None:
            row.begin_rename()

    def sizeHint(self) -> QSize:
        """As high as its rows, up to six of them."""
        return QSize(200, max(1, min(6, self.count())) * _ROW_HEIGHT + 4)

    def _on_document_changed(self, document: Document | None, changes: DocumentDiff) -> None:
        wanted = [region.id for region in reversed(document.regions)] if document else []
        shown = [self.item(i).data(_ID) for i in range(self.count())]
        if wanted != shown:
            self._rebuild(wanted)
        if changes.reblended or changes.renamed or changes.reshaped or wanted != shown:
            self._refresh_rows()

    def _rebuild(self, region_ids: list[RegionId]) -> None:
        with QSignalBlocker(self):
            self.clear()
            for region_id in region_ids:
                item = QListWidgetItem(self)
                item.setData(_ID, region_id)
                item.setSizeHint(QSize(0, _ROW_HEIGHT))
                row = RegionRow()
                row.visibility_toggled.connect(lambda rid=region_id: self._toggle(rid))
                row.delete_asked.connect(lambda rid=region_id: self._session.remove_region(rid))
                row.renamed.connect(lambda name, rid=region_id: self._rename(rid, name))
                self.setItemWidget(item, row)
        selected = self._session.selected_region
        self._on_selection_changed(selected.id if selected else None)
        self.updateGeometry()

    def _refresh_rows(self) -> None:
        document = self._session.document
        bin_icon = self._icons.icon("trash", self._theme, 16)
        eyes = {
            seen: self._icons.icon("eye" if seen else "eye-off", self._theme, 16)
            for seen in (True, False)
        }
        for i in range(self.count()):
            row = self._row(self.item(i))
            region = document.region(self.item(i).data(_ID)) if document else None
            if row is not None and region is not None:
                row.show_region(region, eyes[region.is_visible], bin_icon)
                self._show_picture(row, region)

    def _show_picture(self, row: RegionRow, region: Region) -> None:
        document = self._session.document
        part = region.bounds(document.photo.size) if document else Rect(0, 0, 0, 0)
        if document and not part.is_empty:
            row.show_picture(document.photo, part)

    def _row(self, item: QListWidgetItem | None) -> RegionRow | None:
        widget = self.itemWidget(item) if item is not None else None
        return widget if isinstance(widget, RegionRow) else None

    def _on_selection_changed(self, region_id: RegionId | None) -> None:
        with QSignalBlocker(self):
            rows = [i for i in range(self.count()) if self.item(i).data(_ID) == region_id]
            self.setCurrentRow(rows[0] if rows else -1)

    def _on_current_item_changed(self, item: QListWidgetItem | None) -> None:
        self._session.select(item.data(_ID) if item is not None else None)

    def _toggle(self, region_id: RegionId) -> None:
        region = self._session.document and self._session.document.region(region_id)
        if region:
            text = "Hide Region" if region.is_visible else "Show Region"
            self._session.edit_region(replace(region, is_visible=not region.is_visible), text)

    def _rename(self, region_id: RegionId, name: str) -> None:
        region = self._session.document and self._session.document.region(region_id)
        if region:
            self._session.edit_region(replace(region, name=name), "Rename Region")


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
