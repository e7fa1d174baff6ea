"""The bar above the photo says and changes what the tool in hand does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QToolBar
from pytestqt.qtbot import QtBot

from unblur.bootstrap import Program
from unblur.document.shapes import Pressure
from unblur.ui.actions import ActionId
from unblur.ui.panels.tool_options import ToolOptionsBar, position_of, radius_at
from unblur.ui.tools.box import EllipseTool
from unblur.ui.tools.brush import BrushTool, EraserTool, ProtectTool
from unblur.ui.tools.lasso import LassoTool
from unblur.ui.tools.options import MAX_RADIUS, MIN_RADIUS, DrawMode

MODES = (
    ActionId.MODE_NEW,
    ActionId.MODE_ADD,
    ActionId.MODE_SUBTRACT,
    ActionId.MODE_INTERSECT,
)


@pytest.fixture
def bar(program: Program, person: Any, save: Callable[..., Path]) -> ToolOptionsBar:
    person.opens(save())
    found = program.window.findChild(QToolBar, "toolOptions")
    assert isinstance(found, ToolOptionsBar)
    return found


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (ActionId.ELLIPSE_TOOL, EllipseTool),
        (ActionId.LASSO_TOOL, LassoTool),
        (ActionId.BRUSH_TOOL, BrushTool),
        (ActionId.ERASER_TOOL, EraserTool),
        (ActionId.PROTECT_TOOL, ProtectTool),
    ],
)
def test_every_tool_is_taken_by_its_action(
    program: Program, bar: ToolOptionsBar, identity: ActionId, kind: type
) -> None:
    program.actions[identity].trigger()
    assert type(program.canvas.tool) is kind
    assert program.actions[identity].isChecked()


def test_only_what_the_tool_has_is_shown(program: Program, bar: ToolOptionsBar) -> None:
    def shown() -> tuple[list[ActionId], bool]:
        modes = [identity for identity in MODES if program.actions[identity].isVisible()]
        return modes, all(part.isVisible() for part in bar._brush_parts)

    expected = {
        ActionId.RECTANGLE_TOOL: (list(MODES), False),
        ActionId.BRUSH_TOOL: (list(MODES[1:]), True),
        ActionId.ERASER_TOOL: ([], True),
        ActionId.PAN_TOOL: ([], False),
        ActionId.PROTECT_TOOL: (list(MODES[1:]), True),
    }
    for identity, wanted in expected.items():
        program.actions[identity].trigger()
        assert shown() == wanted


def test_shapes_and_brushes_each_keep_their_mode(program: Program, bar: ToolOptionsBar) -> None:
    program.actions[ActionId.LASSO_TOOL].trigger()
    program.actions[ActionId.MODE_INTERSECT].trigger()
    program.actions[ActionId.BRUSH_TOOL].trigger()
    assert program.actions[ActionId.MODE_ADD].isChecked()
    program.actions[ActionId.MODE_SUBTRACT].trigger()
    program.actions[ActionId.ELLIPSE_TOOL].trigger()
    assert program.actions[ActionId.MODE_INTERSECT].isChecked()
    options = program.tools.options
    assert (options.shape_mode, options.brush_mode) == (DrawMode.INTERSECT, DrawMode.SUBTRACT)


def test_slider_keys_and_wheel_size_the_same_brush(
    program: Program, bar: ToolOptionsBar, qtbot: QtBot
) -> None:
    program.actions[ActionId.BRUSH_TOOL].trigger()
    tip = program.tools.options.tip
    bar.size_slider.slider.setValue(position_of(100))
    assert tip.radius == pytest.approx(100, rel=0.03)
    before = bar.size_slider.slider.value()
    program.actions[ActionId.BRUSH_LARGER].trigger()
    assert tip.radius > 110
    assert bar.size_slider.slider.value() > before
    program.actions[ActionId.BRUSH_SMALLER].trigger()
    program.canvas.resize_tool(-3)
    assert tip.radius < 70
    assert bar.size_slider.slider.value() < before
    program.actions[ActionId.ERASER_TOOL].trigger()
    assert program.canvas.tool.radius == tip.radius  # type: ignore[attr-defined]


def test_hardness_and_pressure_are_chosen_in_the_bar(program: Program, bar: ToolOptionsBar) -> None:
    program.actions[ActionId.BRUSH_TOOL].trigger()
    bar.hardness_slider.slider.setValue(60)
    index = bar.pressure.findData(Pressure.OPACITY)
    bar.pressure.setCurrentIndex(index)
    bar.pressure.activated.emit(index)
    tip = program.tools.options.tip
    assert (tip.hardness, tip.pressure) == (pytest.approx(0.3), Pressure.OPACITY)


def test_the_slider_reaches_every_size() -> None:
    assert radius_at(0) == MIN_RADIUS
    assert radius_at(200) == pytest.approx(MAX_RADIUS)
    assert all(position_of(radius_at(at)) == at for at in range(201))


def test_without_a_photo_the_bar_is_away(program: Program) -> None:
    found = program.window.findChild(QToolBar, "toolOptions")
    assert found is not None
    assert not found.isVisible()
