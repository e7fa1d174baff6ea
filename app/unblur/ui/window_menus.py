"""The menu bar and the tool bar: which actions, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from unblur.ui.actions import ActionId, Actions

_SEPARATOR = None
_FILE_REST: tuple[ActionId | None, ...] = (
    ActionId.PASTE,
    _SEPARATOR,
    ActionId.EXPORT,
    ActionId.CLOSE,
    _SEPARATOR,
    ActionId.QUIT,
)
_MENUS: dict[str, tuple[ActionId | None, ...]] = {
    "&Edit": (
        ActionId.UNDO,
        ActionId.REDO,
        _SEPARATOR,
        ActionId.WHOLE_PHOTO,
        ActionId.FIND_FACES,
        ActionId.FIND_PEOPLE,
        ActionId.RENAME_REGION,
        ActionId.DELETE_REGION,
        _SEPARATOR,
        ActionId.SETTINGS,
    ),
    "Re&gion": (
        ActionId.INVERT_REGION,
        ActionId.GROW_REGION,
        ActionId.SHRINK_REGION,
        ActionId.REFINE_EDGES,
        ActionId.CLEAR_REGION,
        _SEPARATOR,
        ActionId.CLEAR_PROTECTION,
    ),
    "&Restore": (
        ActionId.RESTORE,
        ActionId.PREVIEW,
        ActionId.STOP,
        _SEPARATOR,
        ActionId.MODELS,
    ),
    "&Tools": (
        ActionId.SELECT_TOOL,
        ActionId.PAN_TOOL,
        ActionId.RECTANGLE_TOOL,
        ActionId.ELLIPSE_TOOL,
        ActionId.LASSO_TOOL,
        ActionId.FACE_TOOL,
        ActionId.OBJECT_TOOL,
        ActionId.BRUSH_TOOL,
        ActionId.ERASER_TOOL,
        ActionId.PROTECT_TOOL,
        _SEPARATOR,
        ActionId.MODE_NEW,
        ActionId.MODE_ADD,
        ActionId.MODE_SUBTRACT,
        ActionId.MODE_INTERSECT,
        _SEPARATOR,
        ActionId.SMALLER_OBJECT,
        ActionId.LARGER_OBJECT,
        ActionId.BRUSH_SMALLER,
        ActionId.BRUSH_LARGER,
    ),
    "&View": (
        ActionId.SPLIT_VERTICAL,
        ActionId.SPLIT_HORIZONTAL,
        ActionId.SIDE_BY_SIDE,
        ActionId.SHOW_RESULT,
        ActionId.BLUR_MAP,
        _SEPARATOR,
        ActionId.FIT,
        ActionId.ZOOM_100,
        ActionId.ZOOM_200,
        ActionId.ZOOM_IN,
        ActionId.ZOOM_OUT,
        _SEPARATOR,
        ActionId.PREVIOUS_PHOTO,
        ActionId.NEXT_PHOTO,
        _SEPARATOR,
        ActionId.FULL_SCREEN,
    ),
    "&Help": (ActionId.SHORTCUTS, ActionId.LOG, ActionId.ABOUT),
}
_TOOL_BAR: tuple[ActionId | None, ...] = (
    ActionId.OPEN,
    ActionId.EXPORT,
    _SEPARATOR,
    ActionId.UNDO,
    ActionId.REDO,
    _SEPARATOR,
    ActionId.SELECT_TOOL,
    ActionId.RECTANGLE_TOOL,
    ActionId.ELLIPSE_TOOL,
    ActionId.LASSO_TOOL,
    ActionId.FACE_TOOL,
    ActionId.OBJECT_TOOL,
    ActionId.BRUSH_TOOL,
    ActionId.ERASER_TOOL,
    ActionId.PROTECT_TOOL,
    ActionId.PAN_TOOL,
)
_TOOL_BAR_RIGHT: tuple[ActionId | None, ...] = (
    ActionId.SPLIT_VERTICAL,
    ActionId.SPLIT_HORIZONTAL,
    ActionId.SIDE_BY_SIDE,
    ActionId.SHOW_RESULT,
    _SEPARATOR,
    ActionId.ZOOM_OUT,
    ActionId.ZOOM_IN,
    ActionId.FIT,
    ActionId.ZOOM_100,
)
TOOL_BAR: tuple[ActionId, ...] = tuple(
    identity for identity in (*_TOOL_BAR, *_TOOL_BAR_RIGHT) if identity is not None
)


def fill_menu_bar(bar: QMenuBar, actions: Actions) -> QMenu:
    """Build all menus; returns the one for recent photos, which is filled on demand."""
    file = bar.addMenu("&File")
    file.addAction(actions[ActionId.OPEN])
    recent = file.addMenu("Open &Recent")
    _add(file, _FILE_REST, actions)
    for title, entries in _MENUS.items():
        _add(bar.addMenu(title), entries, actions)
    return recent


def fill_recent(menu: QMenu, paths: Sequence[Path], opens: Callable[[Path], None]) -> None:
    """Offer these photos, by name with the folder as a tip."""
    menu.clear()
    menu.setToolTipsVisible(True)
    menu.setEnabled(bool(paths))
    for path in paths:
        action = menu.addAction(path.name.replace("&", "&&"))
        action.setToolTip(str(path))
        action.triggered.connect(lambda _=False, p=path: opens(p))


def make_tool_bar(actions: Actions) -> QToolBar:
    """Files, history and tools on the left, views on the right."""
    bar = QToolBar("Tools")
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    _add(bar, _TOOL_BAR, actions)
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    _add(bar, _TOOL_BAR_RIGHT, actions)
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return bar


def _add(target: QMenu | QToolBar, entries: Sequence[ActionId | None], actions: Actions) -> None:
    for entry in entries:
        if entry is None:
            target.addSeparator()
        else:
            target.addAction(actions[entry])
