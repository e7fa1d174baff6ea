from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.document import DocumentDiff
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import WholePhoto
from unblur.ui.session import Session

AddRectangle = Callable[[Rect], Region]
MakePhoto = Callable[..., Photo]


def test_opening_a_photo_shows_it(qtbot: QtBot, session: Session, make_photo: MakePhoto) -> None:
    photo = make_photo()
    with qtbot.waitSignals([session.photo_opened, session.document_changed]):
        opened = session.open(photo)
    assert session.current is opened
    assert session.document is not None
    assert session.document.photo is photo


def test_the_same_file_twice_shows_the_open_one(session: Session, make_photo: MakePhoto) -> None:
    first = session.open(make_photo(path=Path("/photos/a.png")))
    session.open(make_photo(path=Path("/photos/b.png")))
    again = session.open(make_photo(path=Path("/photos/a.png")))
    assert again is first
    assert session.current is first
    assert len(session.photos) == 2


def test_closing_the_shown_photo_shows_its_neighbour(
    session: Session, make_photo: MakePhoto
) -> None:
    photos = [session.open(make_photo(path=Path(f"/photos/{name}.png"))) for name in "abc"]
    session.show(photos[1])
    session.close(photos[1])
    assert session.current is photos[2]
    session.close(photos[2])
    session.close(photos[0])
    assert session.current is None
    assert session.document is None


def test_undo_and_redo_go_through_every_edit(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    region = rectangle(Rect(10, 10, 50, 50))
    session.edit_region(replace(region, strength=0.5), "Change Strength")
    session.undo_group.undo()
    assert session.document is not None
    assert session.document.regions == (region,)
    session.undo_group.undo()
    assert session.document.regions == ()
    session.undo_group.redo()
    session.undo_group.redo()
    assert session.document.regions[0].strength == 0.5


def test_the_steps_of_one_drag_are_one_undo_step(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    opened = session.open(make_photo())
    region = rectangle(Rect(10, 10, 50, 50))
    for strength in (0.9, 0.7, 0.4):
        session.edit_region(replace(region, strength=strength), "Change Strength", "drag 1")
    session.edit_region(replace(region, strength=0.1), "Change Strength", "drag 2")
    assert opened.undo_stack.count() == 3
    session.undo_group.undo()
    assert session.document is not None
    assert session.document.regions[0].strength == 0.4
    session.undo_group.undo()
    assert session.document.regions[0].strength == 1.0


def test_an_edit_tells_exactly_what_changed(
    qtbot: QtBot, session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    region = rectangle(Rect(10, 10, 50, 50))
    with qtbot.waitSignal(session.document_changed) as told:
        session.edit_region(replace(region, strength=0.2), "Change Strength")
    assert told.args[1] == DocumentDiff(reblended=frozenset({region.id}))


def test_a_new_region_is_selected_and_undo_takes_the_selection_back(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    region = rectangle(Rect(10, 10, 50, 50))
    assert session.selected_region == region
    session.undo_group.undo()
    assert session.selected_region is None


def test_deleting_a_region_selects_its_neighbour(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    first, second = rectangle(Rect(0, 0, 50, 50)), rectangle(Rect(60, 0, 50, 50))
    session.remove_region(second.id)
    assert session.selected_region == first


def test_regions_get_names_that_are_free(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    first = rectangle(Rect(0, 0, 50, 50))
    rectangle(Rect(60, 0, 50, 50))
    session.remove_region(first.id)
    third = rectangle(Rect(0, 60, 50, 50))
    assert third.name == "Region 1"


def test_the_whole_photo_lies_below_other_regions_and_comes_once(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    region = rectangle(Rect(0, 0, 50, 50))
    whole = session.add_whole_photo()
    assert session.add_whole_photo() == whole
    assert session.document is not None
    assert [r.id for r in session.document.regions] == [whole and whole.id, region.id]
    assert session.document.regions[0].shapes == (WholePhoto(),)


def test_work_is_unsaved_from_the_first_region_on(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    opened = session.open(make_photo())
    assert not opened.has_unsaved_work
    rectangle(Rect(0, 0, 50, 50))
    assert opened.has_unsaved_work
    opened.undo_stack.setClean()
    assert not opened.has_unsaved_work
    session.undo_group.undo()
    assert not opened.has_unsaved_work, "without regions there is nothing to lose"
    session.undo_group.redo()
    assert not opened.has_unsaved_work


def test_edits_that_were_brought_back_count_as_unsaved(
    session: Session, make_photo: MakePhoto
) -> None:
    region = session.new_region(WholePhoto())
    opened = session.open(make_photo())
    session.bring_back(opened, (region,))
    assert opened.has_unsaved_work
    assert session.selected_region == region


def test_each_photo_keeps_its_own_history(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    first = session.open(make_photo(path=Path("/photos/a.png")))
    rectangle(Rect(0, 0, 50, 50))
    second = session.open(make_photo(path=Path("/photos/b.png")))
    session.undo_group.undo()
    assert len(first.document.regions) == 1
    assert second.document.regions == ()
    assert not session.undo_group.canUndo()


def test_nothing_is_read_where_nothing_was_restored(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    session.open(make_photo())
    region = rectangle(Rect(0, 0, 50, 50))
    assert session.read(region.id, Rect(0, 0, 10, 10)) is None


@pytest.mark.parametrize("is_accelerated", [False, True])
def test_the_default_quality_follows_the_device(
    session: Session, make_photo: MakePhoto, *, is_accelerated: bool
) -> None:
    session.open(make_photo())
    session.set_accelerated(is_accelerated)
    quality = session.new_region(WholePhoto()).model.quality
    assert quality == ("best" if is_accelerated else "draft")


def test_a_snapshot_does_not_see_tiles_that_come_later(
    session: Session, make_photo: MakePhoto, rectangle: AddRectangle
) -> None:
    opened = session.open(make_photo())
    region = rectangle(Rect(0, 0, 100, 100))
    opened.plans.pin(region, 1)
    plan = opened.plan(region, 1)
    assert plan is not None
    snapshot = opened.snapshot(is_accelerated=False)
    grid, index = plan.key.grid, plan.missing[0]
    support = grid.support(index)
    tile = np.zeros((support.height, support.width, 3), np.uint16)
    session.layer(opened, plan.key).put(index, tile)
    assert session.read(region.id, Rect(0, 0, 10, 10)) is not None
    assert snapshot.read(region.id, Rect(0, 0, 10, 10)) is None
