"""Version, licences and whom to thank."""

from __future__ import annotations

import html
import platform

import PySide6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from unblur import __version__
from unblur_models import catalog
from unblur_models.catalog import ModelCard

_LIBRARIES = (
    "PySide6 and Qt (LGPL-3.0), PyTorch (BSD-3-Clause), NumPy (BSD-3-Clause), OpenCV "
    "(Apache-2.0), OpenImageIO (Apache-2.0), Pillow (MIT-CMU), pi-heif and libheif "
    "(BSD-3-Clause, LGPL-3.0), qimage2ndarray (BSD-3-Clause), safetensors (Apache-2.0), "
    "platformdirs (MIT)."
)


class AboutDialog(QDialog):
    """The program, the models with their papers, the libraries."""

    def __init__(self, icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Unblur")
        self.resize(560, 520)
        picture = QLabel()
        picture.setPixmap(icon.pixmap(QSize(64, 64), self.devicePixelRatio()))
        name = QLabel(f"Unblur {__version__}")
        name.setObjectName("title")
        purpose = QLabel("Makes blurry photographs sharp, on your own machine. Apache-2.0.")
        purpose.setObjectName("muted")
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(purpose)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture)
        top.addLayout(words, 1)
        credits_label = QLabel(_credits())
        credits_label.setTextFormat(Qt.TextFormat.RichText)
        credits_label.setWordWrap(True)
        credits_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        credits_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        scroll = QScrollArea()
        scroll.setWidget(credits_label)
        scroll.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(14)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)


def _credits() -> str:
    models = "".join(_model(card) for card in catalog.available())
    versions = f"Python {platform.python_version()}, PySide6 {PySide6.__version__}"
    return f"<h4>Models</h4>{models}<h4>Libraries</h4><p>{_LIBRARIES}</p><p>{versions}</p>"


def _model(card: ModelCard) -> str:
    facts = {
        "Licence": card.licence,
        "Credit": card.credit,
        "Source": card.source,
        "Trained on": card.training_data,
        "Parameters": f"{card.parameters / 1e6:.1f} million",
    }
    lines = "<br>".join(f"{name}: {html.escape(value)}" for name, value in facts.items())
    return f"<p><b>{html.escape(card.name)}</b> · {html.escape(card.summary)}<br>{lines}</p>"
