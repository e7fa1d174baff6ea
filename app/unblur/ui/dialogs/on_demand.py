"""Dialogs that are imported when they are first opened: the start does not wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QMainWindow

if TYPE_CHECKING:
    from unblur.settings import Settings
    from unblur.ui.actions import Actions
    from unblur.ui.dialogs.settings_dialog import SettingsDialog
    from unblur.ui.gpu import GpuSetup
    from unblur.ui.model_library import ModelLibrary

_MODELS, _REPORT = "models", "report"


def about(window: QMainWindow) -> QDialog:
    """Version and licences."""
    from unblur.ui.dialogs.about import AboutDialog

    return AboutDialog(window.windowIcon(), window)


def models(library: ModelLibrary, window: QMainWindow) -> QDialog:
    """The models and what can be done with them."""
    from unblur.ui.dialogs.models import ModelsDialog

    dialog = ModelsDialog(library, window)
    dialog.setObjectName(_MODELS)
    return dialog


def shortcuts(actions: Actions, window: QMainWindow) -> QDialog:
    """Every key."""
    from unblur.ui.dialogs.shortcuts import ShortcutsDialog

    return ShortcutsDialog(actions, window)


def settings(
    current: Settings, gpu: GpuSetup, devices: Mapping[str, str], window: QMainWindow
) -> SettingsDialog:
    """What a person may choose."""
    from unblur.ui.dialogs.settings_dialog import SettingsDialog

    return SettingsDialog(current, window, gpu=gpu, devices=devices)


def report(error: BaseException, log: Path, window: QMainWindow) -> QDialog:
    """A mistake of ours, with its details."""
    from unblur.ui.dialogs.report import ReportDialog

    dialog = ReportDialog(error, log, window)
    dialog.setObjectName(_REPORT)
    return dialog


def is_showing_models(window: QMainWindow) -> bool:
    """Whether the models are open."""
    return window.findChild(QDialog, _MODELS) is not None


def is_reporting(window: QMainWindow) -> bool:
    """Whether a mistake is being told."""
    return window.findChild(QDialog, _REPORT) is not None
