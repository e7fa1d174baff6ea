"""The lasso: a line by hand that closes itself."""

from __future__ import annotations

import numpy as np

from unblur.document.geometry import Point, Rect, Size
from unblur.document.shapes import Lasso, Mode, Rectangle
from unblur.imaging.masks import rasterize
from unblur.ui.canvas.view import ViewTransform
from unblur.ui.tools.lasso import LassoTool
from unblur.ui.tools.tool import Pointer

AROUND = [(300 + 90 * np.cos(a), 300 + 60 * np.sin(a)) for a in np.linspace(0, 6, 200)]


def test_a_line_around_something_becomes_its_inside(make_context) -> None:
    context = make_context()
    context.drag(LassoTool(), *AROUND)
    document, text = context.commits[0]
    assert len(context.commits) == 1
    assert text == "Draw Lasso"
    assert context.picked == [document.regions[0].id]
    shapes = document.regions[0].shapes
    assert isinstance(shapes[0], Lasso)
    mask = rasterize(shapes, 0.0, document.photo.rect, document.photo.size)
    # The line was not drawn to its end: the straight way back closes it.
    assert mask[300, 300] == 1
    assert not mask[300, :205].any()


def test_points_that_lie_close_together_are_left_out_at_any_zoom(make_context) -> None:
    counts = []
    for reach in (1.0, 40.0):
        context, tool = make_context(), LassoTool()
        gesture = tool.begin(context, Pointer(Point(*AROUND[0]), reach))
        for point in AROUND[1:]:
            gesture.move(Pointer(Point(*point), reach))
        gesture.release(Pointer(Point(*AROUND[-1]), reach))
        counts.append(len(context.commits[0][0].regions[0].shapes[0].points))
    assert counts[0] > 190
    assert counts[1] < 100


def test_a_slip_of_the_hand_selects(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(100, 100, 100, 100)))
    context = make_context(region)
    context.drag(LassoTool(), (150, 150), (152, 153), (155, 150))
    context.drag(LassoTool(), (500, 500), (600, 501))
    assert context.commits == []
    assert context.picked == [region.id, None]


def test_with_alt_it_takes_away(make_context, make_region) -> None:
    region = make_region(Rectangle(Rect(0, 0, 600, 600)))
    context = make_context(region)
    context.selected = region.id
    context.drag(LassoTool(), *AROUND, presses="alt")
    assert context.commits[0][1] == "Subtract Lasso"
    assert context.document.regions[0].shapes[-1].mode is Mode.SUBTRACT


def test_cancelling_leaves_no_trace(make_context) -> None:
    context, tool = make_context(), LassoTool()
    view = ViewTransform(Size(800, 600), Size(800, 600))
    gesture = tool.begin(context, Pointer(Point(*AROUND[0])))
    for point in AROUND[1:]:
        gesture.move(Pointer(Point(*point)))
    assert not tool.extent(view, context, None).isEmpty()
    gesture.cancel()
    assert tool.extent(view, context, None).isEmpty()
    assert context.commits == []
