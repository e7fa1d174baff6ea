from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Ellipse, Rectangle
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.face import FaceTool
from unblur.ui.tools.tool import Pointer

OVAL = Rect(100, 100, 60, 80)
_VIEW = ViewTransform(Size(800, 600), Size(800, 600))


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def tool(told: list[object]) -> FaceTool:
    return FaceTool(told.append, told.append)


def test_a_click_asks_for_the_face_there(
    tool: FaceTool, told: list[object], make_context: Any
) -> None:
    context = make_context()
    context.drag(tool, (300, 200), (303, 202))
    assert told == [Point(300, 200)]
    assert context.commits == []


@pytest.mark.parametrize("keys", [{"is_shift": True}, {"is_alt": True}])
def test_a_click_means_the_same_with_any_key(
    keys: dict[str, bool],
    tool: FaceTool,
    told: list[object],
    make_context: Any,
    make_region: Any,
) -> None:
    region = make_region(Rectangle(Rect(0, 0, 20, 20)))
    context = make_context(region)
    context.selected = region.id
    context.drag(tool, (300, 200), **keys)
    assert told == [Point(300, 200)]


def test_a_click_beside_the_photo_asks_nothing(
    tool: FaceTool, told: list[object], make_context: Any
) -> None:
    make_context().drag(tool, (-5, 200))
    assert told == []


def test_a_click_on_an_oval_selects_it(
    tool: FaceTool, told: list[object], make_context: Any, make_region: Any
) -> None:
    region = make_region(Ellipse(OVAL))
    context = make_context(region)
    context.drag(tool, (130, 140))
    assert (told, context.picked) == ([], [region.id])


def test_within_a_region_of_another_kind_faces_are_looked_for(
    tool: FaceTool, told: list[object], make_context: Any, make_region: Any
) -> None:
    context = make_context(make_region(Rectangle(Rect(0, 0, 400, 300))))
    context.drag(tool, (300, 200))
    assert told == [Point(300, 200)]


def test_a_drag_draws_the_oval_and_shows_it_meanwhile(
    tool: FaceTool, told: list[object], make_context: Any
) -> None:
    context = make_context()
    gesture = tool.begin(context, Pointer(Point(100, 100), reach=4.0))
    assert gesture is not None
    gesture.move(Pointer(Point(160, 180), reach=4.0))
    extent = tool.extent(_VIEW, context, None)
    assert extent.width() >= 60
    gesture.release(Pointer(Point(160, 180), reach=4.0))
    assert told == [Ellipse(OVAL)]
    assert tool.extent(_VIEW, context, None).isEmpty()


def test_esc_asks_and_draws_nothing(tool: FaceTool, told: list[object], make_context: Any) -> None:
    context = make_context()
    gesture = tool.begin(context, Pointer(Point(100, 100), reach=4.0))
    assert gesture is not None
    gesture.move(Pointer(Point(160, 180), reach=4.0))
    gesture.cancel()
    assert told == context.commits == []
    assert tool.extent(_VIEW, context, None).isEmpty()


def test_the_selected_oval_is_adjusted_as_with_the_ellipse(
    tool: FaceTool, told: list[object], make_context: Any, make_region: Any
) -> None:
    region = make_region(Ellipse(OVAL))
    context = make_context(region)
    context.selected = region.id
    context.drag(tool, (130, 140), (140, 160))
    assert told == []
    assert context.document.region(region.id).shapes == (Ellipse(Rect(110, 120, 60, 80)),)


def test_the_pointer_says_what_a_press_does(
    tool: FaceTool, make_context: Any, make_region: Any
) -> None:
    region = make_region(Ellipse(OVAL))
    context = make_context(region)
    on_it, beside = Pointer(Point(130, 140), reach=4.0), Pointer(Point(300, 300), reach=4.0)
    assert tool.cursor(context, beside) is Qt.CursorShape.CrossCursor
    assert tool.cursor(context, on_it) is Qt.CursorShape.PointingHandCursor
    context.selected = region.id
    assert tool.cursor(context, on_it) is Qt.CursorShape.SizeAllCursor
