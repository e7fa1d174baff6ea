from __future__ import annotations

from dataclasses import replace

import numpy as np

from unblur.document.document import Document, DocumentDiff, diff
from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region, RegionId, Scale, Subject
from unblur.document.shapes import BrushStroke, Grow, Invert, Mode, Rectangle, WholePhoto, bounds_of

PHOTO = Photo(np.zeros((40, 60, 3), np.uint8), "fingerprint")
FACE = Region(RegionId("face"), "Face", (Rectangle(Rect(1, 2, 3, 4)),), ModelChoice("m", "draft"))
REST = Region(RegionId("rest"), "Rest", (WholePhoto(),), ModelChoice("m", "best"))
DOCUMENT = Document(PHOTO, (FACE, REST))


def test_adding_and_replacing_a_region_keeps_the_others_in_order() -> None:
    renamed = replace(FACE, name="Her face")
    assert Document(PHOTO).with_region(FACE).with_region(REST).regions == (FACE, REST)
    assert DOCUMENT.with_region(renamed).regions == (renamed, REST)
    assert DOCUMENT.without_region(FACE.id).regions == (REST,)
    assert DOCUMENT.region(RegionId("nobody")) is None


def test_documents_share_the_regions_that_did_not_change() -> None:
    changed = DOCUMENT.with_region(replace(FACE, strength=0.5))
    assert changed.regions[1] is REST
    assert changed.photo is PHOTO


def test_the_same_document_differs_in_nothing() -> None:
    assert diff(DOCUMENT, Document(PHOTO, (FACE, REST))).is_empty


def test_a_first_document_adds_everything() -> None:
    expected = DocumentDiff(added=frozenset({FACE.id, REST.id}), is_other_photo=True)
    assert diff(None, DOCUMENT) == expected


def test_each_change_lands_in_its_own_place() -> None:
    face = FACE.id
    cases = {
        "remodeled": replace(FACE, model=ModelChoice("m", "draft", Scale.HALF)),
        "reshaped": FACE.with_shape(BrushStroke((Point(1, 1),), 3.0)),
        "reblended": replace(FACE, strength=0.3),
        "renamed": replace(FACE, name="New"),
    }
    for name, region in cases.items():
        assert diff(DOCUMENT, DOCUMENT.with_region(region)) == DocumentDiff(
            **{name: frozenset({face})}
        )
    hidden = replace(FACE, is_visible=False)
    assert diff(DOCUMENT, DOCUMENT.with_region(hidden)).reblended == {face}
    softer = replace(FACE, feather=3.0)
    assert diff(DOCUMENT, DOCUMENT.with_region(softer)).reshaped == {face}


def test_protecting_something_is_a_change_of_its_own() -> None:
    protected = replace(DOCUMENT, protection=(Rectangle(Rect(0, 0, 5, 5)),))
    assert diff(DOCUMENT, protected) == DocumentDiff(is_reprotected=True)
    assert diff(protected, DOCUMENT) == DocumentDiff(is_reprotected=True)


def test_inverting_twice_is_the_region_that_was() -> None:
    assert FACE.inverted().inverted() == FACE
    assert REST.inverted().shapes == ()
    assert REST.inverted().inverted() == REST


def test_people_inverted_are_the_background_and_a_name_is_no_part_of_it() -> None:
    people = replace(FACE, name="Anna", subject=Subject.PEOPLE)
    background = people.inverted()
    assert background.subject is Subject.BACKGROUND
    assert background.inverted() == people
    assert replace(FACE, subject=Subject.FACE).inverted().subject is Subject.FACE
    for region in (people, background):
        document = replace(DOCUMENT, regions=(REST, region))
        assert document.people == people.shapes
    assert replace(DOCUMENT, regions=(people.cleared(), background)).people == people.shapes
    assert replace(DOCUMENT, regions=(replace(FACE, name="People"),)).people == ()


def test_growing_on_adds_up_and_turning_round_does_not_cancel() -> None:
    assert FACE.grown(3).grown(4) == FACE.grown(7)
    assert FACE.grown(3).grown(-3).shapes[-2:] == (Grow(3), Grow(-3))
    assert REST.grown(5) == REST
    assert FACE.cleared().grown(5).shapes == ()


def test_removing_a_region_is_no_reordering() -> None:
    assert diff(DOCUMENT, DOCUMENT.without_region(FACE.id)) == DocumentDiff(
        removed=frozenset({FACE.id})
    )


def test_swapping_regions_is_a_reordering() -> None:
    assert diff(DOCUMENT, Document(PHOTO, (REST, FACE))).is_reordered


def test_the_bounds_of_shapes_leave_out_erasers_and_what_lies_beside_the_photo() -> None:
    photo = Size(60, 40)
    stroke = BrushStroke((Point(10, 10), Point(20, 10)), 4.0)
    eraser = replace(stroke, mode=Mode.SUBTRACT, points=(Point(50, 30),))
    assert bounds_of((stroke, eraser), photo) == Rect(6, 6, 19, 9)
    assert bounds_of((eraser,), photo).is_empty
    assert bounds_of((Rectangle(Rect(-5, -5, 10, 10)),), photo) == Rect(0, 0, 5, 5)
    assert bounds_of((WholePhoto(),), photo) == Rect(0, 0, 60, 40)
    assert bounds_of((stroke, Invert()), photo) == Rect(0, 0, 60, 40)
    box = Rectangle(Rect(0, 5, 20, 20))
    assert bounds_of((box, Grow(3)), photo) == Rect(0, 2, 23, 26)
    assert bounds_of((box, Grow(-3)), photo) == Rect(0, 8, 17, 14)
    half = Rectangle(Rect(10, 0, 30, 40), Mode.INTERSECT)
    assert bounds_of((box, half), photo) == Rect(10, 5, 10, 20)
    assert eraser.reach(photo) == Rect(46, 26, 9, 9)
