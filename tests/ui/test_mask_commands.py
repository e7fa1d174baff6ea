"""Commands on a region's mask in the window: each is one step, and undo takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.geometry import Point, Rect
from unblur.document.region import Region
from unblur.document.shapes import BrushStroke, Grow, Invert, Rectangle
from unblur.imaging.masks import rasterize
from unblur.ui.actions import ActionId
from unblur.ui.edit_command import EditCommand

Save = Callable[..., Path]
BOX = Rect(20, 20, 100, 80)


@pytest.fixture
def opened(program: Program, person: Any, save: Save) -> Program:
    """A photo with one region."""
    person.opens(save())
    person.adds_region(BOX)
    return program


def region(program: Program) -> Region:
    selected = program.session.selected_region
    assert selected is not None
    return selected


@pytest.mark.parametrize(
    ("identity", "text", "shapes"),
    [
        (ActionId.INVERT_REGION, "Invert Region", (Rectangle(BOX), Invert())),
        (ActionId.GROW_REGION, "Grow Region", (Rectangle(BOX), Grow(8))),
        (ActionId.SHRINK_REGION, "Shrink Region", (Rectangle(BOX), Grow(-8))),
        (ActionId.CLEAR_REGION, "Clear Region", ()),
    ],
)
def test_each_command_is_one_step_that_undo_takes_back(
    opened: Program, identity: ActionId, text: str, shapes: tuple[Any, ...]
) -> None:
    steps = opened.session.undo_group.activeStack().count()
    opened.actions[identity].trigger()
    assert region(opened).shapes == shapes
    stack = opened.session.undo_group.activeStack()
    assert stack.count() == steps + 1
    assert stack.undoText() == text
    assert isinstance(stack.command(steps), EditCommand)
    opened.actions[ActionId.UNDO].trigger()
    assert region(opened).shapes == (Rectangle(BOX),)
    opened.actions[ActionId.REDO].trigger()
    assert region(opened).shapes == shapes


def test_the_panel_says_by_how_many_pixels(opened: Program) -> None:
    opened.panel.mask_row._edge.setValue(3)
    opened.actions[ActionId.GROW_REGION].trigger()
    opened.actions[ActionId.GROW_REGION].trigger()
    assert region(opened).shapes[-1] == Grow(6)


def test_commands_that_would_change_nothing_are_off(opened: Program) -> None:
    edges = (ActionId.GROW_REGION, ActionId.SHRINK_REGION)
    assert all(opened.actions[identity].isEnabled() for identity in edges)
    opened.actions[ActionId.CLEAR_REGION].trigger()
    assert not any(opened.actions[i].isEnabled() for i in (*edges, ActionId.CLEAR_REGION))
    assert opened.actions[ActionId.INVERT_REGION].isEnabled()
    opened.actions[ActionId.WHOLE_PHOTO].trigger()
    assert not any(opened.actions[identity].isEnabled() for identity in edges)
    opened.session.select(None)
    assert not opened.actions[ActionId.INVERT_REGION].isEnabled()


def test_an_inverted_region_restores_the_tiles_around_it(qtbot: QtBot, opened: Program) -> None:
    opened.actions[ActionId.INVERT_REGION].trigger()
    photo = opened.session.document.photo  # type: ignore[union-attr]
    mask = rasterize(region(opened).shapes, 0.0, photo.rect, photo.size)
    assert not mask[BOX.slices].any()
    assert mask.sum() == photo.size.area - BOX.size.area
    qtbot.waitUntil(lambda: opened.restorer.outlook.tiles > 0)


def test_what_is_protected_is_shown_cleared_and_comes_back(opened: Program) -> None:
    row, clear = opened.panel.mask_row, opened.actions[ActionId.CLEAR_PROTECTION]
    assert row._protected.isHidden()
    assert not clear.isEnabled()
    protect(opened)
    assert not row._protected.isHidden()
    clear.trigger()
    assert opened.session.document.protection == ()  # type: ignore[union-attr]
    assert row._protected.isHidden()
    opened.actions[ActionId.UNDO].trigger()
    assert opened.session.document.protection == (STROKE,)  # type: ignore[union-attr]


def test_protection_is_exported_bit_for_bit(
    qtbot: QtBot, opened: Program, client: Any, tmp_path: Path
) -> None:
    from unblur.imaging.export import export

    protect(opened)
    opened.restorer.restore()
    client.finish()
    shown = opened.session.current
    assert shown is not None
    target = tmp_path / "out.png"
    export(shown.document, shown.snapshot(is_accelerated=False), target)
    out, source = np.asarray(Image.open(target)), shown.photo.pixels
    shield = rasterize((STROKE,), 0.0, shown.photo.rect, shown.photo.size)
    inside = rasterize((Rectangle(BOX),), 0.0, shown.photo.rect, shown.photo.size)
    np.testing.assert_array_equal(out[shield == 1], source[shield == 1])
    np.testing.assert_array_equal(out[inside == 0], source[inside == 0])
    restored = (inside == 1) & (shield == 0)
    assert (out[restored] == round(40000 / 257)).all()


STROKE = BrushStroke((Point(60, 60), Point(90, 60)), 12)


def protect(program: Program) -> None:
    from dataclasses import replace

    document = program.session.document
    assert document is not None
    program.session.edit(replace(document, protection=(STROKE,)), "Protect")
