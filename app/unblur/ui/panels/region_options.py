"""How the selected region is restored and blended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from unblur.document.deconvolution import Blur, Deconvolution
from unblur.document.document import Document, DocumentDiff
from unblur.document.region import ModelChoice, Region, RegionId, Scale
from unblur.ui.panels.model_combo import ModelCombo
from unblur.ui.panels.muted_label import muted_label
from unblur.ui.panels.slider_row import SliderRow
from unblur.ui.session import Session
from unblur_models import catalog
from unblur_models.catalog import ModelCard
from unblur_models.deconvolution.card import BEST_SOLVER

_SCALES = {
    Scale.AUTO: "Automatic",
    Scale.FULL: "Full size",
    Scale.HALF: "1/2 (4 × faster)",
    Scale.QUARTER: "1/4 (16 × faster)",
}
_FACTORS = {1: "full size", 2: "1/2", 4: "1/4"}
_SCALE_TIP = (
    "The network may work on a smaller copy; what it changes is added to the full-size "
    "photo. Automatic makes it as small as the blur of the region asks for."
)
_LARGEST_FEATHER = 500.0


class RegionOptions(QWidget):
    """Model, quality, scale, strength and feather of the selected region.

    `first_blur` is what deconvolution begins with, where a region gets it.
    """

    def __init__(
        self, session: Session, first_blur: Callable[[], Blur], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._first_blur = first_blur
        self._model = ModelCombo()
        self._quality = _combo("Quality")
        self._quality_note = muted_label()
        self._scale = _combo("Work scale")
        self._scale.setToolTip(_SCALE_TIP)
        for scale, words in _SCALES.items():
            self._scale.addItem(words, scale)
        self._strength = SliderRow(
            "Strength", "How much of the restored pixels is blended in", "{} %".format
        )
        self._feather = SliderRow(
            "Feather", "How softly the region begins, inward from its edge", _feather_words
        )
        self._lay_out()
        self._model.activated.connect(self._on_model_chosen)
        self._quality.activated.connect(self._on_quality_chosen)
        self._scale.activated.connect(self._on_scale_chosen)
        self._strength.moved.connect(self._on_strength_moved)
        self._feather.moved.connect(self._on_feather_moved)
        session.selection_changed.connect(self._on_selection_changed)
        session.document_changed.connect(self._on_document_changed)
        self._show(None)

    @property
    def strength(self) -> SliderRow:
        """The strength slider."""
        return self._strength

    def refresh_models(self) -> None:
        """Offer the models that there are now."""
        self._model.refresh()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setColumnStretch(1, 1)
        rows = ((0, "Model", self._model), (1, "Quality", self._quality), (3, "Scale", self._scale))
        for row, name, combo in rows:
            form.addWidget(QLabel(name), row, 0)
            form.addWidget(combo, row, 1)
        form.addWidget(self._quality_note, 2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._strength)
        layout.addWidget(self._feather)
        rule = QFrame()
        rule.setObjectName("rule")
        layout.addWidget(rule)
        layout.addLayout(form)

    def _on_selection_changed(self, _region_id: RegionId | None) -> None:
        self._show(self._session.selected_region)

    def _on_document_changed(self, _document: Document | None, _changes: DocumentDiff) -> None:
        self._show(self._session.selected_region)

    def _show(self, region: Region | None) -> None:
        self.setVisible(region is not None)
        if region is None:
            return
        self._model.show_model(region.model.model_id)
        self._model.setToolTip(_card(region).summary)
        self._show_qualities(region)
        self._scale.setCurrentIndex(self._scale.findData(region.model.scale))
        self._show_automatic(region)
        self._strength.set_position(round(region.strength * 100))
        self._feather.set_position(_feather_position(region.feather))
        self._feather.setEnabled(not region.is_whole_photo)

    def refresh_scale(self) -> None:
        """Say what automatic comes to, now that more is known of the blur."""
        region = self._session.selected_region
        if region is not None:
            self._show_automatic(region)

    def _show_automatic(self, region: Region) -> None:
        plans = self._session.current.plans if self._session.current else None
        words = _SCALES[Scale.AUTO]
        if plans is not None and plans.scales.knows(region.shapes):
            free = replace(region, model=replace(region.model, scale=Scale.AUTO))
            factor = plans.factor(free, is_accelerated=self._session.is_accelerated)
            words = f"{words}: {_FACTORS[factor]}"
        self._scale.setItemText(self._scale.findData(Scale.AUTO), words)

    def _show_qualities(self, region: Region) -> None:
        card = _card(region)
        ids = [quality.id for quality in card.qualities]
        if [self._quality.itemData(i) for i in range(self._quality.count())] != ids:
            with QSignalBlocker(self._quality):
                self._quality.clear()
                for quality in card.qualities:
                    self._quality.addItem(quality.label, quality.id)
        self._quality.setCurrentIndex(self._quality.findData(region.model.quality))
        chosen = next((q for q in card.qualities if q.id == region.model.quality), None)
        self._quality_note.setText(chosen.summary if chosen else "")

    def _on_model_chosen(self, index: int) -> None:
        region = self._session.selected_region
        card = catalog.card(self._model.itemData(index))
        if region is not None and card == catalog.DECONVOLUTION:
            self._deconvolve(region)
        elif region is not None:
            # Where there was but one quality nobody chose it, so it says nothing of the next model.
            was_chosen = len(_card(region).qualities) > 1
            kept = was_chosen and region.model.quality in [each.id for each in card.qualities]
            fallback = catalog.default_quality(card, is_accelerated=self._session.is_accelerated)
            quality = region.model.quality if kept else fallback
            choice = replace(region.model, model_id=card.id, quality=quality, deconvolution=None)
            self._choose(choice, "Change Model")

    def _deconvolve(self, region: Region) -> None:
        """Begin with what is known of the blur; what was dialled before stays."""
        recipe = region.model.deconvolution or Deconvolution(self._first_blur())
        choice = ModelChoice(
            catalog.DECONVOLUTION.id, BEST_SOLVER, region.model.scale, deconvolution=recipe
        )
        if region.model.deconvolution is None:
            self._choose(choice, "Change Model")

    def _on_quality_chosen(self, index: int) -> None:
        region = self._session.selected_region
        if region is not None:
            quality = str(self._quality.itemData(index))
            self._choose(replace(region.model, quality=quality), "Change Quality")

    def _on_scale_chosen(self, index: int) -> None:
        region = self._session.selected_region
        if region is not None:
            scale = Scale(self._scale.itemData(index))
            self._choose(replace(region.model, scale=scale), "Change Work Scale")

    def _choose(self, model: ModelChoice, text: str) -> None:
        region = self._session.selected_region
        if region is not None:
            self._session.edit_region(replace(region, model=model), text)

    def _on_strength_moved(self, position: int, gesture: int) -> None:
        region = self._session.selected_region
        if region is not None:
            self._session.edit_region(
                replace(region, strength=position / 100),
                "Change Strength",
                f"strength {region.id} {gesture}",
            )

    def _on_feather_moved(self, position: int, gesture: int) -> None:
        region = self._session.selected_region
        if region is not None:
            self._session.edit_region(
                replace(region, feather=_feather_pixels(position)),
                "Change Feather",
                f"feather {region.id} {gesture}",
            )


def _card(region: Region) -> ModelCard:
    return catalog.card(region.model.model_id)


def _feather_pixels(position: int) -> float:
    """Fine steps where edges are narrow, coarse ones where they are wide."""
    return float(round((position / 100) ** 2 * _LARGEST_FEATHER))


def _feather_position(pixels: float) -> int:
    return round(math.sqrt(min(1.0, pixels / _LARGEST_FEATHER)) * 100)


def _feather_words(position: int) -> str:
    return f"{_feather_pixels(position):.0f} px"


def _combo(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(12)
    return combo
