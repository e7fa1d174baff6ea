"""Where the result goes and in which form."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from unblur.document.photo import Photo
from unblur.ui.panels.muted_label import muted_label

FORMATS = {".png": "PNG", ".tif": "TIFF", ".jpg": "JPEG", ".webp": "WebP"}
_SAME_FORMAT = {".tiff": ".tif", ".jpeg": ".jpg"}
_WITH_QUALITY = (".jpg", ".webp")


class Answer(Enum):
    """How the dialog ended."""

    CANCEL = auto()
    EXPORT = auto()
    RESTORE_FIRST = auto()


class ExportDialog(QDialog):
    """Path, format, quality, metadata, and what a person should know before.

    `tell_restored` is whether the file says that a model restored it.

    `loses_depth` says whether a file of this suffix has fewer bits than the photo.
    `missing` is how many regions are not fully restored.
    """

    def __init__(
        self,
        photo: Photo,
        suggested: Path,
        loses_depth: Callable[[Photo, str], bool],
        *,
        quality: int,
        keep_metadata: bool,
        tell_restored: bool = True,
        missing: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setMinimumWidth(540)
        self._photo = photo
        self._loses_depth = loses_depth
        self.answer = Answer.CANCEL
        self.path_field = QLineEdit(str(suggested))
        self.path_field.setAccessibleName("File")
        self.format = QComboBox()
        for suffix, name in FORMATS.items():
            self.format.addItem(name, suffix)
        self.quality = QSpinBox()
        self.quality.setRange(1, 100)
        self.quality.setValue(quality)
        self._quality_label = QLabel("Quality")
        self.keep_metadata = QCheckBox("Keep camera data (EXIF, GPS) and colour profile")
        self.keep_metadata.setChecked(keep_metadata)
        self.tell_restored = QCheckBox("Say in the file what was restored, and by which model")
        self.tell_restored.setToolTip(
            "IPTC's digital source type and the history, which other programs show"
        )
        self.tell_restored.setChecked(tell_restored)
        self.overwrite = QCheckBox()
        self._note = muted_label()
        self.export_button = QPushButton("Export")
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        self.restore_button = QPushButton("Restore first")
        self._lay_out(missing)
        self.path_field.textChanged.connect(self._refresh)
        self.format.activated.connect(self._on_format_chosen)
        self.overwrite.toggled.connect(self._refresh)
        self._refresh()
        self._select_name()

    @property
    def path(self) -> Path:
        """The chosen file."""
        return Path(self.path_field.text().strip()).expanduser().absolute()

    def _lay_out(self, missing: int) -> None:
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        file = QHBoxLayout()
        file.addWidget(self.path_field, 1)
        file.addWidget(browse)
        form = QGridLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setColumnStretch(1, 1)
        form.addWidget(QLabel("File"), 0, 0)
        form.addLayout(file, 0, 1)
        form.addWidget(QLabel("Format"), 1, 0)
        form.addWidget(self.format, 1, 1)
        form.addWidget(self._quality_label, 2, 0)
        form.addWidget(self.quality, 2, 1)
        form.addWidget(self.keep_metadata, 3, 1)
        form.addWidget(self.tell_restored, 4, 1)
        form.addWidget(self.overwrite, 5, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(12)
        if missing:
            layout.addWidget(_warning(missing))
        layout.addLayout(form)
        layout.addWidget(self._note)
        layout.addSpacing(4)
        layout.addLayout(self._buttons(has_missing=bool(missing)))

    def _buttons(self, *, has_missing: bool) -> QHBoxLayout:
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.restore_button.setAutoDefault(False)
        self.restore_button.clicked.connect(lambda: self._end(Answer.RESTORE_FIRST))
        self.export_button.clicked.connect(lambda: self._end(Answer.EXPORT))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.restore_button)
        row.addWidget(self.export_button)
        if not has_missing:
            self.restore_button.hide()
        else:
            self.export_button.setText("Export as it is")
        return row

    def _end(self, answer: Answer) -> None:
        self.answer = answer
        self.accept()

    def _browse(self) -> None:
        # The dialog's own question about replacing is off: the checkbox here is the one place.
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            "Export to",
            str(self.path),
            "Photos (*.png *.tif *.tiff *.jpg *.jpeg *.webp)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            path = Path(chosen)
            known = _suffix_of(path) in FORMATS
            self.path_field.setText(str(path if known else path.with_suffix(self._suffix())))

    def _suffix(self) -> str:
        return str(self.format.currentData())

    def _on_format_chosen(self) -> None:
        path = self.path
        if _suffix_of(path) != self._suffix():
            self.path_field.setText(str(path.with_suffix(self._suffix())))

    def _refresh(self) -> None:
        path = self.path
        suffix = _suffix_of(path)
        is_known = suffix in FORMATS
        if is_known:
            self.format.setCurrentIndex(self.format.findData(suffix))
        has_quality = suffix in _WITH_QUALITY
        self.quality.setVisible(has_quality)
        self._quality_label.setVisible(has_quality)
        is_source = self._photo.path is not None and path == self._photo.path
        is_taken = path.exists()
        self.overwrite.setVisible(is_taken)
        words = "Overwrite the original photo" if is_source else "Replace the existing file"
        self.overwrite.setText(words)
        may_write = is_known and bool(path.name) and (not is_taken or self.overwrite.isChecked())
        self.export_button.setEnabled(may_write)
        self._note.setText(self._said_about(suffix, is_known=is_known, is_source=is_source))
        self._note.setVisible(bool(self._note.text()))

    def _said_about(self, suffix: str, *, is_known: bool, is_source: bool) -> str:
        if not is_known:
            return "The name has to end in .png, .tif, .jpg or .webp."
        if is_source:
            return "This is the photo that you opened. It is left alone unless you tick the box."
        if self._loses_depth(self._photo, suffix):
            return (
                f"{FORMATS[suffix]} holds 8 bits a channel; this photo has {self._photo.bits}. "
                "PNG and TIFF keep them all."
            )
        return ""

    def _select_name(self) -> None:
        text = self.path_field.text()
        start = len(text) - len(Path(text).name)
        self.path_field.setSelection(start, len(Path(text).stem))
        self.path_field.setFocus(Qt.FocusReason.OtherFocusReason)


def _suffix_of(path: Path) -> str:
    suffix = path.suffix.lower()
    return _SAME_FORMAT.get(suffix, suffix)


def _warning(missing: int) -> QLabel:
    what = "One region is" if missing == 1 else f"{missing} regions are"
    label = QLabel(f"{what} not fully restored. The rest of it will look as in the original.")
    label.setWordWrap(True)
    label.setObjectName("heading")
    return label
