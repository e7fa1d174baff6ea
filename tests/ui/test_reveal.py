from __future__ import annotations

import pytest

from unblur.document.geometry import Rect, Size
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.reveal import revealing

VIEW = ViewTransform(Size(1000, 500), Size(1000, 500))


@pytest.mark.parametrize(
    ("mode", "shown", "place"),
    [
        (CompareMode.SPLIT_VERTICAL, Rect(100, 0, 200, 100), 0.08),
        (CompareMode.SPLIT_VERTICAL, Rect(600, 0, 200, 100), 0.5),
        (CompareMode.SPLIT_VERTICAL, Rect(0, 0, 1000, 500), 0.5),
        (CompareMode.SPLIT_VERTICAL, Rect(0, 0, 200, 500), 0.0),
        (CompareMode.SPLIT_HORIZONTAL, Rect(0, 100, 1000, 100), 0.18),
    ],
    ids=["before the divider", "after it", "across it", "at the photo's edge", "above it"],
)
def test_the_divider_moves_only_off_what_it_would_hide(
    mode: CompareMode, shown: Rect, place: float
) -> None:
    assert revealing(VIEW, mode, shown, 0.5) == pytest.approx(place)
