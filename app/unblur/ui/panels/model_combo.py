"""The choice of a region's model: those that can be run, and one that is gone while it is used."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from unblur_models import catalog
from unblur_models.errors import UnknownModelError


class ModelCombo(QComboBox):
    """Its data are model ids."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Model")
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.refresh()

    def refresh(self) -> None:
        """Offer what there is now; the chosen model stays chosen."""
        chosen = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for card in catalog.usable():
                self.addItem(card.name, card.id)
        if chosen is not None:
            self.show_model(str(chosen))

    def show_model(self, model_id: str) -> None:
        """Choose `model_id`. One without weights is named, but only while a region has it."""
        with QSignalBlocker(self):
            offered = [card.id for card in catalog.usable()]
            for index in reversed(range(self.count())):
                if self.itemData(index) not in (*offered, model_id):
                    self.removeItem(index)
            if self.findData(model_id) < 0:
                self.addItem(f"{_name_of(model_id)} (weights needed)", model_id)
            self.setCurrentIndex(self.findData(model_id))


def _name_of(model_id: str) -> str:
    try:
        return catalog.card(model_id).name
    except UnknownModelError:
        return model_id
