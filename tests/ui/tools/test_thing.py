from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from unblur.document.geometry import Point, Rect, Size
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.thing import Pointing, ThingTool
from unblur.ui.tools.tool import Pointer

Drag = Callable[..., Any]


@pytest.fixture
def asked() -> list[Pointing]:
    return []


def dragged(tool: ThingTool, context: Any, *places: tuple[float, float], **how: bool) -> Any:
    pointers = [Pointer(Point(*place), 4.0, **how) for place in places]
    gesture = tool.begin(context, pointers[0])
    assert gesture is not None
    for pointer in pointers[1:]:
        gesture.move(pointer)
    return gesture, pointers[-1]


def test_a_click_points_at_a_place(asked: list[Pointing], make_context: Any) -> None:
    gesture, last = dragged(ThingTool(asked.append), make_context(), (30, 40), (31, 41))
    gesture.release(last)
    assert asked == [Pointing(Point(30, 40))]


@pytest.mark.parametrize(
    ("key", "meant"), [("is_alt", {"is_outside": True}), ("is_shift", {"is_other": True})]
)
def test_keys_say_what_a_click_means(
    key: str, meant: dict[str, bool], asked: list[Pointing], make_context: Any
) -> None:
    gesture, last = dragged(ThingTool(asked.append), make_context(), (30, 40), **{key: True})
    gesture.release(last)
    assert asked == [Pointing(Point(30, 40), **meant)]


def test_a_drag_points_with_a_box_and_shows_it_meanwhile(
    asked: list[Pointing], make_context: Any
) -> None:
    tool, context = ThingTool(asked.append), make_context()
    gesture, last = dragged(tool, context, (90, 80), (40, 30), (20, 10))
    view = ViewTransform(Size(800, 600), Size(800, 600))
    assert tool.extent(view, context, None).width() > 70
    gesture.release(last)
    assert asked == [Pointing(box=Rect(20, 10, 70, 70), is_other=True)]
    assert tool.extent(view, context, None).isEmpty()


def test_a_cancelled_box_asks_nothing(asked: list[Pointing], make_context: Any) -> None:
    tool = ThingTool(asked.append)
    gesture, _ = dragged(tool, make_context(), (90, 80), (20, 10))
    gesture.cancel()
    assert asked == []
    assert tool.box is None


def test_without_a_photo_there_is_nothing_to_point_at(
    asked: list[Pointing], make_context: Any
) -> None:
    context = make_context()
    context.document = None
    assert ThingTool(asked.append).begin(context, Pointer(Point(1, 1))) is None
