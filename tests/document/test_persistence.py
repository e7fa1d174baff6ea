from __future__ import annotations

import json

import pytest

from unblur.document.geometry import Point, Rect
from unblur.document.persistence import region_from_json, region_to_json
from unblur.document.region import ModelChoice, Region, RegionId, Scale, new_region_id
from unblur.document.shapes import BrushStroke, Rectangle, WholePhoto

REGION = Region(
    RegionId("abc"),
    "Müller’s face 🙂",
    (
        WholePhoto(),
        Rectangle(Rect(1, 2, 3, 4)),
        BrushStroke((Point(1.25, 2.5), Point(3.0, 4.75)), 7.5),
        BrushStroke((Point(9.0, 9.0),), 2.0, erase=True),
    ),
    ModelChoice("maxim-3s.gopro", "good", Scale.QUARTER),
    strength=0.4,
    feather=12.5,
    is_visible=False,
)


def test_a_region_comes_back_from_json_as_it_was() -> None:
    assert region_from_json(json.loads(json.dumps(region_to_json(REGION)))) == REGION


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert region_from_json(region_to_json(REGION) | {"glow": 3}) == REGION


@pytest.mark.parametrize(
    "damage",
    [
        {"shapes": [{"kind": "star"}]},
        {"shapes": [{"kind": "rectangle", "rect": [1, 2]}]},
        {"shapes": [{"kind": "brush", "points": [1, 2], "radius": 1, "erase": False}]},
        {"shapes": 3},
        {"scale": "1/3"},
        {"strength": "strong"},
    ],
)
def test_what_is_no_region_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        region_from_json(region_to_json(REGION) | damage)


def test_a_missing_field_is_refused() -> None:
    data = region_to_json(REGION)
    del data["model"]
    with pytest.raises(KeyError):
        region_from_json(data)


def test_identities_differ() -> None:
    assert new_region_id() != new_region_id()
