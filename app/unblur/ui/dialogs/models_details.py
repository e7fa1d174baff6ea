"""Everything that is known of one model, on one page."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from unblur.model_store import Entry, commercial_words, how_to_get
from unblur_models.card import ModelCard, Purpose
from unblur_models.catalog import WeightsState

_REPOSITORY = re.compile(r"github\.com/[\w-]+/[\w-]+")

PURPOSES = {
    Purpose.MOTION: "motion blur",
    Purpose.DEFOCUS: "defocus",
    Purpose.MIXED: "motion blur and defocus",
    Purpose.FACES: "faces",
    Purpose.PREVIEW: "a quick preview",
}


class ModelDetails(QScrollArea):
    """Name, purpose, licence, where the weights are, what was measured and published."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel()
        self._name.setObjectName("title")
        self._id = _label("muted")
        self._summary = _label()
        self._facts = _label()
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        self._facts.setOpenExternalLinks(True)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(6)
        for label in (self._name, self._id, self._summary):
            layout.addWidget(label)
        layout.addSpacing(6)
        layout.addWidget(self._facts)
        layout.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_entry(self, entry: Entry) -> None:
        """Describe this model."""
        card = entry.card
        self._name.setText(html.escape(card.name))
        self._id.setText(card.id)
        self._summary.setText(card.summary)
        muted = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        self._facts.setText(facts_of(entry, muted))


def facts_of(entry: Entry, muted: str) -> str:
    """The facts as rich text, their names in the colour `muted`.

    Cards come from anywhere, so nothing in them is markup.
    """
    card = entry.card
    rows = {
        "For": PURPOSES[card.purpose],
        "Weights": weights_words(entry),
        "Licence": licence_words(card),
        "Network": f"{card.architecture}{parameters_words(card)}",
        "Cost": f"{card.gmacs_per_megapixel:,.0f} GMAC a megapixel"
        if card.gmacs_per_megapixel
        else "",
        "Trained on": card.training_data,
        "Paper": card.paper,
        "Credit": card.credit,
        "Source": card.source,
    }
    lines = "".join(
        f"<tr><td style='padding: 2px 16px 2px 0; color: {muted}'>{name}</td>"
        f"<td style='padding: 2px 0'>{_linked(value)}</td></tr>"
        for name, value in rows.items()
        if value
    )
    return f"<table cellspacing='0'>{lines}</table>{_quality(card)}"


def weights_words(entry: Entry) -> str:
    """Where the weights are, or how they are to be had."""
    card = entry.card
    if entry.state is WeightsState.EMBEDDED:
        return "part of Unblur"
    if entry.state is WeightsState.FETCHED:
        return "added by you" if card.is_custom else "fetched"
    if entry.is_fetchable:
        return f"not here; {card.weights_bytes / 1e6:.1f} MB to fetch"
    return f"needed: {how_to_get(card)}"


def parameters_words(card: ModelCard) -> str:
    """How many parameters there are, after a comma; nothing where nobody counted."""
    return f", {card.parameters / 1e6:.1f} million parameters" if card.parameters else ""


def licence_words(card: ModelCard) -> str:
    """The licence and whether it allows commercial use."""
    if card.licence == "unknown":
        return "unknown; ask where you got the file"
    return f"{card.licence}; {commercial_words(card)}"


def _linked(text: str) -> str:
    """Escaped, with links to the authors' repositories: opened only when they are clicked."""
    return _REPOSITORY.sub(r'<a href="https://\g<0>">\g<0></a>', html.escape(text))


def _quality(card: ModelCard) -> str:
    labels = {quality.id: quality.label for quality in card.qualities}
    measured = [
        f"{m.picture}, {labels.get(m.quality, m.quality)}: {m.blurred:.2f} → {m.psnr:.2f} dB"
        for m in card.measured
    ]
    published = [
        f"{p.dataset}: {p.psnr:.2f} dB{f', SSIM {p.ssim:.4g}' if p.ssim else ''}"
        f"{f' ({p.where})' if p.where else ''}"
        for p in card.published
    ]
    return _section("Measured by us", measured) + _section("Published", published)


def _section(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return f"<p><b>{title}</b><br>{'<br>'.join(html.escape(line) for line in lines)}</p>"


def _label(name: str = "") -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    return label
