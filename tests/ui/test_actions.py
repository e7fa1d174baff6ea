from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.ui.actions import SPECS, ActionId, Actions
from unblur.ui.icons import IconSet
from unblur.ui.theme import DARK, LIGHT
from unblur.ui.window_menus import _MENUS, _TOOL_BAR, _TOOL_BAR_RIGHT


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    return Actions(IconSet(paths.resources_dir() / "icons"))


def test_every_identity_is_declared() -> None:
    assert set(SPECS) == set(ActionId)


def test_no_two_actions_share_a_key(actions: Actions) -> None:
    keys = Counter(key.toString() for action in actions.all() for key in action.shortcuts())
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_tool_tip_names_the_key(actions: Actions) -> None:
    for action in actions.all():
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert action.toolTip()
        assert shortcut in action.toolTip()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_icon_of_an_action_exists(actions: Actions, theme: object) -> None:
    actions.paint(theme)  # type: ignore[arg-type]
    assert all(not actions[i].icon().isNull() for i, spec in SPECS.items() if spec.icon)


def test_what_needs_a_photo_is_off_without_one(actions: Actions) -> None:
    actions.enable(photo=False, region=False)
    assert not actions[ActionId.EXPORT].isEnabled()
    assert actions[ActionId.OPEN].isEnabled()


def test_menus_and_tool_bar_name_each_action_once() -> None:
    for entries in (*_MENUS.values(), (*_TOOL_BAR, *_TOOL_BAR_RIGHT)):
        named = [entry for entry in entries if entry is not None]
        assert len(named) == len(set(named))
