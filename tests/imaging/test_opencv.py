from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("before", [{}, {"QT_QPA_FONTDIR": "/fonts"}], ids=["unset", "set"])
def test_importing_opencv_leaves_qt_s_variables_alone(before: dict[str, str]) -> None:
    code = (
        "import os, unblur.imaging.opencv\n"
        "print({k: v for k, v in os.environ.items()"
        " if k in ('QT_QPA_PLATFORM_PLUGIN_PATH', 'QT_QPA_FONTDIR')})"
    )
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    environment = {k: v for k, v in os.environ.items() if k not in names} | before
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(before)
