"""Colours of the window: a dark and a light palette with one accent.

Greys are neutral, because a tinted window changes how a photo's colours are seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from unblur.ui.stylesheet import stylesheet


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role, as #rrggbb."""

    name: str
    window: str
    panel: str
    field: str
    hover: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    danger: str
    success: str


DARK = Theme(
    name="dark",
    window="#1b1b1d",
    panel="#242426",
    field="#303033",
    hover="#3a3a3e",
    border="#39393d",
    text="#ececee",
    muted="#a2a2a8",
    disabled="#6a6a70",
    accent="#3b82f6",
    accent_hover="#5b98f8",
    on_accent="#ffffff",
    danger="#f0655d",
    success="#4fb477",
)
LIGHT = Theme(
    name="light",
    window="#e9e9eb",
    panel="#f6f6f7",
    field="#ffffff",
    hover="#e2e2e5",
    border="#d0d0d4",
    text="#1d1d1f",
    muted="#626268",
    disabled="#a9a9ae",
    accent="#2563eb",
    accent_hover="#1d54d0",
    on_accent="#ffffff",
    danger="#c6362d",
    success="#23794a",
)


class Appearance(QObject):
    """Applies the chosen theme to the application, and follows the system's when asked to.

    The sheet is written for Qt's Fusion style, with which `unblur.start` begins.

    Signals:
        theme_changed: the Theme that is in force now.
    """

    theme_changed = Signal(object)

    def __init__(self, application: QApplication, choice: str, chevron: Path) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._chevron = chevron
        self.theme = DARK
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    def choose(self, choice: str) -> None:
        """Follow the setting: "dark", "light" or "system"."""
        self._choice = choice
        self._apply()

    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        self.theme = self._chosen()
        self._application.setPalette(palette_of(self.theme))
        # Replacing a sheet, Qt walks over the widgets that it remembers, and was seen to crash on
        # one that was gone; removing and setting it, Qt walks over those that exist.
        self._application.setStyleSheet("")
        self._application.setStyleSheet(stylesheet(self.theme, self._chevron))
        self.theme_changed.emit(self.theme)

    def _chosen(self) -> Theme:
        if self._choice == "system":
            # A system that does not say gets the dark one, as photo editors have it.
            scheme = self._application.styleHints().colorScheme()
            return LIGHT if scheme == Qt.ColorScheme.Light else DARK
        return LIGHT if self._choice == "light" else DARK


def palette_of(theme: Theme) -> QPalette:
    """The Qt palette of a theme, for what the stylesheet does not reach."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.field,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.BrightText: theme.danger,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.disabled))
    return palette
