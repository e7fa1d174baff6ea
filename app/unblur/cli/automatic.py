"""`--auto`: the model and the quality that a photo's blur asks for."""

from __future__ import annotations

from dataclasses import replace

from unblur.analysis.advice import advise
from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import Measurement
from unblur.cli.arguments import RestoreOrder
from unblur.cli.restorer import Restorer
from unblur.document.photo import Photo
from unblur.errors import ImageNotBlurredError
from unblur_models import catalog


def fitted_to(
    photo: Photo, measured: Measurement, order: RestoreOrder, restorer: Restorer
) -> Restorer:
    """The restorer for `photo`, of which this was measured; what the order names stays.

    Raises ImageNotBlurredError when there is nothing to restore, or no telling.
    """
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
    return replace(restorer, card=card, quality=quality)


def _why_not(measured: Measurement) -> str:
    if measured.blur is None:
        return "it shows too little detail to tell how blurred it is"
    is_sharp = measured.blur.kind is BlurKind.SHARP
    return "it is sharp already" if is_sharp else "no model for its blur is installed"
