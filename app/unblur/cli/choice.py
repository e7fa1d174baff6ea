"""The model and quality that a command names, looked up before torch is imported."""

from __future__ import annotations

from unblur.errors import (
    DeviceUnavailableError,
    ModelUnknownError,
    QualityUnknownError,
    WeightsNeededError,
)
from unblur.model_store import how_to_get
from unblur_models import catalog
from unblur_models.errors import UnknownModelError

# What is wrong with the words of a command, so that nothing was done.
REFUSALS = (ModelUnknownError, WeightsNeededError, QualityUnknownError, DeviceUnavailableError)


def chosen_card(model_id: str | None, quality: str | None) -> catalog.ModelCard:
    """The card of a model (None: the default), which has this quality (None: any).

    Raises ModelUnknownError, WeightsNeededError or QualityUnknownError.
    """
    wanted = model_id or catalog.DEFAULT_MODEL_ID
    try:
        card = catalog.card(wanted)
        if card == catalog.DECONVOLUTION:  # which has no weights, and wants a PSF
            raise UnknownModelError(wanted, [each.id for each in catalog.cards()])
    except UnknownModelError as error:
        raise ModelUnknownError(wanted, ", ".join(error.known)) from error
    if catalog.needs_weights(card):
        raise WeightsNeededError(wanted, how_to_get(card))
    known = [each.id for each in card.qualities]
    if quality is not None and quality not in known:
        raise QualityUnknownError(wanted, ", ".join(known))
    return card
