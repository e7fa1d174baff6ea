"""All keys on one page, made from the actions themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from unblur.ui.actions import SPECS, ActionId, Actions

_COLUMNS: tuple[tuple[tuple[str, tuple[ActionId, ...]], ...], ...] = (
    (
        ("File", (ActionId.OPEN, ActionId.PASTE, ActionId.EXPORT, ActionId.CLOSE)),
        ("Restore", (ActionId.RESTORE, ActionId.PREVIEW, ActionId.STOP)),
        (
            "Edit",
            (
                ActionId.UNDO,
                ActionId.REDO,
                ActionId.WHOLE_PHOTO,
                ActionId.RENAME_REGION,
                ActionId.DELETE_REGION,
            ),
        ),
        (
            "Region",
            (
                ActionId.INVERT_REGION,
                ActionId.GROW_REGION,
                ActionId.SHRINK_REGION,
                ActionId.CLEAR_REGION,
                ActionId.CLEAR_PROTECTION,
            ),
        ),
        ("Window", (ActionId.NEXT_PHOTO, ActionId.FULL_SCREEN, ActionId.SETTINGS)),
    ),
    (
        (
            "Tools",
            (
                ActionId.SELECT_TOOL,
                ActionId.PAN_TOOL,
                ActionId.RECTANGLE_TOOL,
                ActionId.ELLIPSE_TOOL,
                ActionId.LASSO_TOOL,
                ActionId.BRUSH_TOOL,
                ActionId.ERASER_TOOL,
                ActionId.PROTECT_TOOL,
                ActionId.MODE_NEW,
                ActionId.MODE_ADD,
                ActionId.MODE_SUBTRACT,
                ActionId.MODE_INTERSECT,
                ActionId.BRUSH_SMALLER,
                ActionId.BRUSH_LARGER,
            ),
        ),
        (
            "View",
            (
                ActionId.FIT,
                ActionId.ZOOM_100,
                ActionId.ZOOM_200,
                ActionId.ZOOM_IN,
                ActionId.ZOOM_OUT,
                ActionId.SPLIT_VERTICAL,
                ActionId.SPLIT_HORIZONTAL,
                ActionId.SIDE_BY_SIDE,
                ActionId.SHOW_RESULT,
            ),
        ),
    ),
)


class ShortcutsDialog(QDialog):
    """Two columns of keys."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        columns = QHBoxLayout()
        columns.setSpacing(36)
        for groups in _COLUMNS:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(5)
            row = 0
            for name, identities in groups:
                row = _add_group(grid, row, name, identities, actions)
            grid.setRowStretch(row, 1)
            columns.addLayout(grid)
        held = QLabel("Hold O or \\ to see the original, Space to move the photo.")
        held.setObjectName("muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(14)
        layout.addLayout(columns)
        layout.addWidget(held)
        layout.addWidget(buttons)


def _add_group(
    grid: QGridLayout,
    row: int,
    name: str,
    identities: tuple[ActionId, ...],
    actions: Actions,
) -> int:
    """Fill rows from `row` on; the first free row below."""
    heading = QLabel(name)
    heading.setObjectName("heading")
    grid.addWidget(heading, row, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
    grid.setRowMinimumHeight(row, 30)
    for identity in identities:
        row += 1
        keys = actions[identity].shortcuts()
        native = QKeySequence.SequenceFormat.NativeText
        shown = QLabel(", ".join(key.toString(native) for key in keys[:2]))
        shown.setObjectName("muted")
        words = SPECS[identity].text.replace("&", "").rstrip("…")
        grid.addWidget(QLabel(words), row, 0)
        grid.addWidget(shown, row, 1)
    return row + 1
