"""What opens the dialogs that stand in the menus, and the one that tells of a mistake of ours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QMainWindow

from unblur import paths
from unblur.ui.actions import ActionId, Actions
from unblur.ui.dialogs import on_demand
from unblur.ui.engine_wishes import device_names
from unblur.ui.gpu import GpuSetup
from unblur.ui.logbook import log_file
from unblur.ui.model_library import ModelLibrary
from unblur.ui.preferences import Preferences
from unblur.workers.inference import InferenceClient


class DialogCommands(QObject):
    """Belongs to the window that the dialogs stand above."""

    def __init__(
        self,
        actions: Actions,
        preferences: Preferences,
        library: ModelLibrary,
        gpu: GpuSetup,
        client: InferenceClient,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._preferences, self._gpu = preferences, gpu
        self._client, self._window = client, window
        dialogs: dict[ActionId, Callable[[], object]] = {
            ActionId.SETTINGS: self._open_settings,
            ActionId.MODELS: lambda: _ask(on_demand.models(library, window)),
            ActionId.SHORTCUTS: lambda: _ask(on_demand.shortcuts(actions, window)),
            ActionId.ABOUT: lambda: _ask(on_demand.about(window)),
            ActionId.LOG: lambda: QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(paths.state_dir()))
            ),
        }
        for identity, opens in dialogs.items():
            actions[identity].triggered.connect(lambda _=False, o=opens: o())

    @property
    def is_showing_models(self) -> bool:
        """Whether the models are open, which tell their failures themselves."""
        return on_demand.is_showing_models(self._window)

    def report(self, error: BaseException) -> None:
        """Tell of a mistake of ours."""
        if on_demand.is_reporting(self._window):
            return  # one at a time: a mistake in painting comes back with every frame
        dialog = on_demand.report(error, log_file(paths.state_dir()), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_settings(self) -> None:
        status = self._client.status
        names = device_names(status.devices if status else ())
        dialog = on_demand.settings(self._preferences.current, self._gpu, names, self._window)
        dialog.changed.connect(self._preferences.change)
        _ask(dialog)


def _ask(dialog: QDialog) -> None:
    dialog.exec()
    dialog.deleteLater()  # its parent lives as long as the program
