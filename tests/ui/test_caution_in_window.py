"""What the window's look at a photo says of writing on it."""

from __future__ import annotations

import pytest
from tests.psfs import motion, photographed, scene
from tests.writing import written

from unblur.detect.text import TextFinder
from unblur.ui import heavy


def go_on() -> None:
    """Nobody cancels."""


def test_writing_that_is_too_blurred_is_told_of() -> None:
    seen = heavy.look_at(photographed(written("street"), motion(13, 20)), go_on)

    assert len(seen[3].lost_text) == 1
    assert "writing is hardly readable" in seen[3].sentence


def test_on_a_sharp_photo_writing_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(TextFinder, "find", find)

    assert heavy.look_at(scene("street"), go_on)[3].lost_text == ()
