"""A PSF in the window: a dial that moves is seen at once, and Restore makes it real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.document.deconvolution import Blur, Deconvolution, DiscBlur, MotionBlur
from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import ModelChoice, Region
from unblur.ui.live_preview import LivePreview
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

MakePhoto = Callable[..., Photo]
Look = Callable[..., Region]
BOX = Rect(50, 50, 300, 200)


def solved_with(region: Region, blur: Blur) -> Region:
    recipe = Deconvolution(blur)
    choice = ModelChoice("deconvolution", "hyper-laplacian", deconvolution=recipe)
    return replace(region, model=choice)


@pytest.fixture
def live(session: Session, restorer: Restorer) -> Iterator[LivePreview]:
    live = LivePreview(session, restorer)
    yield live
    live.deleteLater()


@pytest.fixture
def region(session: Session, make_photo: MakePhoto, rectangle: Callable[[Rect], Region]) -> Region:
    """A region of an open photo that a network restores, still."""
    session.open(make_photo())
    return rectangle(BOX)


def turn(session: Session, region: Region, blur: Blur, key: str = "") -> Region:
    changed = solved_with(region, blur)
    session.edit_region(changed, "Change Blur", key)
    return changed


def wait_for_look(qtbot: QtBot, client: Any, count: int) -> None:
    qtbot.waitUntil(lambda: len(client.requests) == count)


@pytest.fixture
def look(qtbot: QtBot, session: Session, client: Any, live: LivePreview) -> Look:
    """Turns a dial and waits until the engine is asked for a look; the changed region is back."""

    def turned(region: Region, blur: Blur, key: str = "") -> Region:
        asked = len(client.requests)
        changed = turn(session, region, blur, key)
        wait_for_look(qtbot, client, asked + 1)
        return changed

    return turned


def test_a_moved_dial_is_solved_at_once_first_coarse_and_quick_then_as_chosen(
    client: Any, region: Region, look: Look
) -> None:
    look(region, MotionBlur(9, 0))
    coarse, quick, chosen = client.requests[0]
    assert (coarse.key.grid.factor, coarse.key.quality) == (4, "glance")
    assert (quick.key.grid.factor, quick.key.quality) == (2, "glance")
    assert (chosen.key.grid.factor, chosen.key.quality) == (1, "hyper-laplacian")
    assert quick.key.deconvolution == chosen.key.deconvolution == Deconvolution(MotionBlur(9, 0))


def test_a_newer_value_supersedes_the_older_one(
    session: Session, client: Any, region: Region, look: Look
) -> None:
    region = look(region, MotionBlur(9, 0), "drag")
    look(region, MotionBlur(10, 0), "drag")
    assert client.requests[1][0].key.deconvolution.blur == MotionBlur(10, 0)
    assert session.current is not None
    session.current.undo_stack.undo()
    assert session.selected_region is not None
    assert session.selected_region.model.deconvolution is None  # one drag, one step


def test_what_the_older_value_gave_shows_until_the_newer_one_is_there(
    session: Session, client: Any, region: Region, look: Look
) -> None:
    region = look(region, MotionBlur(9, 0))
    client.finish()
    region = look(region, MotionBlur(10, 0))
    inside = Rect(100, 100, 8, 8)
    read = session.read(region.id, inside)
    assert read is not None
    assert (read[0] == 40000).all()
    client.give_tile(value=50000)
    read = session.read(region.id, inside)
    assert read is not None
    assert (read[0] == 50000).all()


def test_an_export_never_gets_what_an_older_value_gave(
    session: Session, client: Any, region: Region, look: Look
) -> None:
    region = look(region, MotionBlur(9, 0))
    client.finish()
    turn(session, region, MotionBlur(10, 0))
    assert session.current is not None
    assert session.current.snapshot(is_accelerated=False).read(region.id, BOX) is None


def test_once_the_new_look_is_complete_nothing_old_shows_beside_it(
    session: Session, client: Any, region: Region, view: list[View], look: Look
) -> None:
    region = look(region, MotionBlur(9, 0))
    client.finish()
    assert session.current is not None
    region = look(region, MotionBlur(10, 0))
    plans = session.current.plans
    present = set(plans.layer_keys(region, is_accelerated=False))
    assert set(plans.outdated_keys(region)) - present
    client.finish()
    assert set(plans.outdated_keys(region)) <= present


def test_a_look_is_no_restoration_the_buttons_stay_as_they_are(
    client: Any, restorer: Restorer, region: Region, look: Look
) -> None:
    told: list[object] = []
    restorer.running_changed.connect(told.append)
    restorer.completed.connect(told.append)
    restorer.progressed.connect(told.append)
    look(region, DiscBlur(3))
    assert not restorer.is_running
    client.finish()
    assert told == []


def test_restore_takes_the_place_of_a_look_and_does_the_whole_region(
    client: Any, restorer: Restorer, region: Region, view: list[View], look: Look
) -> None:
    view[0] = View(Rect(50, 50, 10, 10), Point(55, 55))
    look(region, DiscBlur(3))
    restorer.restore()
    assert restorer.is_running
    last = client.requests[-1][-1]
    grid = last.key.grid
    assert {grid.support(i) for i in last.indices} == {
        grid.support(i) for i in grid.tiles_touching(BOX)
    }
    client.finish()
    assert restorer.outlook.is_restored


def test_undoing_a_dial_needs_no_solver(
    qtbot: QtBot, session: Session, client: Any, region: Region, look: Look
) -> None:
    region = look(region, MotionBlur(9, 0))
    client.finish()
    look(region, MotionBlur(10, 0))
    client.finish()
    assert session.current is not None
    session.current.undo_stack.undo()
    qtbot.wait(30)
    assert len(client.requests) == 2
    assert session.read(region.id, Rect(100, 100, 4, 4)) is not None


def test_another_region_that_is_being_restored_goes_on_after_the_look(
    qtbot: QtBot,
    session: Session,
    client: Any,
    restorer: Restorer,
    live: LivePreview,
    region: Region,
    rectangle: Callable[[Rect], Region],
) -> None:
    other = rectangle(Rect(400, 250, 100, 100))
    restorer.restore()
    session.select(region.id)
    turn(session, region, DiscBlur(2))
    qtbot.waitUntil(lambda: client.requests[-1][0].key.deconvolution is not None)
    passes = client.requests[-1]
    assert passes[0].region_id == region.id
    assert passes[-1].region_id == other.id
    assert restorer.is_running


def test_of_a_large_photo_a_glance_solves_no_more_than_is_seen(
    session: Session,
    client: Any,
    restorer: Restorer,
    make_photo: MakePhoto,
    view: list[View],
    look: Look,
) -> None:
    size = Size(3000, 2000)
    session.open(make_photo(size))
    view[0] = View(Rect(0, 0, *size), Point(1500, 1000))
    region = session.add_whole_photo()
    assert region is not None
    look(region, DiscBlur(6))
    assert {each.key.grid.factor for each in client.requests[0]} == {4}
    client.finish()
    assert restorer.outlook.tiles > 0  # full size is for Restore


def test_a_view_that_moves_is_followed(
    qtbot: QtBot,
    session: Session,
    client: Any,
    live: LivePreview,
    make_photo: MakePhoto,
    view: list[View],
    look: Look,
) -> None:
    session.open(make_photo(Size(3000, 2000)))
    view[0] = View(Rect(0, 0, 300, 200), Point(150, 100))
    region = session.add_whole_photo()
    assert region is not None
    look(region, DiscBlur(3))
    client.finish()
    view[0] = View(Rect(2500, 1700, 300, 200), Point(2650, 1800))
    live.follow_view()
    wait_for_look(qtbot, client, 2)
    passes = client.requests[1]
    assert all(
        each.key.grid.support(index).overlaps(view[0].visible)
        for each in passes
        for index in each.indices
    )


def test_deleting_the_region_ends_the_look(
    qtbot: QtBot, session: Session, client: Any, region: Region, look: Look
) -> None:
    look(region, DiscBlur(3))
    session.remove_region(region.id)
    assert client.cancelled == 1
    qtbot.wait(30)
    assert len(client.requests) == 1


def test_a_network_is_never_run_without_being_asked(
    qtbot: QtBot, session: Session, client: Any, live: LivePreview, region: Region
) -> None:
    changed = replace(region, model=replace(region.model, quality="best"))
    session.edit_region(changed, "Change Quality")
    qtbot.wait(30)
    assert client.requests == []


def test_a_dial_that_moves_faster_than_the_machine_still_shows_something(
    qtbot: QtBot, session: Session, client: Any, region: Region, look: Look
) -> None:
    region = look(region, MotionBlur(9, 0), "drag")
    for length in range(10, 16):
        region = turn(session, region, MotionBlur(length, 0), "drag")
        qtbot.wait(10)
    assert len(client.requests) == 1  # it was given a moment,
    client.give_tile(request_id=1, value=30000)
    read = session.read(region.id, Rect(100, 100, 4, 4))
    assert read is not None
    assert (read[0] == 30000).all()  # showed what it had,
    wait_for_look(qtbot, client, 2)  # and gave way to the latest.
    assert client.requests[1][0].key.deconvolution.blur == MotionBlur(15, 0)
