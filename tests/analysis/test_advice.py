from __future__ import annotations

import pytest

from unblur.analysis.advice import advise, span
from unblur.analysis.kinds import Blur, BlurKind
from unblur.analysis.measurement import Measurement
from unblur.document.geometry import Size
from unblur.document.region import Scale
from unblur_models import catalog

_PHOTO = Size(1200, 800)


def measured(blur: Blur | None, photo: Size = _PHOTO, noise: float = 1.0) -> Measurement:
    return Measurement(photo, blur, noise, None)


def test_motion_gets_the_model_that_was_made_for_it() -> None:
    advice = advise(measured(Blur(BlurKind.MOTION, 0.6, 18.4, 31.6)))

    assert advice.model_id == catalog.DEFAULT_MODEL_ID
    assert advice.scale is Scale.FULL
    assert advice.sentence == (
        "This photo is blurred by motion over about 18 pixels at 32°. MAXIM can restore it."
    )


def test_a_sharp_photo_is_left_alone() -> None:
    advice = advise(measured(Blur(BlurKind.SHARP, 0.6)))

    assert advice.model_id is None
    assert advice.quality is None
    assert "nothing needs to be restored" in advice.sentence


def test_without_a_model_for_defocus_that_is_said() -> None:
    advice = advise(measured(Blur(BlurKind.DEFOCUS, 3.0)))

    assert advice.model_id is not None
    is_for_motion = catalog.card(advice.model_id).purpose is catalog.Purpose.MOTION
    assert ("was made for motion" in advice.sentence) == is_for_motion


def test_only_models_that_can_be_run_are_recommended(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (BlurKind.MOTION, BlurKind.DEFOCUS, BlurKind.MIXED):
        advice = advise(measured(Blur(kind, 3.0, 9.0, 0.0)))
        assert advice.model_id in {card.id for card in catalog.available()}

    monkeypatch.setattr(catalog, "available", tuple)
    advice = advise(measured(Blur(BlurKind.MOTION, 0.6, 18.0, 0.0)))
    assert advice.model_id is None
    assert "No model" in advice.sentence


def test_what_is_beyond_the_models_is_said() -> None:
    advice = advise(measured(Blur(BlurKind.MOTION, 0.6, 300.0, 0.0), Size(6000, 4000)))

    assert "more than the models can undo" in advice.sentence
    assert "invented" in advice.sentence


def test_a_blur_across_a_small_photo_is_beyond_the_models_too() -> None:
    wide = Blur(BlurKind.DEFOCUS, 14.0)

    assert "more than" in advise(measured(wide, Size(300, 200))).sentence
    assert "more than" not in advise(measured(wide, Size(3000, 2000))).sentence


def test_noise_is_mentioned_when_it_matters() -> None:
    blur = Blur(BlurKind.MOTION, 0.6, 10.0, 0.0)

    assert "noisy" in advise(measured(blur, noise=9.0)).sentence
    assert "noisy" not in advise(measured(blur, noise=2.0)).sentence


def test_nothing_is_claimed_of_a_photo_without_detail() -> None:
    advice = advise(measured(None))

    assert "too little detail" in advice.sentence
    assert advice.model_id is None


@pytest.mark.parametrize(
    ("photo", "quality"),
    [(Size(900, 700), "best"), (Size(2000, 1500), "good"), (Size(6000, 4000), "draft")],
)
def test_the_more_the_network_has_to_see_the_quicker_the_quality(photo: Size, quality: str) -> None:
    assert advise(measured(Blur(BlurKind.MOTION, 0.6, 12.0, 0.0), photo)).quality == quality


def test_a_blur_spans_what_is_longer_of_motion_and_focus() -> None:
    assert span(Blur(BlurKind.MOTION, 0.5, 20.0, 3.0)) == 20.0
    assert span(Blur(BlurKind.MIXED, 6.0, 20.0, 3.0)) == 24.0
