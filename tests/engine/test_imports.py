from __future__ import annotations

import subprocess
import sys

import pytest

TORCH_FREE = ["tiling", "blending", "request", "cancel", "speed"]


@pytest.mark.parametrize(
    "module", [*(f"unblur.engine.{name}" for name in TORCH_FREE), "unblur.workers.inference"]
)
def test_planning_and_showing_work_need_no_torch(module: str) -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; import {module}; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engine_runs_without_qt_and_opencv() -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; import unblur.engine.runner, "
        "unblur.engine.provider, unblur.engine.measure; "
        "sys.exit(any(name in sys.modules for name in ('PySide6', 'cv2', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
