from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest
from stripping import strip_symbols

pytestmark = pytest.mark.skipif(
    not (shutil.which("gcc") and shutil.which("strip")), reason="needs gcc and strip"
)

_SOURCE = "static int hidden(int n) { return n + 1; } int shown(int n) { return hidden(n); }"


def library(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-g", "-shared", "-fPIC", "-x", "c", "-", "-o", str(path)]
    subprocess.run(command, input=_SOURCE.encode(), check=True)
    return path


def test_symbols_go_and_what_is_called_stays(tmp_path: Path) -> None:
    ours = library(tmp_path / "_internal/torch/lib/libtorch_cpu.so")
    other = library(tmp_path / "_internal/numpy.libs/libopenblas.so")
    before, of_other = ours.stat().st_size, other.read_bytes()

    saved = strip_symbols(tmp_path)

    assert saved == before - ours.stat().st_size > 0
    assert ctypes.CDLL(str(ours)).shown(41) == 42
    assert other.read_bytes() == of_other, "what a tool has patched is left alone"
