"""What the window shows before a photo is open, made of Qt and little else.

It is on the screen before NumPy, the panels and all that knows of photos are imported, so that a
double-click is answered at once. What comes later must not change how it looks.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from unblur import paths
from unblur.ui.actions import Actions
from unblur.ui.icons import IconSet
from unblur.ui.main_window import MainWindow
from unblur.ui.panels.empty_state import EmptyState
from unblur.ui.panels.status import StatusBar
from unblur.ui.preferences import Preferences
from unblur.ui.recent_files import RecentFiles
from unblur.ui.theme import Appearance
from unblur.ui.window_menus import TOOL_BAR


class FirstPicture(QObject):
    """The parts of the empty window. Raises HomeMissingError."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.preferences = Preferences(paths.config_dir() / "settings.json", self)
        drawings = paths.resources_dir() / "icons"
        choice = self.preferences.current.theme
        self.appearance = Appearance(application, choice, drawings / "chevron.svg")
        self.icons = IconSet(drawings)
        self.actions = Actions(self.icons, self)
        self.actions.paint_first(self.appearance.theme, TOOL_BAR)
        self.recent = RecentFiles(paths.state_dir() / "recent.json", self)
        app_icon = self.icons.app_icon()
        self.empty = EmptyState(app_icon, paths.sample_photo())
        self.empty.show_recent(self.recent.paths)
        self.status = StatusBar()
        self.window = MainWindow(self.actions, self.empty, self.status)
        self.window.setWindowIcon(app_icon)

    def show(self) -> None:
        """Put the window on the screen, where it was the last time."""
        self.window.restore_place(self._place_file)
        self.window.show()

    def keep_place(self) -> None:
        """Remember where the window is."""
        self.window.keep_place(self._place_file)

    @property
    def _place_file(self) -> Path:
        return paths.state_dir() / "window.json"
