"""Refining edges: which regions get the better mask, and that it is one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur.document.found_masks import found_mask
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Ellipse, FoundMask, Invert, WholePhoto
from unblur.imaging.masks import rasterize
from unblur.ui import heavy
from unblur.ui.edge_refinement import EdgeRefinement
from unblur.ui.session import Session
from unblur.workers.files import FileJobs

MakePhoto = Callable[..., Photo]
OVAL = Ellipse(Rect(100, 100, 60, 80))


def mask_of(size: int) -> FoundMask:
    mask = np.zeros((400, 600), np.float32)
    mask[:size, :size] = 1.0
    return found_mask(mask)


OLD, BETTER = mask_of(50), mask_of(60)


class Refiner:
    """Gives `mask` once `gate` is open; what it was asked for is kept."""

    def __init__(self) -> None:
        self.mask: FoundMask | None = BETTER
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[tuple[Any, ...]] = []

    def __call__(
        self, document: Any, layers: Any, shapes: Any, proceed: Callable[[], None]
    ) -> FoundMask | None:
        self.asked.append(shapes)
        assert self.gate.wait(10)
        proceed()
        return self.mask


@pytest.fixture
def refiner() -> Refiner:
    return Refiner()


@pytest.fixture
def edges(session: Session, refiner: Refiner, qtbot: QtBot) -> Iterator[EdgeRefinement]:
    jobs = FileJobs()
    yield EdgeRefinement(session, jobs, refiner, jobs)
    refiner.gate.set()
    jobs.shutdown()
    jobs.deleteLater()


@pytest.fixture
def add(session: Session, make_photo: MakePhoto) -> Callable[..., Region]:
    session.open(make_photo())

    def add(*shapes: Any) -> Region:
        region = session.new_region(*shapes)
        assert session.document is not None
        session.edit(session.document.with_region(region), "Add Region")
        return region

    return add


def refine(qtbot: QtBot, edges: EdgeRefinement) -> None:
    with qtbot.waitSignal(edges.question.answered):
        edges.refine()


def test_the_selected_region_gets_the_better_mask_as_one_step(
    qtbot: QtBot, session: Session, edges: EdgeRefinement, refiner: Refiner, add: Any
) -> None:
    other, region = add(Ellipse(Rect(300, 100, 60, 80))), add(OVAL)
    refine(qtbot, edges)
    assert refiner.asked == [(OVAL,)]
    assert session.document is not None
    assert session.document.region(region.id) == replace(region, shapes=(BETTER,))
    assert session.document.region(other.id) == other
    stack = session.undo_group.activeStack()
    assert stack.undoText() == "Refine Edges"
    stack.undo()
    assert session.document.region(region.id) == region


@pytest.mark.parametrize("selected", ["people", "background"])
def test_people_and_background_share_the_photo_as_before(
    selected: str, qtbot: QtBot, session: Session, edges: EdgeRefinement, add: Any
) -> None:
    regions = {"background": add(OLD, Invert()), "people": add(OLD)}
    session.select(regions[selected].id)
    refine(qtbot, edges)
    assert session.document is not None
    found = {name: session.document.region(each.id) for name, each in regions.items()}
    assert found["people"] is not None
    assert found["background"] is not None
    assert found["people"].shapes == (BETTER,)
    assert found["background"].shapes == (BETTER, Invert())


@pytest.mark.parametrize("shapes", [(WholePhoto(),), ()])
def test_what_has_no_edge_is_not_refined(
    shapes: tuple[Any, ...], edges: EdgeRefinement, refiner: Refiner, add: Any
) -> None:
    add(*shapes)
    edges.refine()
    assert not edges.question.is_busy
    assert refiner.asked == []


def test_a_mask_that_was_changed_meanwhile_stays(
    qtbot: QtBot, session: Session, edges: EdgeRefinement, refiner: Refiner, add: Any
) -> None:
    region = add(OVAL)
    refiner.gate.clear()
    edges.refine()
    session.edit_region(replace(region, shapes=(OLD,)), "Draw")
    with qtbot.waitSignal(edges.question.answered):
        refiner.gate.set()
    assert session.selected_region is not None
    assert session.selected_region.shapes == (OLD,)


def test_where_nothing_is_left_the_mask_stays(
    qtbot: QtBot, session: Session, edges: EdgeRefinement, refiner: Refiner, add: Any
) -> None:
    region = add(OVAL)
    refiner.mask = None
    refine(qtbot, edges)
    assert session.selected_region == region


class _Restored:
    """A photo restored to `pixels` (uint16) everywhere."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def read(self, _region_id: str, rect: Rect) -> tuple[np.ndarray, np.ndarray]:
        return self._pixels[rect.slices], np.ones((rect.height, rect.width), np.float32)


def test_the_edge_moves_to_where_the_restored_pixels_show_it(
    session: Session, make_photo: MakePhoto
) -> None:
    flat = np.full((400, 600, 3), 128, np.uint8)
    flat.setflags(write=False)
    opened = session.open(replace(make_photo(), pixels=flat))
    sharp = np.full((400, 600, 3), 8000, np.uint16)
    sharp[100:300, 200:400] = 56000
    wrong = np.zeros((400, 600), np.float32)
    wrong[104:304, 204:404] = 1.0  # by four pixels
    people = session.new_region(found_mask(wrong))
    whole = session.new_region(WholePhoto())
    document = opened.document.with_region(whole).with_region(people)

    found = heavy.refine_mask(document, _Restored(sharp), people.shapes, lambda: None)

    assert found is not None
    mask = rasterize((found,), 0.0, document.photo.rect, document.photo.size)
    right = np.zeros_like(wrong)
    right[100:300, 200:400] = 1.0
    assert np.abs(mask - right).sum() < 0.35 * np.abs(wrong - right).sum()


@pytest.mark.parametrize(("is_same", "expected"), [(True, True), (False, False)])
def test_people_are_found_anew_in_what_was_restored_if_it_is_they(
    is_same: bool,
    expected: bool,
    session: Session,
    make_photo: MakePhoto,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = session.open(make_photo())
    old = mask_of(100)
    anew = mask_of(104 if is_same else 60)
    asked: list[bool] = []

    def find(_pixels: object, is_sharp: bool, _proceed: object) -> FoundMask:
        asked.append(is_sharp)
        return anew

    monkeypatch.setattr(heavy, "find_people", find)
    found = heavy.refine_mask(opened.document, _Nothing(), (old,), lambda: None)
    assert (found == anew) is expected
    drawn = heavy.refine_mask(opened.document, _Nothing(), (OVAL,), lambda: None)
    assert drawn != anew
    assert asked == [True]


class _Nothing:
    """Nothing was restored."""

    def read(self, _region_id: str, _rect: Rect) -> None:
        return None
