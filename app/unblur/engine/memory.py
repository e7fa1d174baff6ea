"""The most memory that a stretch of work takes, where that can be told."""

from __future__ import annotations

from pathlib import Path

import torch

from unblur.engine.device import Device

# Linux: see proc(5). Elsewhere nobody forgets a process's peak before it ends.
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_FORGET_PEAK = b"5"

_forgotten: list[int] = [0]  # the highest peak of the process that was forgotten below


class PeakMemory:
    """The most memory in use since this was made.

    On a GPU it is what tensors took there; on a CPU all of the process that was resident,
    PyTorch and weights included. Only the newest one of a process tells the truth.
    """

    def __init__(self, device: Device) -> None:
        self._kind = device.kind
        self._can_tell = True
        if device.kind == "cuda":
            torch.cuda.reset_peak_memory_stats()
        elif device.kind == "xpu":
            torch.xpu.reset_peak_memory_stats()
        else:
            self._can_tell = device.kind == "cpu" and _forget_peak_of_process()

    def bytes(self) -> int | None:
        """How much; None where the system does not tell."""
        if not self._can_tell:
            return None
        if self._kind == "cuda":
            return int(torch.cuda.max_memory_allocated())
        if self._kind == "xpu":
            return int(torch.xpu.max_memory_allocated())
        return _status_bytes("VmHWM")


class Growth:
    """How much more memory than now is taken at most, from when this was made."""

    def __init__(self, device: Device) -> None:
        self._peak = PeakMemory(device)
        self._before = _used_now(device)

    def bytes(self) -> int | None:
        """How much; None where the system does not tell."""
        peak = self._peak.bytes()
        return None if peak is None or self._before is None else max(0, peak - self._before)


def peak_of_process() -> int | None:
    """Bytes of this process at their highest; None where only getrusage tells.

    With what the system was asked to forget. On Linux getrusage will not do: a process begins
    with the peak of the one that started it.
    """
    peak = _status_bytes("VmHWM")
    return None if peak is None else max(peak, _forgotten[0])


def _used_now(device: Device) -> int | None:
    if device.kind == "cuda":
        return int(torch.cuda.memory_allocated())
    if device.kind == "xpu":
        return int(torch.xpu.memory_allocated())
    return _status_bytes("VmRSS") if device.kind == "cpu" else None


def _forget_peak_of_process() -> bool:
    """Whether the system did."""
    _forgotten[0] = max(_forgotten[0], _status_bytes("VmHWM") or 0)
    try:
        _CLEAR.write_bytes(_FORGET_PEAK)
    except OSError:
        return False
    return True


def _status_bytes(wanted: str) -> int | None:
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name == wanted:
            return int(value.split()[0]) * 1024
    return None
