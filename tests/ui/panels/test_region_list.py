from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Region
from unblur.document.shapes import Rectangle
from unblur.ui.icons import IconSet
from unblur.ui.panels.region_list import RegionList
from unblur.ui.qimage import rgb_array
from unblur.ui.session import Session
from unblur.ui.theme import DARK

AddRectangle = Callable[[Rect], Region]


@pytest.fixture
def halves(session: Session, make_photo: Callable[..., Photo]) -> None:
    """A photo that is red on the left and blue on the right."""
    photo = make_photo()
    pixels = np.zeros_like(photo.pixels)
    pixels[:, :300, 0] = pixels[:, 300:, 2] = 255
    pixels.setflags(write=False)
    session.open(replace(photo, pixels=pixels))


@pytest.fixture
def regions(qtbot: QtBot, session: Session) -> RegionList:
    widget = RegionList(session, IconSet(paths.resources_dir() / "icons"), DARK)
    qtbot.addWidget(widget)
    return widget


def colours(regions: RegionList) -> list[tuple[int, ...]]:
    """The colour in the middle of every row's picture."""
    found = []
    for i in range(regions.count()):
        row = regions.itemWidget(regions.item(i))
        picture = rgb_array(row._picture.pixmap().toImage())
        found.append(tuple(picture[picture.shape[0] // 2, picture.shape[1] // 2].tolist()))
    return found


@pytest.mark.usefixtures("halves")
def test_a_row_shows_what_its_region_holds(
    session: Session, regions: RegionList, rectangle: AddRectangle
) -> None:
    rectangle(Rect(20, 20, 100, 80))
    right = rectangle(Rect(400, 20, 100, 80))
    assert colours(regions) == [(0, 0, 255), (255, 0, 0)]  # the topmost comes first
    session.edit_region(replace(right, shapes=(Rectangle(Rect(40, 50, 90, 90)),)), "Move")
    assert colours(regions) == [(255, 0, 0), (255, 0, 0)]


@pytest.mark.usefixtures("halves")
def test_a_region_that_lies_beyond_the_photo_has_no_picture(
    session: Session, regions: RegionList, rectangle: AddRectangle
) -> None:
    rectangle(Rect(5000, 5000, 10, 10))
    assert regions.itemWidget(regions.item(0))._picture.pixmap().isNull()
