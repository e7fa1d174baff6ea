"""The one door to OpenCV.

Unblur stands on opencv-python-headless. Where a person's environment has opencv-python instead,
its Linux wheel points Qt at its own plugins and fonts when it is imported, which breaks a PySide6
window that starts later. Here the two variables are put back.

OpenCV is imported when something of it is first used, on whatever thread that is: the
window's first picture does not wait for it.
"""

from __future__ import annotations

import os
from typing import Any

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


class _OpenCv:
    """Stands for the module and turns into it, name by name."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(_import_cv2(), name)
        setattr(self, name, value)
        return value


def _import_cv2() -> Any:
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return cv2


cv2: Any = _OpenCv()
