from __future__ import annotations

import pytest

from unblur.document.region import Scale
from unblur.document.work_scale import is_seen, scale_for


@pytest.mark.parametrize(
    ("span", "scale"),
    [
        (5, Scale.FULL),
        (30, Scale.FULL),
        (31, Scale.HALF),
        (45, Scale.HALF),
        (46, Scale.QUARTER),
        (300, Scale.QUARTER),
    ],
)
def test_the_work_scale_brings_the_blur_to_what_networks_know(span: float, scale: Scale) -> None:
    assert scale_for(span) is scale


@pytest.mark.parametrize("span", [30.1, 45.0, 60.0, 120.0])
def test_a_blur_still_shows_at_the_scale_that_was_chosen_for_it(span: float) -> None:
    assert is_seen(span, scale_for(span).factor or 1)
    assert span / (scale_for(span).factor or 1) <= 30
