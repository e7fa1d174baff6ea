"""At which scale a network sees a blur best.

Networks know blurs of the sizes that they were trained on, about 5 to 30 pixels. A wider one is
restored better, and 4 or 16 times cheaper, in a photo that is shrunk until its blur has such a
size; docs/benchmarks has the table that the limits were read from. Nothing is ever enlarged.
"""

from __future__ import annotations

from unblur.document.region import Scale

# Photo pixels that a blur may span up to which the full and the half size are right.
_FULL_UP_TO, _HALF_UP_TO = 30.0, 45.0
_LEAST_SEEN = 5.0  # pixels: of a narrower blur a network makes nothing better


def scale_for(span: float) -> Scale:
    """The work scale for a blur that spans so many photo pixels."""
    if span <= _FULL_UP_TO:
        return Scale.FULL
    return Scale.HALF if span <= _HALF_UP_TO else Scale.QUARTER


def is_seen(span: float, factor: int) -> bool:
    """Whether a blur that spans so many photo pixels still shows at 1/`factor` of the size."""
    return span / factor >= _LEAST_SEEN
