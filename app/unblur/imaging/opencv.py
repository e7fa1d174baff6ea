"""The one door to OpenCV.

The Linux wheel of opencv-python points Qt at its own plugins and fonts when it is imported,
which breaks a PySide6 window that starts later. Here the two variables are put back.
"""

from __future__ import annotations

import os
from typing import Any

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def _import_cv2() -> Any:
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return cv2


cv2 = _import_cv2()
