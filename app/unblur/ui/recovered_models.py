"""Saved edits may name models that are not here: such regions get the default model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from unblur.document.region import Region
from unblur_models import catalog


def with_known_models(
    regions: Iterable[Region], *, is_accelerated: bool
) -> tuple[tuple[Region, ...], tuple[str, ...]]:
    """The regions with models that can be run and qualities that exist, and the ids of others."""
    here = {catalog.card(catalog.DEFAULT_MODEL_ID), *catalog.usable()}
    qualities = {card.id: [quality.id for quality in card.qualities] for card in here}
    known, unknown = [], []
    for region in regions:
        model_id, recipe = region.model.model_id, region.model.deconvolution
        is_solved = model_id == catalog.DECONVOLUTION.id
        if model_id not in qualities or is_solved != (recipe is not None):
            unknown.append(model_id)
            model_id, recipe = catalog.DEFAULT_MODEL_ID, None
        quality = region.model.quality
        if quality not in qualities[model_id]:
            card = catalog.card(model_id)
            quality = catalog.default_quality(card, is_accelerated=is_accelerated)
        choice = replace(region.model, model_id=model_id, quality=quality, deconvolution=recipe)
        known.append(replace(region, model=choice))
    return tuple(known), tuple(dict.fromkeys(unknown))
