"""What to do about a blur: one sentence, a model, a quality and a work scale."""

from __future__ import annotations

from dataclasses import dataclass

from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement
from unblur.document.region import Scale
from unblur.document.work_scale import scale_for
from unblur_models import catalog
from unblur_models.catalog import ModelCard, Purpose

# The networks were trained on blurs that span so many pixels of what they see.
_WIDEST = 30.0
_HOPELESS = 1.5  # times the widest, at the smallest work scale: nothing is left to restore from
_HOPELESS_SHARE = 0.12  # of the photo's long side, in any case
_SIGMAS_ACROSS = 4.0  # a Gaussian, or a disc of the same second moment, spans four of its σ
_NOISY = 5.0  # levels of 255 from which noise is what limits the result
_BEST_BELOW, _GOOD_BELOW = 1.0, 6.0  # megapixels that the network has to see

# For each kind the purposes of models, the most fitting first.
_FITTING = {
    BlurKind.MOTION: (Purpose.MOTION, Purpose.MIXED),
    BlurKind.DEFOCUS: (Purpose.DEFOCUS, Purpose.MIXED, Purpose.MOTION),
    BlurKind.MIXED: (Purpose.MIXED, Purpose.MOTION),
}

_PARTLY = (
    "Parts of this photo are sharp, others are blurred. If it was not meant so, select what "
    "should be sharper."
)


@dataclass(frozen=True, slots=True)
class Advice:
    """One plain sentence or a few, and what to choose. None: nothing needs to be restored."""

    sentence: str
    model_id: str | None = None
    quality: str | None = None
    scale: Scale = Scale.AUTO


def advise(measured: Measurement) -> Advice:
    """The advice for a photo. A person can always choose otherwise."""
    blur = measured.blur
    if blur is None:
        return Advice("There is too little detail in this photo to tell how blurred it is.")
    noise = _about_noise(measured.noise)
    if measured.is_partly_blurred:
        return Advice(f"{_PARTLY}{noise}")
    if blur.kind is BlurKind.SHARP:
        return Advice(f"This photo is sharp already: nothing needs to be restored.{noise}")
    said = _described(blur)
    if _is_hopeless(blur, measured):
        return Advice(
            f"{said} That is more than the models can undo: what they show may be invented.{noise}",
            *_choice(blur, measured, Scale.QUARTER),
        )
    choice = _choice(blur, measured, scale_for(span(blur)))
    return Advice(f"{said} {_recommended(blur.kind, choice[0])}{noise}", *choice)


def span(blur: Blur) -> float:
    """How many pixels a point is spread over, along its longest direction."""
    return max(blur.length, _SIGMAS_ACROSS * blur.sigma)


def _is_hopeless(blur: Blur, measured: Measurement) -> bool:
    widest = _HOPELESS * _WIDEST * (Scale.QUARTER.factor or 1)
    return span(blur) > min(widest, _HOPELESS_SHARE * max(measured.photo))


def _described(blur: Blur) -> str:
    motion = f"motion over about {blur.length:.0f} pixels at {blur.angle:.0f}°"
    focus = f"about {_SIGMAS_ACROSS * blur.sigma:.0f} pixels wide"
    if blur.kind is BlurKind.MOTION and not blur.is_even:
        return "This photo is blurred by uneven motion, as of a hand that shook."
    if blur.kind is BlurKind.MOTION:
        return f"This photo is blurred by {motion}."
    if blur.kind is BlurKind.DEFOCUS:
        return f"This photo is out of focus: a point is {focus}."
    return f"This photo is out of focus (a point is {focus}) and blurred by {motion}."


def _recommended(kind: BlurKind, model_id: str | None) -> str:
    if model_id is None:
        return "No model for it is installed."
    card = catalog.card(model_id)
    if kind is BlurKind.DEFOCUS and card.purpose is Purpose.MOTION:
        return (
            f"{card.name} was made for motion and will help a little; no better one is installed."
        )
    return f"{card.name} can restore it."


def _about_noise(noise: float) -> str:
    return " It is noisy, too, which limits what can be restored." if noise > _NOISY else ""


def _choice(
    blur: Blur, measured: Measurement, scale: Scale
) -> tuple[str | None, str | None, Scale]:
    card = _model_for(blur.kind)
    if card is None:
        return None, None, scale
    seen = measured.photo.megapixels / (scale.factor or 1) ** 2
    index = 2 if seen <= _BEST_BELOW else 1 if seen <= _GOOD_BELOW else 0
    return card.id, card.qualities[min(index, len(card.qualities) - 1)].id, scale


def _model_for(kind: BlurKind) -> ModelCard | None:
    """The most fitting model that can be run; of equals the one that the catalogue puts first."""
    usable = catalog.available()
    for purpose in _FITTING[kind]:
        for card in usable:
            if card.purpose is purpose:
                return card
    return None
