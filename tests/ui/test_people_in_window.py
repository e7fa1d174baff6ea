"""Who the window's own looks see: people without a face as well, and nobody where nobody is."""

from __future__ import annotations

import pytest
from tests.psfs import scene

from unblur.detect.faces import FaceFinder
from unblur.document.geometry import Rect, Size
from unblur.ui import heavy


def go_on() -> None:
    """Nothing stops the search."""


def test_people_are_offered_where_no_face_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FaceFinder, "find", lambda *_: ())

    assert heavy.look_at(scene("square"), go_on)[2]
    assert not heavy.look_at(scene("street"), go_on)[2]


def test_people_are_found_where_no_face_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FaceFinder, "find", lambda *_: ())
    people = heavy.find_people(scene("square"), True, go_on)

    assert people is not None
    photo = Size(576, 448)
    mask = heavy.rasterize((people,), 0.0, Rect.of_size(photo), photo)
    assert mask[240:270, 115:135].mean() > 0.8  # the man in the corner
    assert mask[:60].mean() < 0.02  # the houses and the sky
    assert heavy.find_people(scene("street"), True, go_on) is None
