"""Everything the window can be told to do, declared as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from unblur.ui.icons import IconSet
from unblur.ui.theme import Theme

Keys = QKeySequence.StandardKey | str


class ActionId(StrEnum):
    """Identities of the actions."""

    OPEN = auto()
    PASTE = auto()
    CLOSE = auto()
    EXPORT = auto()
    SETTINGS = auto()
    MODELS = auto()
    QUIT = auto()
    UNDO = auto()
    REDO = auto()
    DELETE_REGION = auto()
    RENAME_REGION = auto()
    INVERT_REGION = auto()
    GROW_REGION = auto()
    SHRINK_REGION = auto()
    REFINE_EDGES = auto()
    CLEAR_REGION = auto()
    CLEAR_PROTECTION = auto()
    FIND_FACES = auto()
    FIND_PEOPLE = auto()
    WHOLE_PHOTO = auto()
    RESTORE = auto()
    PREVIEW = auto()
    STOP = auto()
    SELECT_TOOL = auto()
    PAN_TOOL = auto()
    RECTANGLE_TOOL = auto()
    ELLIPSE_TOOL = auto()
    LASSO_TOOL = auto()
    FACE_TOOL = auto()
    OBJECT_TOOL = auto()
    SMALLER_OBJECT = auto()
    LARGER_OBJECT = auto()
    BRUSH_TOOL = auto()
    ERASER_TOOL = auto()
    PROTECT_TOOL = auto()
    MODE_NEW = auto()
    MODE_ADD = auto()
    MODE_SUBTRACT = auto()
    MODE_INTERSECT = auto()
    BRUSH_SMALLER = auto()
    BRUSH_LARGER = auto()
    SPLIT_VERTICAL = auto()
    SPLIT_HORIZONTAL = auto()
    SIDE_BY_SIDE = auto()
    SHOW_RESULT = auto()
    FIT = auto()
    ZOOM_100 = auto()
    ZOOM_200 = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    NEXT_PHOTO = auto()
    PREVIOUS_PHOTO = auto()
    BLUR_MAP = auto()
    FULL_SCREEN = auto()
    SHORTCUTS = auto()
    LOG = auto()
    ABOUT = auto()


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: words, keys, icon, and what has to be there for it to make sense.

    `needs` is "" (always), "photo", "photos" (several), "region" (a selected one),
    "protection" (some of the photo is protected), "history" (a step to take back or again) or
    "run" (tiles under way). At first there is none of these.
    Actions of one `group` exclude each other. `label` is for a button that has little room.
    """

    text: str
    tip: str
    keys: tuple[Keys, ...] = ()
    icon: str = ""
    needs: str = ""
    group: str = ""
    checkable: bool = False
    label: str = ""


_K = QKeySequence.StandardKey

SPECS: Mapping[ActionId, ActionSpec] = {
    ActionId.OPEN: ActionSpec("&Open…", "Open photos", (_K.Open,), "open"),
    ActionId.PASTE: ActionSpec("&Paste", "Open the copied picture or files", (_K.Paste,)),
    ActionId.CLOSE: ActionSpec("&Close Photo", "Close this photo", ("Ctrl+W",), needs="photo"),
    ActionId.EXPORT: ActionSpec(
        "&Export…", "Save the result as a new file", ("Ctrl+S", "Ctrl+Shift+E"), "export", "photo"
    ),
    ActionId.SETTINGS: ActionSpec("&Settings…", "Settings", ("Ctrl+,",)),
    ActionId.MODELS: ActionSpec(
        "&Models…", "What there is to restore with; fetch, add and remove", ("Ctrl+Shift+M",)
    ),
    ActionId.QUIT: ActionSpec("&Quit", "Close Unblur", ("Ctrl+Q",)),
    ActionId.UNDO: ActionSpec("&Undo", "Undo", (_K.Undo,), "undo", "history"),
    ActionId.REDO: ActionSpec("&Redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "history"),
    ActionId.DELETE_REGION: ActionSpec(
        "&Delete Region", "Delete the selected region", ("Del", "Backspace"), needs="region"
    ),
    ActionId.RENAME_REGION: ActionSpec(
        "Re&name Region", "Rename the selected region", ("F2",), needs="region"
    ),
    ActionId.INVERT_REGION: ActionSpec(
        "&Invert Region", "Restore all but this", ("Ctrl+I",), "invert", "region"
    ),
    ActionId.GROW_REGION: ActionSpec(
        "&Grow Region", "Move the region's edge outward", ("Ctrl+]",), "grow", "region"
    ),
    ActionId.SHRINK_REGION: ActionSpec(
        "&Shrink Region", "Move the region's edge inward", ("Ctrl+[",), "shrink", "region"
    ),
    ActionId.REFINE_EDGES: ActionSpec(
        "&Refine Edges",
        "Move the region's edge to where the result shows one",
        ("Ctrl+Alt+R",),
        "refine",
        "region",
    ),
    ActionId.CLEAR_REGION: ActionSpec(
        "&Clear Region", "Empty the region, to draw it anew", ("Ctrl+Del",), "clear", "region"
    ),
    ActionId.CLEAR_PROTECTION: ActionSpec(
        "Clear &Protection", "Protect nothing any more", ("Ctrl+Shift+K",), "", "protection"
    ),
    ActionId.WHOLE_PHOTO: ActionSpec(
        "&Whole Photo",
        "Make a region of the whole photo",
        ("W",),
        "whole-photo",
        "photo",
        label="Whole",
    ),
    ActionId.FIND_FACES: ActionSpec(
        "Find &Faces", "Make a region of every face", ("F",), "faces", "photo", label="Faces"
    ),
    ActionId.FIND_PEOPLE: ActionSpec(
        "&People and Background",
        "Make one region of the people and one of all the rest",
        ("Shift+F",),
        "people",
        "photo",
        label="People",
    ),
    ActionId.RESTORE: ActionSpec(
        "&Restore", "Restore every visible region", ("Ctrl+R",), needs="photo"
    ),
    ActionId.PREVIEW: ActionSpec("&Preview", "Restore only what you see", ("P",), needs="photo"),
    ActionId.STOP: ActionSpec(
        "S&top", "Stop searching or restoring, keep what is done", ("Esc",), needs="run"
    ),
    ActionId.SELECT_TOOL: ActionSpec(
        "&Select", "Select a region", ("V",), "select", "photo", "tool", checkable=True
    ),
    ActionId.PAN_TOOL: ActionSpec(
        "&Pan", "Move the photo (hold Space with any tool)", ("H",), "hand", "photo", "tool", True
    ),
    ActionId.RECTANGLE_TOOL: ActionSpec(
        "&Rectangle", "Drag a region", ("R",), "rectangle", "photo", "tool", checkable=True
    ),
    ActionId.ELLIPSE_TOOL: ActionSpec(
        "&Ellipse",
        "Drag an oval region (Shift: a circle, Alt: from the middle)",
        ("C",),
        "ellipse",
        "photo",
        "tool",
        checkable=True,
    ),
    ActionId.LASSO_TOOL: ActionSpec(
        "&Lasso", "Draw around a region by hand", ("L",), "lasso", "photo", "tool", checkable=True
    ),
    ActionId.FACE_TOOL: ActionSpec(
        "F&ace",
        "Click a face that Faces missed",
        ("G",),
        "face",
        "photo",
        "tool",
        checkable=True,
    ),
    ActionId.OBJECT_TOOL: ActionSpec(
        "&Object", "Click a thing to select it", ("T",), "object", "photo", "tool", checkable=True
    ),
    ActionId.SMALLER_OBJECT: ActionSpec(
        "Smaller &Part", "Take a smaller part of the thing", (",",), needs="region"
    ),
    ActionId.LARGER_OBJECT: ActionSpec(
        "Larger P&art", "Take a larger part of the thing", (".",), needs="region"
    ),
    ActionId.BRUSH_TOOL: ActionSpec(
        "&Brush", "Paint a region", ("B",), "brush", "photo", "tool", checkable=True
    ),
    ActionId.ERASER_TOOL: ActionSpec(
        "&Eraser", "Take away from the region", ("E",), "eraser", "photo", "tool", checkable=True
    ),
    ActionId.PROTECT_TOOL: ActionSpec(
        "Pro&tect",
        "Paint over what keeps the original, in every region",
        ("K",),
        "protect",
        "photo",
        "tool",
        checkable=True,
    ),
    ActionId.MODE_NEW: ActionSpec(
        "&New Region", "Draw a new region", ("N",), "mode-new", "", "mode", checkable=True
    ),
    ActionId.MODE_ADD: ActionSpec(
        "&Add",
        "Add to the selected region; so does Shift at the press",
        ("A",),
        "mode-add",
        "",
        "mode",
        checkable=True,
    ),
    ActionId.MODE_SUBTRACT: ActionSpec(
        "S&ubtract",
        "Take away from the selected region; so does Alt or Ctrl at the press",
        ("S",),
        "mode-subtract",
        "",
        "mode",
        checkable=True,
    ),
    ActionId.MODE_INTERSECT: ActionSpec(
        "&Intersect",
        "Keep of the selected region what lies inside; so do Shift and Alt at the press",
        ("I",),
        "mode-intersect",
        "",
        "mode",
        checkable=True,
    ),
    ActionId.BRUSH_SMALLER: ActionSpec("S&maller Brush", "Smaller brush", ("[",), needs="photo"),
    ActionId.BRUSH_LARGER: ActionSpec("&Larger Brush", "Larger brush", ("]",), needs="photo"),
    ActionId.SPLIT_VERTICAL: ActionSpec(
        "Split &Left and Right",
        "Original left of the divider, result right of it",
        ("1",),
        "split-vertical",
        "photo",
        "compare",
        checkable=True,
    ),
    ActionId.SPLIT_HORIZONTAL: ActionSpec(
        "Split &Top and Bottom",
        "Original above the divider, result below it",
        ("2",),
        "split-horizontal",
        "photo",
        "compare",
        checkable=True,
    ),
    ActionId.SIDE_BY_SIDE: ActionSpec(
        "&Side by Side",
        "Original and result beside each other",
        ("3",),
        "side-by-side",
        "photo",
        "compare",
        checkable=True,
    ),
    ActionId.SHOW_RESULT: ActionSpec(
        "&Result Only",
        "The result alone; hold O or \\ for the original",
        ("4",),
        "eye",
        "photo",
        "compare",
        checkable=True,
    ),
    ActionId.BLUR_MAP: ActionSpec(
        "Blur &Map",
        "Show where the photo is blurred",
        ("M",),
        needs="photo",
        checkable=True,
        label="Map",
    ),
    ActionId.FIT: ActionSpec("&Fit", "Fit the photo into the window", ("Ctrl+0",), "fit", "photo"),
    ActionId.ZOOM_100: ActionSpec(
        "&100 %", "One photo pixel on one screen pixel", ("Ctrl+1",), "actual-size", "photo"
    ),
    ActionId.ZOOM_200: ActionSpec("&200 %", "Twice the size", ("Ctrl+2",), needs="photo"),
    ActionId.ZOOM_IN: ActionSpec(
        "Zoom &In", "Zoom in", ("+", "=", "Ctrl++", "Ctrl+="), "zoom-in", "photo"
    ),
    ActionId.ZOOM_OUT: ActionSpec("Zoom &Out", "Zoom out", ("-", "Ctrl+-"), "zoom-out", "photo"),
    ActionId.NEXT_PHOTO: ActionSpec("&Next Photo", "Next photo", ("Ctrl+Tab",), needs="photos"),
    ActionId.PREVIOUS_PHOTO: ActionSpec(
        "Pre&vious Photo", "Previous photo", ("Ctrl+Shift+Tab",), needs="photos"
    ),
    ActionId.FULL_SCREEN: ActionSpec("F&ull Screen", "Full screen", ("F11",), checkable=True),
    ActionId.SHORTCUTS: ActionSpec("&Keyboard Shortcuts", "Keyboard shortcuts", ("F1",)),
    ActionId.LOG: ActionSpec("Show the &Log", "Show the folder with the log file"),
    ActionId.ABOUT: ActionSpec("&About Unblur", "Version, licences and credits"),
}


class Actions(QObject):
    """The window's QActions by identity."""

    def __init__(self, icons: IconSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {identity: self._made(spec) for identity, spec in SPECS.items()}

    def __getitem__(self, identity: ActionId) -> QAction:
        return self._actions[identity]

    def all(self) -> list[QAction]:
        """Every action, for the window to hear their shortcuts."""
        return list(self._actions.values())

    def paint(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        for identity, spec in SPECS.items():
            if spec.icon:
                self._actions[identity].setIcon(self._icons.icon(spec.icon, theme))

    def paint_first(self, theme: Theme, shown: Iterable[ActionId]) -> None:
        """Draw the icons of `shown` as they look now and no more; `paint` draws all."""
        for identity in shown:
            action = self._actions[identity]
            is_enabled = action.isEnabled()
            color = theme.text if is_enabled else theme.disabled
            action.setIcon(self._icons.only(SPECS[identity].icon, color, is_enabled=is_enabled))

    def enable(self, **present: bool) -> None:
        """Enable what makes sense, by need: `enable(photo=True, region=False, run=False)`."""
        for identity, spec in SPECS.items():
            if spec.needs in present:
                self._actions[identity].setEnabled(present[spec.needs])

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.tip} ({shortcut})" if shortcut else spec.tip)
        action.setCheckable(spec.checkable)
        if spec.label:
            action.setIconText(spec.label)
        action.setEnabled(not spec.needs)
        # Text stays out of the menu icons: a calm menu has words and keys.
        action.setIconVisibleInMenu(False)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            group.addAction(action)
        return action
