"""Shows a model's licence before its weights are fetched for the first time."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from unblur.ui.dialogs.models_details import licence_words
from unblur_models import catalog
from unblur_models.card import ModelCard


class LicenceDialog(QDialog):
    """Accepted when the person accepts; asked once a model."""

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Licence")
        self.setMinimumWidth(480)
        title = QLabel(f"{card.name} is not part of Unblur")
        title.setObjectName("heading")
        words = QLabel(
            f"Its weights ({card.weights_bytes / 1e6:.1f} MB) are under the licence "
            f"{licence_words(card)}. They are the work of {card.credit or 'their authors'}."
        )
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(words)
        text = _licence_text(card)
        if text:
            page = QPlainTextEdit(text)
            page.setReadOnly(True)
            page.setMinimumHeight(220)
            layout.addWidget(page, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = QPushButton("Accept and fetch")
        self.accept_button.setObjectName("primary")
        buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)


def _licence_text(card: ModelCard) -> str:
    """The text that comes with Unblur; most licences are only named."""
    if not card.licence_file or not catalog.is_built_in(card.id):
        return ""
    try:
        return (catalog.WEIGHTS_DIR / card.licence_file).read_text(encoding="utf-8")
    except OSError:
        return ""
