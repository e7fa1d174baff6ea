"""Icons: what an empty window shows at first is what it shows later."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from unblur import paths
from unblur.ui.actions import SPECS, Actions
from unblur.ui.icons import IconSet
from unblur.ui.theme import DARK, LIGHT, Theme
from unblur.ui.window_menus import TOOL_BAR

SIZE = QSize(20, 20)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_tool_bars_first_icons_look_like_the_whole_ones(
    qapp: QApplication, theme: Theme
) -> None:
    drawings = paths.resources_dir() / "icons"
    first, whole = Actions(IconSet(drawings)), Actions(IconSet(drawings))
    first.paint_first(theme, TOOL_BAR)
    whole.paint(theme)

    for identity in TOOL_BAR:
        is_enabled = first[identity].isEnabled()
        mode = QIcon.Mode.Normal if is_enabled else QIcon.Mode.Disabled
        seen, later = (each[identity].icon().pixmap(SIZE, 1.0, mode) for each in (first, whole))
        assert not seen.isNull(), identity
        assert seen.toImage() == later.toImage(), identity


def test_every_action_of_the_tool_bar_has_an_icon() -> None:
    assert all(SPECS[identity].icon for identity in TOOL_BAR)
