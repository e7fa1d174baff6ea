"""The device that computes: which there are, what they are called, when they run out."""

from __future__ import annotations

import logging
import math
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import torch

from unblur.errors import DeviceUnavailableError

logger = logging.getLogger(__name__)

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps", "xpu")
_ACCELERATORS = ("cuda", "xpu", "mps")
_TRIAL = (64, 128)  # channels, pixels a side: a layer as networks have them

# CPU allocations fail with a plain RuntimeError, whose text is all that tells it apart.
_ALLOCATOR_COMPLAINTS = ("DefaultCPUAllocator: can't allocate", "DefaultCPUAllocator: not enough")


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there. `memory_bytes` is its whole memory, 0 when unknown.

    `index` counts devices of one kind. `instead_of` names the GPU that is there and does not
    work, and why: this device was taken in its place.
    """

    kind: str
    name: str
    memory_bytes: int
    index: int = 0
    instead_of: str = ""

    @property
    def torch_device(self) -> torch.device:
        """What torch calls it."""
        return torch.device(self.kind, self.index) if self.index else torch.device(self.kind)

    @property
    def is_accelerated(self) -> bool:
        """Whether it is a GPU."""
        return self.kind != "cpu"

    @property
    def label(self) -> str:
        """The name by which `choose_device` finds it again, such as “cuda:1”."""
        return f"{self.kind}:{self.index}" if self.index else self.kind

    @property
    def platform(self) -> str:
        """What computes there: CUDA, ROCm, XPU, MPS or CPU."""
        return "ROCm" if self.kind == "cuda" and torch.version.hip else self.kind.upper()


def choose_device(name: str) -> Device:
    """The device called `name`, such as “cuda” or “cuda:1”.

    “auto” is the GPU that computes a small layer the fastest, or else the CPU; `instead_of`
    then names a GPU that is there and cannot compute it. Raises DeviceUnavailableError when
    a device that was named is not here, or does not work.
    """
    if name == "auto":
        return _quickest()
    kind, _, number = name.partition(":")
    named = [each for each in _of_kind(kind) if not number or number == str(each.index)]
    if not named:
        raise DeviceUnavailableError(name)
    device = named[0]
    trial = _trial(device.kind, device.index)
    if isinstance(trial, str):
        raise DeviceUnavailableError(f"{device.name} ({trial})")
    return device


def available_devices() -> tuple[Device, ...]:
    """Every device that is here, by name and memory, whether or not it works; the CPU last."""
    kinds = (*_ACCELERATORS, "cpu")
    return tuple(device for kind in kinds for device in _of_kind(kind))


def _quickest() -> Device:
    quickest, seconds, troubles = None, float("inf"), []
    for device in (each for kind in _ACCELERATORS for each in _of_kind(kind)):
        trial = _trial(device.kind, device.index)
        if isinstance(trial, str):
            troubles.append(f"{device.name} ({trial})")
        elif trial < seconds:
            quickest, seconds = device, trial
    if quickest is not None:
        return quickest
    return replace(_describe("cpu", 0), instead_of="; ".join(troubles))


@cache
def _trial(kind: str, index: int) -> float | str:
    """Seconds of a small layer, or why it cannot be computed. Tried once: drivers do not heal.

    A card that is too old for this build of torch, or a driver that does not fit, shows here
    and not before.
    """
    if kind == "cpu":
        return 0.0  # nothing else to choose from, and every start would pay for the trial
    channels, side = _TRIAL
    device = torch.device(kind, index)
    try:
        with torch.inference_mode():
            layer = torch.nn.Conv2d(channels, channels, 3, padding=1).to(device)
            batch = torch.ones(1, channels, side, side, device=device)
            float(layer(batch).sum())  # the first time chooses kernels, and sum waits for it
            started = time.perf_counter()
            is_fine = bool(torch.isfinite(layer(batch).sum()))
            seconds = time.perf_counter() - started
    except Exception as error:
        # Whatever a driver raises: it means that this device is not to be used.
        logger.warning("%s:%s does not compute: %s", kind, index, error)
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return seconds if is_fine else "it computes no numbers"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory, of the GPU or the computer, is used up."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(
        complaint in str(error) for complaint in _ALLOCATOR_COMPLAINTS
    )


def free_unused_memory(device: Device) -> None:
    """Give back what torch keeps for later, so that smaller work finds room.

    Python's own garbage is left alone: this is the inference thread, and a widget among it
    must not die here (see `unblur.ui.garbage`).
    """
    if device.kind == "cuda":
        torch.cuda.empty_cache()
    elif device.kind == "mps":
        torch.mps.empty_cache()
    elif device.kind == "xpu":
        torch.xpu.empty_cache()


def synchronize(device: Device) -> None:
    """Wait until the device has done what it was given, so that a clock tells the truth."""
    if device.kind == "cuda":
        torch.cuda.synchronize(device.index)
    elif device.kind == "mps":
        torch.mps.synchronize()
    elif device.kind == "xpu":
        torch.xpu.synchronize(device.index)


def limit_cpu_threads() -> int:
    """Use no more threads than this process has cores; returns how many.

    torch counts the machine's physical cores, even where a container or `taskset` grants
    fewer, and threads that share a core wait for each other.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    granted = granted_cores()
    if granted is not None:
        allowed = min(allowed or 1, math.ceil(granted))
    threads = max(1, min(torch.get_num_threads(), allowed or 1))
    if threads != torch.get_num_threads():
        torch.set_num_threads(threads)
    return threads


def granted_cores(folder: Path = Path("/sys/fs/cgroup")) -> float | None:
    """Processor time that a container grants, in cores; None where it sets no limit.

    Threads beyond it are stopped for the rest of each period, and the others wait for them.
    """
    try:
        quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None  # not there, or “max”


def _of_kind(kind: str) -> Iterator[Device]:
    for index in range(_count(kind)):
        yield _describe(kind, index)


def _count(kind: str) -> int:
    """How many devices of a kind there are."""
    if kind == "cuda":
        return torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "xpu":
        return torch.xpu.device_count() if torch.xpu.is_available() else 0
    return int(kind == "cpu" or (kind == "mps" and torch.backends.mps.is_available()))


def _describe(kind: str, index: int) -> Device:
    if kind == "cuda":
        cuda = torch.cuda.get_device_properties(index)
        return Device(kind, cuda.name, cuda.total_memory, index)
    if kind == "xpu":
        xpu = torch.xpu.get_device_properties(index)
        return Device(kind, xpu.name, xpu.total_memory, index)
    if kind == "mps":
        memory = torch.mps.recommended_max_memory()
        return Device(kind, f"Apple GPU ({platform.machine()})", memory)
    # Threads belong into the name: measured speeds are kept by it.
    threads = limit_cpu_threads()
    return Device(kind, f"{_processor_name()} ({threads} threads)", _computer_memory())


def _processor_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # only Linux has that file
    return platform.processor() or platform.machine() or "CPU"


def _computer_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0  # Windows has no sysconf
