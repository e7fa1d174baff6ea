"""The window's stylesheet: spacing, corners and states, in the colours of a theme."""

from __future__ import annotations

import string
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unblur.ui.theme import Theme

_TEMPLATE = string.Template("""
QMainWindow, QDialog { background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip {
    background: $field; color: $text; border: 1px solid $border; padding: 4px 6px;
}
QMenuBar { background: $panel; padding: 2px 6px; }
QMenuBar::item { padding: 5px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $border;
    padding: 5px 8px; spacing: 3px; }
QToolBar#toolOptions { padding: 2px 8px; min-height: 41px; max-height: 41px; }
QToolBar#toolOptions QLabel { padding: 0; }
QToolBar::separator { width: 1px; background: $border; margin: 5px 7px; }
QToolButton { border: none; border-radius: 6px; padding: 6px; background: transparent; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $border; }
QToolButton:checked { background: $accent; color: $on_accent; }
QToolButton:checked:disabled { background: transparent; }
QToolButton:focus { outline: none; border: 1px solid $accent; padding: 5px; }
QToolButton#zoom { padding: 2px 8px; }
QToolButton#qt_toolbar_ext_button { padding: 0; image: url("$chevron"); }
QToolButton#zoom::menu-indicator { image: none; }

QStatusBar { background: $panel; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 8px; }
QProgressBar { background: $field; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QWidget#regionPanel { background: $panel; border-left: 1px solid $border; }
QFrame#advice { background: $field; border-radius: 8px; }
QFrame#advice QLabel { background: transparent; }
QLabel#heading { font-weight: 600; }
QLabel#muted { color: $muted; }
QLabel#title { font-size: 17pt; font-weight: 600; }
QFrame#rule { background: $border; max-height: 1px; min-height: 1px; border: none; }

QListWidget { background: transparent; border: none; outline: none; }
QListWidget::item { border-radius: 6px; }
QListWidget::item:hover { background: $hover; }
QListWidget::item:selected { background: $field; color: $text; }

QPushButton { background: $field; border: 1px solid $border; border-radius: 6px;
    padding: 7px 14px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $border; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled; }
QPushButton#primary { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; padding: 9px 14px; }
QPushButton#primary:hover { background: $accent_hover; }
QPushButton#primary:focus { border-color: $text; }
QPushButton#primary:disabled { background: $field; color: $disabled; border-color: $border; }
QPushButton#link { background: transparent; border: 1px solid transparent; color: $accent;
    padding: 4px 6px; }
QPushButton#link:hover { text-decoration: underline; }
QPushButton#link:focus { border-color: $accent; }

QComboBox { background: $field; border: 1px solid $border; border-radius: 6px;
    padding: 5px 10px; min-height: 18px; combobox-popup: 0; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border-color: $accent; }
QComboBox:disabled { color: $disabled; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border;
    selection-background-color: $accent; selection-color: $on_accent; padding: 4px; }
QLineEdit, QSpinBox, QPlainTextEdit { background: $field; border: 1px solid $border;
    border-radius: 6px; padding: 5px 8px; selection-background-color: $accent; }
QLineEdit:focus, QSpinBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QSpinBox#edge { padding: 3px 0; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; height: 0; border: none; }
QSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QLineEdit#rename { padding: 1px 4px; }

QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: $accent; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:focus { background: $accent_hover; border: 2px solid $text;
    width: 10px; height: 10px; }
QSlider::handle:horizontal:disabled { background: $disabled; }

QScrollArea, QScrollArea > QWidget, QScrollArea > QWidget > QWidget {
    border: none; background: transparent;
}
QScrollBar:horizontal { height: 8px; background: transparent; }
QScrollBar:vertical { width: 8px; background: transparent; }
QScrollBar::handle { background: $hover; border-radius: 4px; min-width: 24px; min-height: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QWidget#filmstrip { background: $panel; border-top: 1px solid $border; }
QFrame#filmCell { border: 2px solid transparent; border-radius: 7px; background: transparent; }
QFrame#filmCell:hover { background: $hover; }
QFrame#filmCell[current="true"] { border-color: $accent; }
QFrame#filmCell:focus { background: $hover; }

QFrame#banner { background: $field; border: 1px solid $border; border-radius: 8px; }
QFrame#banner[kind="error"] { border-left: 4px solid $danger; }
QFrame#banner[kind="info"] { border-left: 4px solid $accent; }
QFrame#banner[kind="success"] { border-left: 4px solid $success; }
QWidget#emptyState { background: $window; }
""")


def stylesheet(theme: Theme, chevron: Path) -> str:
    """Qt's dialect of CSS for every widget that the window has; `chevron` marks a choice."""
    colors = {k: v for k, v in asdict(theme).items() if k != "name"}
    return _TEMPLATE.substitute(colors, chevron=chevron.as_posix())
