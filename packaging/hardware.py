"""What this machine computes with, told from files and programs: nothing is loaded for it."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# An integrated Intel GPU always sits at this address; a discrete one never does.
_INTEGRATED = "0000:00:02.0"
_INTEL = "0x8086"


@dataclass(frozen=True)
class Machine:
    """The system as the probes below see it; tests give another root and other programs."""

    system: str = field(default_factory=platform.system)
    architecture: str = field(default_factory=platform.machine)
    root: Path = Path("/")
    find_program: Callable[[str], str | None] = shutil.which

    def names(self) -> tuple[str, str]:
        """What a table may call this machine: "Linux" and "Linux x86_64"."""
        return self.system, f"{self.system} {self.architecture}"


def detect_backend(machine: Machine) -> str:
    """The backend that fits the hardware: cuda, rocm, xpu, mps or cpu."""
    if machine.system == "Darwin":
        return "mps" if machine.architecture == "arm64" else "cpu"
    if _has_nvidia(machine):
        return "cuda"
    if machine.system == "Linux" and (machine.root / "dev/kfd").exists():
        return "rocm"
    if machine.system == "Linux" and _has_discrete_intel(machine):
        return "xpu"
    return "cpu"


def nvidia_driver(machine: Machine) -> int | None:
    """The driver's major number, or None where it cannot be read."""
    try:
        text = (machine.root / "proc/driver/nvidia/version").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"\s(\d+)\.\d+(\.\d+)?\s", text)
    return int(found[1]) if found else None


def _has_nvidia(machine: Machine) -> bool:
    if machine.system == "Linux" and (machine.root / "proc/driver/nvidia/version").exists():
        return True
    return machine.find_program("nvidia-smi") is not None


def _has_discrete_intel(machine: Machine) -> bool:
    for device in sorted((machine.root / "sys/class/drm").glob("card*/device")):
        try:
            vendor = (device / "vendor").read_text(encoding="ascii").strip()
        except OSError:
            continue
        if vendor == _INTEL and device.resolve().name != _INTEGRATED:
            return True
    return False
