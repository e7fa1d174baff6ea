"""How much memory is free for work: measured, never guessed from the name of a card.

On a computer it is the least of what the system has to give, what the container (cgroup) that
we run in may still take, and what the process may still map (`ulimit -v`). Without Linux's
files nobody tells, and then only a failed allocation does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from unblur.engine.device import Device

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")
_KIBIBYTE = 1024


def free_bytes(device: Device, budget: int = 0) -> int | None:
    """Memory that new work on `device` may take; None where the system does not tell.

    `budget` is what a person allows the program to take of a GPU in all, 0 for everything.
    """
    if device.kind == "cpu":
        return free_memory_of_computer()
    held, free = _of_accelerator(device)
    if budget:
        free = min(free, budget - held)
    return max(0, free)


def keep_to_budget(device: Device, budget: int) -> None:
    """Let torch itself refuse what goes beyond `budget` bytes of a GPU, 0 for no limit."""
    share = min(1.0, budget / device.memory_bytes) if budget and device.memory_bytes else 1.0
    if device.kind == "cuda":
        torch.cuda.set_per_process_memory_fraction(share, device.index)
    elif device.kind == "mps":
        torch.mps.set_per_process_memory_fraction(share)


def free_memory_of_computer(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> int | None:
    """Bytes that this process may still take; None where nothing tells."""
    known = [_of_system(proc), _of_cgroups(proc, cgroups), _of_process(proc)]
    told = [each for each in known if each is not None]
    return max(0, min(told)) if told else None


def _of_accelerator(device: Device) -> tuple[int, int]:
    """Bytes that our tensors take, and those that they could take besides.

    What torch keeps for later is free to us.
    """
    if device.kind == "cuda":
        held = torch.cuda.memory_allocated(device.index)
        kept = torch.cuda.memory_reserved(device.index) - held
        return held, int(torch.cuda.mem_get_info(device.index)[0]) + kept
    if device.kind == "xpu":
        held = torch.xpu.memory_allocated(device.index)
        return held, device.memory_bytes - held
    held = torch.mps.current_allocated_memory()
    return held, device.memory_bytes - held


def _of_system(proc: Path) -> int | None:
    try:
        lines = (proc / "meminfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next(
        (_KIBIBYTE * int(line.split()[1]) for line in lines if "MemAvailable:" in line), None
    )


def _of_process(proc: Path) -> int | None:
    """What `ulimit -v` leaves."""
    if sys.platform == "win32":
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        pages = int((proc / "self" / "statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return limit - pages * resource.getpagesize()


def _of_cgroups(proc: Path, root: Path) -> int | None:
    """The least room of the groups that the process is in; a limit above holds as well."""
    room = [each for folder in _groups(proc, root) if (each := _of_group(folder)) is not None]
    return min(room) if room else None


def _groups(proc: Path, root: Path) -> Iterator[Path]:
    """Folders of the process's groups, innermost first, of version 2 and of version 1."""
    try:
        lines = (proc / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        if kinds and "memory" not in kinds.split(","):
            continue
        base = root / "memory" if kinds else root
        inner = Path(path.lstrip("/"))
        # Inside a container the path is often that of the host, and only its root is here.
        for folder in (inner, *inner.parents):
            yield base / folder


def _of_group(folder: Path) -> int | None:
    for limit_name, used_name, reclaimable in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            limit = int((folder / limit_name).read_text(encoding="ascii"))
            used = int((folder / used_name).read_text(encoding="ascii"))
            facts = (folder / "memory.stat").read_text(encoding="ascii").split()
            # Files that were read lie in memory as long as nobody else wants it.
            spare = dict(zip(facts[::2], facts[1::2], strict=False)).get(reclaimable, "0")
            return limit - used + int(spare)
        except (OSError, ValueError):
            continue  # not there, or “max”
    return None
