"""The bytecode of PySide6's support modules, which the bundle carries beside the library."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import qt_bytecode
import shiboken6

# What PySide6 needs the modules for: signatures, and sentences about wrong arguments.
_USED = """
import sys

from PySide6.QtCore import QObject, QTimer

print(sys.modules["shibokensupport"].__file__)
print(sys.modules["PySide6.support.signature"].get_signature(QObject.setObjectName))
try:
    QTimer().setInterval("soon")
except TypeError as error:
    print(error)
"""


def test_pyside_takes_its_support_from_the_folder_and_works(tmp_path: Path) -> None:
    beside = tmp_path / "shiboken6"
    shutil.copytree(Path(shiboken6.__file__).parent, beside)
    qt_bytecode.compile_sources(qt_bytecode.support_of_qt(), beside / "files.dir")

    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", _USED],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    place, signature, *sentence = done.stdout.splitlines()
    assert Path(place) == beside / "files.dir" / "shibokensupport" / "__init__.pyc"
    assert signature == "(self, name: str, /) -> None"
    assert "Supported signatures" in "\n".join(sentence)


def test_the_maker_of_type_stubs_is_left_out() -> None:
    sources = qt_bytecode.support_of_qt()

    assert "shibokensupport/signature/loader.py" in sources
    stubs = sources["shibokensupport/signature/lib/pyi_generator.py"]
    assert b"import" not in stubs


def test_what_is_no_python_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(py_compile.PyCompileError):
        qt_bytecode.compile_sources({"support/broken.py": b"def"}, tmp_path)
