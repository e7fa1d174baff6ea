"""What the import contracts cannot say: what is really loaded, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import importlib, pkgutil, sys
roots, forbidden = sys.argv[1].split(","), set(sys.argv[2].split(","))
for root in roots:
    module = importlib.import_module(root)
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{root}."):
        importlib.import_module(found.name)
loaded = sorted(forbidden & set(sys.modules))
if loaded:
    sys.exit(f"{roots} loaded {loaded}")
"""


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        ("unblur.bootstrap,unblur.ui", "torch,PIL,OpenImageIO"),
        ("unblur.cli.main,unblur.cli.arguments,unblur.cli.models", "torch,cv2,PySide6"),
        ("unblur.document,unblur.errors,unblur.messages,unblur.settings", "torch,cv2,PySide6"),
        ("unblur.imaging", "torch,PySide6"),
        ("unblur.analysis,unblur.detect,unblur.cli.analyze", "torch,cv2,PySide6"),
        ("unblur.engine", "cv2,PIL,PySide6"),
        ("unblur_models.catalog,unblur_models.detectors", "torch,numpy,unblur"),
        ("unblur.gpu_setup,unblur.cli.setup_gpu", "torch,numpy,PySide6"),
        ("unblur_models.errors", "torch,numpy,unblur"),
    ],
)
def test_a_part_loads_only_what_it_stands_on(modules: str, forbidden: str) -> None:
    command = [sys.executable, "-c", _PROGRAM, modules, forbidden]

    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
