"""What this machine computes with, told from files and programs: nothing is loaded for it."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# An integrated Intel GPU always sits at this address; a discrete one never does.
_INTEGRATED = "0000:00:02.0"
_NVIDIA, _AMD, _INTEL = "0x10de", "0x1002", "0x8086"
_PATIENCE_SECONDS = 10.0
# The class of display adapters: each card has a numbered key below.
_WINDOWS_CARDS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def output_of(command: Sequence[str]) -> str | None:
    """What a program prints; None when it is not there, fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - the programs below, with constant words
            list(command),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            # Without a console of its own a windowed program would flash one.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def windows_cards() -> tuple[str, ...]:
    """The names of the display adapters in Windows' registry; none on other systems."""
    if sys.platform != "win32":
        return ()
    import winreg

    names: list[str] = []
    for number in range(16):
        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, rf"{_WINDOWS_CARDS}\{number:04d}"
            ) as key:
                names.append(str(winreg.QueryValueEx(key, "DriverDesc")[0]))
        except OSError:
            continue
    return tuple(names)


@dataclass(frozen=True)
class Machine:
    """The system as the probes below see it; tests give another root and other programs."""

    system: str = field(default_factory=platform.system)
    architecture: str = field(default_factory=platform.machine)
    root: Path = Path("/")
    find_program: Callable[[str], str | None] = shutil.which
    run: Callable[[Sequence[str]], str | None] = output_of
    registry: Callable[[], tuple[str, ...]] = windows_cards

    def names(self) -> tuple[str, str]:
        """What a table may call this machine: "Linux" and "Linux x86_64"."""
        return self.system, f"{self.system} {self.architecture}"


@dataclass(frozen=True)
class NvidiaCard:
    """What NVIDIA's own tool says. `capability` is the compute capability, such as 8.9."""

    name: str
    driver: int | None
    capability: float | None


def detect_backend(machine: Machine) -> str:
    """The backend that fits the hardware: cuda, rocm, xpu, mps or cpu."""
    if machine.system == "Darwin":
        return "mps" if machine.architecture == "arm64" else "cpu"
    if _has_nvidia(machine):
        return "cuda"
    if machine.system == "Linux" and (machine.root / "dev/kfd").exists():
        return "rocm"
    if machine.system == "Linux" and _INTEL in _vendors(machine, discrete_only=True):
        return "xpu"
    if any("Intel" in name and "Arc" in name for name in machine.registry()):
        return "xpu"
    return "cpu"


def card_name(machine: Machine, backend: str) -> str:
    """What the card for `backend` is called, for people."""
    if backend == "cuda":
        card = nvidia_card(machine)
        return card.name if card is not None else "NVIDIA graphics card"
    if backend == "rocm":
        return _rocm_name(machine) or "AMD graphics card"
    if backend == "mps":
        return "Apple GPU"
    named = [name for name in machine.registry() if "Intel" in name]
    return named[0] if named else "Intel graphics card"


def why_none(machine: Machine) -> str:
    """A phrase that says why `detect_backend` found no card to compute with."""
    if machine.system == "Darwin":
        return "PyTorch computes with the GPUs of Apple silicon only"
    vendors = _vendors(machine)
    names = " ".join(machine.registry())
    if _NVIDIA in vendors or "NVIDIA" in names:
        return "there is an NVIDIA card, but its driver is not loaded"
    if _AMD in vendors:
        return "there is an AMD card, but its kernel driver does not offer it for computing (ROCm)"
    if "AMD" in names or "Radeon" in names:
        return "PyTorch computes with AMD cards on Linux only"
    if _INTEL in vendors or "Intel" in names:
        return "there is only the GPU inside the Intel processor"
    return "no graphics card was found"


def nvidia_card(machine: Machine) -> NvidiaCard | None:
    """The first card as nvidia-smi describes it; None when that does not answer."""
    program = machine.find_program("nvidia-smi")
    query = "--query-gpu=name,driver_version,compute_cap"
    text = machine.run([program, query, "--format=csv,noheader"]) if program else None
    fields = [part.strip() for part in (text or "").partition("\n")[0].split(",")]
    if len(fields) != 3 or not fields[0]:
        return None
    driver = re.match(r"(\d+)\.", fields[1])
    capability = re.fullmatch(r"\d+\.\d+", fields[2])
    return NvidiaCard(
        fields[0],
        int(driver[1]) if driver else None,
        float(capability[0]) if capability else None,
    )


def driver_text(machine: Machine) -> str:
    """What the kernel says about NVIDIA's driver; "" where there is none, or no Linux."""
    try:
        return (machine.root / "proc/driver/nvidia/version").read_text(encoding="utf-8")
    except OSError:
        return ""


def nvidia_driver(machine: Machine) -> int | None:
    """The driver's major number, or None where it cannot be read."""
    found = re.search(r"\s(\d+)\.\d+(\.\d+)?\s", driver_text(machine))
    if found:
        return int(found[1])
    card = nvidia_card(machine)
    return card.driver if card is not None else None


def _has_nvidia(machine: Machine) -> bool:
    if machine.system == "Linux" and (machine.root / "proc/driver/nvidia/version").exists():
        return True
    return machine.find_program("nvidia-smi") is not None


def _vendors(machine: Machine, *, discrete_only: bool = False) -> set[str]:
    """The makers of the cards that Linux knows, as PCI names them."""
    found: set[str] = set()
    for device in sorted((machine.root / "sys/class/drm").glob("card*/device")):
        try:
            vendor = (device / "vendor").read_text(encoding="ascii").strip()
        except OSError:
            continue
        if not (discrete_only and device.resolve().name == _INTEGRATED):
            found.add(vendor)
    return found


def _rocm_name(machine: Machine) -> str:
    program = machine.find_program("rocminfo")
    text = (machine.run([program]) or "") if program else ""
    # Each agent is a block; processors are agents too.
    for agent in text.split("*******"):
        name = re.search(r"Marketing Name:[ \t]*(\S[^\n]*)", agent)
        if name and re.search(r"Device Type:\s+GPU", agent):
            return name[1].strip()
    return ""
