"""Install the wheel as pipx does, into an environment of its own, and use its commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from environment import Environment
from smoke import SmokeError


def smoke_wheel(wheel: Path, work: Path) -> str:
    """What was tried. Its dependencies are lent by this environment. Raises SmokeError."""
    environment = Environment(work / "wheel-venv")
    shutil.rmtree(environment.root, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(environment.root)], check=True)
    command = [str(environment.python), "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(command, check=True)
    installed = Path(_asked(environment, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    # A path file's own path files are not read, so the checkout does not come in by its own.
    lent = sysconfig.get_path("purelib")
    (installed / "lent.pth").write_text(lent + "\n", encoding="utf-8")
    where = Path(_asked(environment, "import unblur; print(unblur.__file__)"))
    if not where.is_relative_to(environment.root):
        raise SmokeError(f"the wheel's program was not used, but {where}")
    home = work / "wheel-home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    models = json.loads(_run(environment, home, "models", "--json"))
    ready = [model["id"] for model in models if model.get("weights") == "embedded"]
    if "maxim-3s.gopro" not in ready:
        raise SmokeError(f"the wheel does not carry its weights: {ready}")
    if not environment.program("unblur-window").exists():
        raise SmokeError("the wheel has no window entry")
    _run(environment, home, "desktop", "install")
    entry = home / ".local/share/applications/unblur.desktop"
    if f"Exec={environment.program('unblur-window')} %F" not in entry.read_text(encoding="utf-8"):
        raise SmokeError(f"the menu entry does not start the wheel's program: {entry}")
    _run(environment, home, "desktop", "remove")
    if entry.exists():
        raise SmokeError(f"the menu entry stayed: {entry}")
    return f"{wheel.name}: commands, {len(ready)} models with weights, menu entry in and out"


def _run(environment: Environment, home: Path, *words: str) -> str:
    variables = {**os.environ, "HOME": str(home)}
    for name in ("XDG_DATA_HOME", "PYTHONPATH", "UNBLUR_HOME"):
        variables.pop(name, None)
    command = [str(environment.program("unblur")), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
    if done.returncode != 0:
        raise SmokeError(f"unblur {' '.join(words)}: {done.stderr}")
    return done.stdout


def _asked(environment: Environment, code: str) -> str:
    command = [str(environment.python), "-I", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
