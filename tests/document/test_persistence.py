from __future__ import annotations

import json
from dataclasses import replace

import pytest

from unblur.document.geometry import Point, Rect
from unblur.document.persistence import region_from_json, region_to_json
from unblur.document.region import (
    ModelChoice,
    Region,
    RegionId,
    Scale,
    Subject,
    new_region_id,
)
from unblur.document.shapes import (
    BrushStroke,
    Ellipse,
    Grow,
    Invert,
    Lasso,
    Mode,
    Pressure,
    Rectangle,
    WholePhoto,
)

REGION = Region(
    RegionId("abc"),
    "Müller’s face 🙂",
    (
        WholePhoto(),
        Rectangle(Rect(1, 2, 3, 4)),
        BrushStroke((Point(1.25, 2.5), Point(3.0, 4.75)), 7.5),
        BrushStroke((Point(9.0, 9.0),), 2.0, mode=Mode.SUBTRACT, hardness=0.25),
        BrushStroke(
            (Point(1.0, 1.0), Point(2.0, 2.0)),
            3.0,
            pressures=(0.125, 1.0),
            pressure=Pressure.SIZE,
        ),
        Ellipse(Rect(5, 6, 70, 80), Mode.INTERSECT),
        Lasso((Point(0.0, 0.0), Point(9.5, 0.0), Point(0.0, 9.25)), Mode.SUBTRACT),
        Invert(),
        Grow(-4.5),
    ),
    ModelChoice("maxim-3s.gopro", "good", Scale.QUARTER),
    strength=0.4,
    feather=12.5,
    is_visible=False,
    subject=Subject.FACE,
)


def test_a_region_comes_back_from_json_as_it_was() -> None:
    assert region_from_json(json.loads(json.dumps(region_to_json(REGION)))) == REGION


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert region_from_json(region_to_json(REGION) | {"glow": 3}) == REGION


def test_shapes_of_version_1_are_read_as_they_were_meant() -> None:
    old = [
        {"kind": "rectangle", "rect": [1, 2, 3, 4]},
        {"kind": "brush", "points": [[1, 2]], "radius": 3, "erase": False},
        {"kind": "brush", "points": [[1, 2]], "radius": 3, "erase": True},
    ]
    dot = BrushStroke((Point(1.0, 2.0),), 3.0)
    assert region_from_json(region_to_json(REGION) | {"shapes": old}).shapes == (
        Rectangle(Rect(1, 2, 3, 4)),
        dot,
        replace(dot, mode=Mode.SUBTRACT),
    )


@pytest.mark.parametrize(
    ("name", "subject"),
    [("People", Subject.PEOPLE), ("Background", Subject.BACKGROUND), ("Face 1", None)],
)
def test_people_in_files_from_before_the_mark_are_told_by_their_name(
    name: str, subject: Subject | None
) -> None:
    data = region_to_json(replace(REGION, name=name, subject=None))
    assert region_from_json(data).subject is None
    del data["subject"]
    assert region_from_json(data).subject is subject


@pytest.mark.parametrize(
    "damage",
    [
        {"shapes": [{"kind": "star"}]},
        {"shapes": [{"kind": "rectangle", "rect": [1, 2]}]},
        {"shapes": [{"kind": "brush", "points": [1, 2], "radius": 1, "erase": False}]},
        {"shapes": [{"kind": "rectangle", "rect": [1, 2, 3, 4], "mode": "xor"}]},
        {"shapes": [{"kind": "grow", "pixels": float("nan")}]},
        {"shapes": [{"kind": "brush", "points": [[1, 2]], "radius": 1, "hardness": 2}]},
        {"shapes": [{"kind": "brush", "points": [[1, 2]], "radius": 1, "pressures": [1, 1]}]},
        {"shapes": 3},
        {"scale": "1/3"},
        {"strength": "strong"},
        {"subject": "sofa"},
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
