from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from unblur.document.geometry import Point, Rect, Size
from unblur.document.photo import Photo
from unblur.document.region import Region, Scale
from unblur.document.shapes import BrushStroke, Rectangle
from unblur.errors import DeviceMemoryError
from unblur.ui.layer_store import LayerStore
from unblur.ui.restore_passes import View
from unblur.ui.restorer import Progress, Restorer
from unblur.ui.session import Session

AddRectangle = Callable[[Rect], Region]
MakePhoto = Callable[..., Photo]
LARGE = Size(1600, 1200)


@pytest.fixture
def small(session: Session, make_photo: MakePhoto, rectangle: AddRectangle) -> Region:
    """A region of one tile in an open photo."""
    session.open(make_photo())
    return rectangle(Rect(20, 20, 100, 80))


@pytest.fixture
def large(session: Session, make_photo: MakePhoto, rectangle: AddRectangle) -> Region:
    """A region of many tiles at scale 1."""
    session.open(make_photo(LARGE))
    return rectangle(Rect(0, 0, 1200, 1000))


def factors(request: Any) -> list[int]:
    return [item.key.grid.factor for item in request]


def test_without_a_region_restore_makes_one_of_the_whole_photo(
    session: Session, restorer: Restorer, client: Any, make_photo: MakePhoto
) -> None:
    opened = session.open(make_photo())
    restorer.restore()
    assert opened.document.regions[0].is_whole_photo
    assert client.requests[-1][-1].region_id == opened.document.regions[0].id


def test_a_run_says_how_many_tiles_the_model_failed_on(
    qtbot: QtBot, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.restore()
    client.give_tile(is_left=True)
    client.give_tile(is_left=True)
    with qtbot.waitSignal(restorer.left) as told:
        client.finish()
    assert told.args == [2]
    restorer.restore()
    with qtbot.assertNotEmitted(restorer.left):
        client.finish()


def test_a_run_follows_the_view_of_its_own_photo_alone(
    session: Session, restorer: Restorer, client: Any, large: Region, make_photo: MakePhoto
) -> None:
    restorer.follow_view()
    assert client.looked_at == []  # nothing runs yet
    restorer.restore()
    restorer.follow_view()
    assert len(client.looked_at) == 1
    session.open(make_photo(path=Path("/photos/other.png")))
    restorer.follow_view()
    assert len(client.looked_at) == 1


def test_one_tile_is_restored_without_a_first_look(
    restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    assert len(client.tiles) == 1
    assert factors(client.requests[0]) == [1]


def test_a_slow_region_gets_a_first_look_at_a_quarter(
    restorer: Restorer, client: Any, large: Region
) -> None:
    client.seconds_per_tile = 2.0
    restorer.restore()
    assert factors(client.requests[0]) == [4, 1]


def test_the_first_look_covers_only_what_is_visible(
    restorer: Restorer, client: Any, large: Region, view: list[View]
) -> None:
    restorer.restore()
    everything = len(client.requests[0][1].indices)
    grid = client.requests[0][0].key.grid
    assert all(
        grid.support(index).overlaps(view[0].visible) for index in client.requests[0][0].indices
    )
    assert everything > len(client.requests[0][0].indices)


def test_a_quick_device_skips_the_first_look(
    restorer: Restorer, client: Any, large: Region
) -> None:
    client.seconds_per_tile = 0.01
    restorer.restore()
    assert factors(client.requests[0]) == [1]


def test_tiles_come_from_the_middle_of_the_view_outwards(
    restorer: Restorer, client: Any, large: Region, view: list[View]
) -> None:
    view[0] = View(Rect(900, 700, 300, 300), Point(1150, 950))
    restorer.restore()
    real = client.requests[0][-1]
    first, last = (real.key.grid.core(real.indices[i]).center for i in (0, -1))
    assert abs(first.x - 1150) < abs(last.x - 1150)
    assert abs(first.y - 950) < abs(last.y - 950)


def test_preview_restores_only_what_is_visible(
    restorer: Restorer, client: Any, large: Region, view: list[View]
) -> None:
    client.seconds_per_tile = 0.01
    view[0] = View(Rect(0, 0, 100, 100), Point(50, 50))
    restorer.preview()
    assert len(client.tiles) == 1
    client.finish()
    restorer.restore()
    assert len(client.tiles) > 1, "the rest is still missing"


def test_finished_tiles_are_kept_shown_and_not_asked_for_again(
    qtbot: QtBot, session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    with qtbot.waitSignal(session.restored_changed) as told:
        client.finish()
    assert told.args[0] == small.id
    pixels = session.read(small.id, Rect(30, 30, 10, 10))
    assert pixels is not None
    assert (pixels[0] == 40000).all()
    assert (pixels[1] == 1).all()
    restorer.restore()
    assert len(client.requests) == 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda region: replace(region, strength=0.3),
        lambda region: replace(region, feather=12.0),
        lambda region: replace(region, name="Face"),
        lambda region: replace(region, shapes=(Rectangle(Rect(30, 30, 40, 40)),)),
    ],
    ids=["strength", "feather", "name", "a smaller mask"],
)
def test_blending_edits_leave_nothing_to_restore(
    session: Session, restorer: Restorer, client: Any, small: Region, edit: Any
) -> None:
    restorer.restore()
    client.finish()
    session.edit_region(edit(small), "Edit")
    session.undo_group.undo()
    session.undo_group.redo()
    restorer.refresh_outlook()
    assert restorer.outlook.tiles == 0
    assert restorer.outlook.is_restored
    assert len(client.requests) == 1


def test_undo_and_redo_of_a_region_find_its_pixels_again(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    client.finish()
    session.undo_group.undo()
    session.undo_group.redo()
    restorer.refresh_outlook()
    assert restorer.outlook.is_restored
    assert session.read(small.id, Rect(30, 30, 4, 4)) is not None


def test_another_quality_is_missing_and_going_back_is_not(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    client.finish()
    better = replace(small, model=replace(small.model, quality="good"))
    session.edit_region(better, "Change Quality")
    restorer.refresh_outlook()
    assert restorer.outlook.tiles == 1
    assert session.read(small.id, Rect(30, 30, 4, 4)) is None, "a draft is not shown as good"
    session.undo_group.undo()
    restorer.refresh_outlook()
    assert restorer.outlook.is_restored


def test_a_mask_that_grows_asks_only_for_the_tiles_that_it_newly_touches(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    client.finish()
    before = client.requests[0][0]
    grown = small.with_shape(BrushStroke((Point(400, 200), Point(420, 210)), 30.0))
    session.edit_region(grown, "Brush")
    restorer.restore()
    after = client.requests[-1][-1]
    assert after.key == before.key, "the grid stays where it was laid"
    assert not set(after.indices) & set(before.indices)


def test_strength_during_a_run_does_not_disturb_it(
    session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.restore()
    client.give_tile()
    session.edit_region(replace(large, strength=0.5), "Change Strength")
    assert restorer.is_running
    assert client.cancelled == 0
    assert len(client.requests) == 1


def test_deleting_the_only_running_region_stops(
    session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.restore()
    session.remove_region(large.id)
    assert not restorer.is_running
    assert client.cancelled == 1


def test_undoing_the_region_during_its_run_stops(
    session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.restore()
    session.undo_group.undo()
    assert not restorer.is_running


def test_the_run_goes_on_with_the_other_regions(
    session: Session,
    restorer: Restorer,
    client: Any,
    large: Region,
    rectangle: AddRectangle,
) -> None:
    other = rectangle(Rect(1300, 20, 100, 100))
    restorer.restore()
    session.remove_region(large.id)
    assert restorer.is_running
    assert {item.region_id for item in client.requests[-1]} == {other.id}


def test_a_region_that_gets_another_model_leaves_the_run_and_is_not_restarted(
    session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.restore()
    changed = replace(large, model=replace(large.model, scale=Scale.QUARTER))
    session.edit_region(changed, "Change Work Scale")
    assert not restorer.is_running
    assert len(client.requests) == 1


def test_hidden_regions_are_not_restored(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    session.edit_region(replace(small, is_visible=False), "Hide Region")
    restorer.restore()
    assert client.requests == []


def test_the_latest_wish_wins_and_old_tiles_are_dropped(
    session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    restorer.preview()
    restorer.restore()
    assert len(client.requests) == 2
    client.give_tile(request_id=1)
    assert session.read(large.id, Rect(500, 400, 4, 4)) is None


def test_stop_keeps_what_is_done(
    qtbot: QtBot, session: Session, restorer: Restorer, client: Any, large: Region
) -> None:
    client.seconds_per_tile = 0.01
    restorer.restore()
    total = len(client.tiles)
    client.give_tile()
    with qtbot.waitSignal(restorer.running_changed) as told:
        restorer.stop()
    assert told.args == [False]
    assert restorer.outlook.tiles == total - 1


def test_a_tile_after_stop_is_dropped(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    restorer.stop()
    client.give_tile()
    assert session.read(small.id, Rect(30, 30, 4, 4)) is None


def test_progress_counts_tiles_and_the_time_that_is_left(
    qtbot: QtBot, restorer: Restorer, client: Any, large: Region
) -> None:
    heard: list[Progress] = []
    restorer.progressed.connect(heard.append)
    restorer.restore()
    client.give_tile()
    client.finish()
    assert heard[0].done == 0
    assert heard[0].seconds_left is None
    assert heard[1].done == 1
    assert heard[-1].done == heard[-1].total == len(client.tiles)
    assert heard[-1].seconds_left == 0


def test_a_failure_ends_the_run_and_keeps_finished_tiles(
    qtbot: QtBot, restorer: Restorer, client: Any, large: Region
) -> None:
    client.seconds_per_tile = 0.01
    restorer.restore()
    client.give_tile()
    with qtbot.waitSignal(restorer.failed):
        client.failed.emit(1, DeviceMemoryError())
    assert not restorer.is_running
    assert restorer.outlook.tiles == len(client.tiles) - 1


def test_a_run_goes_on_while_another_photo_is_shown(
    session: Session, restorer: Restorer, client: Any, small: Region, make_photo: MakePhoto
) -> None:
    first = session.current
    assert first is not None
    restorer.restore()
    session.open(make_photo(path=Path("/photos/b.png")))
    client.finish()
    session.show(first)
    assert session.read(small.id, Rect(30, 30, 4, 4)) is not None


def test_closing_the_photo_stops_its_run(
    session: Session, restorer: Restorer, client: Any, small: Region
) -> None:
    restorer.restore()
    assert session.current is not None
    session.close(session.current)
    assert not restorer.is_running


def test_the_outlook_says_how_long_it_takes(restorer: Restorer, client: Any, large: Region) -> None:
    restorer.refresh_outlook()
    assert restorer.outlook.seconds is None
    client.seconds_per_tile = 0.5
    client.speed_measured.emit()
    assert restorer.outlook.seconds == pytest.approx(0.5 * restorer.outlook.tiles)


def test_the_outlook_speaks_of_the_whole_photo_before_there_is_a_region(
    session: Session, restorer: Restorer, client: Any, make_photo: MakePhoto
) -> None:
    session.open(make_photo(LARGE))
    restorer.refresh_outlook()
    assert not restorer.outlook.has_regions
    expected = restorer.outlook.tiles
    assert expected > 1
    client.seconds_per_tile = 0.01
    restorer.restore()
    assert len(client.tiles) == expected


def test_the_byte_budget_never_costs_the_shown_photo_its_pixels(
    session: Session, restorer: Restorer, client: Any, make_photo: MakePhoto
) -> None:
    session._store = LayerStore(budget=1)
    photos = []
    for name in "ab":
        photos.append(session.open(make_photo(path=Path(f"/photos/{name}.png"))))
        restorer.restore()
        client.finish()
    here, away = photos[1].document.regions[0], photos[0].document.regions[0]
    assert session.read(here.id, Rect(0, 0, 4, 4)) is not None
    session.show(photos[0])
    restorer.refresh_outlook()
    assert session.read(away.id, Rect(0, 0, 4, 4)) is not None or restorer.outlook.tiles > 0
