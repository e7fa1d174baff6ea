from __future__ import annotations

import pytest

from unblur.ui.durations import about, left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "under 1 s"),
        (1.4, "about 1 s"),
        (12.3, "about 12 s"),
        (47, "about 45 s"),
        (59, "about 1 min"),
        (125, "about 2 min"),
        (3599, "about 1 h"),
        (3600, "about 1 h"),
        (4800, "about 1 h 20 min"),
    ],
)
def test_an_estimate_never_pretends_to_be_exact(seconds: float, words: str) -> None:
    assert about(seconds) == words


def test_what_is_left_is_at_least_a_second() -> None:
    assert left(0.1) == "1 s left"
