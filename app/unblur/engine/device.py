"""The device that computes: which there are, what they are called, when they run out."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import torch

from unblur.errors import DeviceUnavailableError

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps", "xpu")

# CPU allocations fail with a plain RuntimeError, whose text is all that tells it apart.
_ALLOCATOR_COMPLAINTS = ("DefaultCPUAllocator: can't allocate", "DefaultCPUAllocator: not enough")


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there. `memory_bytes` is its whole memory, 0 when unknown."""

    kind: str
    name: str
    memory_bytes: int

    @property
    def torch_device(self) -> torch.device:
        """What torch calls it."""
        return torch.device(self.kind)

    @property
    def is_accelerated(self) -> bool:
        """Whether it is a GPU."""
        return self.kind != "cpu"


def choose_device(name: str) -> Device:
    """The device called `name`; "auto" is the first GPU there is, or else the CPU.

    Raises DeviceUnavailableError when it is not here.
    """
    if name == "auto":
        kind = next((kind for kind in ("cuda", "xpu", "mps") if _is_available(kind)), "cpu")
        return _describe(kind)
    if name not in DEVICE_NAMES or not _is_available(name):
        raise DeviceUnavailableError(name)
    return _describe(name)


def available_devices() -> tuple[Device, ...]:
    """Every kind of device that is here, the CPU last."""
    kinds = ("cuda", "xpu", "mps", "cpu")
    return tuple(_describe(kind) for kind in kinds if _is_available(kind))


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
        torch.cuda.synchronize()
    elif device.kind == "mps":
        torch.mps.synchronize()
    elif device.kind == "xpu":
        torch.xpu.synchronize()


def limit_cpu_threads() -> int:
    """Use no more threads than this process has cores; returns how many.

    torch counts the machine's physical cores, even where a container or `taskset` grants
    fewer, and threads that share a core wait for each other.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = max(1, min(torch.get_num_threads(), allowed or 1))
    if threads != torch.get_num_threads():
        torch.set_num_threads(threads)
    return threads


def _is_available(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_available()
    if kind == "mps":
        return torch.backends.mps.is_available()
    if kind == "xpu":
        return torch.xpu.is_available()
    return kind == "cpu"


def _describe(kind: str) -> Device:
    if kind == "cuda":
        cuda = torch.cuda.get_device_properties(0)
        return Device(kind, cuda.name, cuda.total_memory)
    if kind == "xpu":
        xpu = torch.xpu.get_device_properties(0)
        return Device(kind, xpu.name, xpu.total_memory)
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
