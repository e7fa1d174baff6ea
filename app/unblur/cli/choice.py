"""The model and quality that a command names, looked up before torch is imported."""

from __future__ import annotations

from unblur.errors import ModelUnknownError, QualityUnknownError
from unblur_models import catalog
from unblur_models.errors import UnknownModelError


def chosen_card(model_id: str | None, quality: str | None) -> catalog.ModelCard:
    """The card of a model (None: the default), which has this quality (None: any).

    Raises ModelUnknownError or QualityUnknownError.
    """
    wanted = model_id or catalog.DEFAULT_MODEL_ID
    try:
        card = catalog.card(wanted)
    except UnknownModelError as error:
        raise ModelUnknownError(wanted, ", ".join(error.known)) from error
    known = [each.id for each in card.qualities]
    if quality is not None and quality not in known:
        raise QualityUnknownError(wanted, ", ".join(known))
    return card
