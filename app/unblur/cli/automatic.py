"""`--auto`: the model, the quality and the work scale that a photo's blur asks for."""

from __future__ import annotations

from dataclasses import replace

from unblur.analysis.advice import advise
from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import Measurement, measure
from unblur.cli.arguments import RestoreOrder
from unblur.cli.restorer import Restorer
from unblur.document.photo import Photo
from unblur.document.region import Scale
from unblur.errors import ImageNotBlurredError
from unblur_models import catalog


def fitted_to(photo: Photo, order: RestoreOrder, restorer: Restorer) -> tuple[Restorer, Scale]:
    """The restorer and the work scale for `photo`; what the order names stays as it is.

    Raises ImageNotBlurredError when there is nothing to restore, or no telling.
    """
    measured = measure(photo.pixels)
    advice = advise(measured)
    if advice.model_id is None or advice.quality is None:
        raise ImageNotBlurredError(photo.path, _why_not(measured))
    card = restorer.card if order.model_id else catalog.card(advice.model_id)
    known = [quality.id for quality in card.qualities]
    quality = order.quality or advice.quality
    if restorer.device.is_accelerated and not order.quality:
        quality = catalog.default_quality(card, is_accelerated=True)
    if quality not in known:  # advised for another model than the one that was named
        quality = known[-1]
    scale = advice.scale if order.scale is Scale.AUTO else order.scale
    return replace(restorer, card=card, quality=quality), scale


def _why_not(measured: Measurement) -> str:
    if measured.blur is None:
        return "it shows too little detail to tell how blurred it is"
    is_sharp = measured.blur.kind is BlurKind.SHARP
    return "it is sharp already" if is_sharp else "no model for its blur is installed"
