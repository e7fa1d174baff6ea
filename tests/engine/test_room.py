"""Free memory, from files as Linux writes them and from this machine's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unblur.document.geometry import Size
from unblur.engine.device import choose_device
from unblur.engine.fitting import fit
from unblur.engine.room import free_bytes, free_memory_of_computer
from unblur.engine.tiling import TilingPolicy

MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30


def _system(folder: Path, available_kb: int = 8 << 20, cgroup: str = "") -> tuple[Path, Path]:
    proc, groups = folder / "proc", folder / "cgroup"
    (proc / "self").mkdir(parents=True)
    groups.mkdir()
    (proc / "meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {available_kb} kB\n")
    (proc / "self" / "cgroup").write_text(cgroup)
    return proc, groups


def _group(folder: Path, limit: str, used: int, spare: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {spare}\n")


def test_it_is_what_the_system_has_to_give(tmp_path: Path) -> None:
    assert free_memory_of_computer(*_system(tmp_path)) == 8 * GIBIBYTE


def test_a_container_that_may_take_less_counts(tmp_path: Path) -> None:
    proc, groups = _system(tmp_path, cgroup="0::/app.slice/unblur.scope\n")
    _group(groups / "app.slice" / "unblur.scope", str(4 * GIBIBYTE), GIBIBYTE, GIBIBYTE // 2)
    assert free_memory_of_computer(proc, groups) == 3.5 * GIBIBYTE


def test_so_does_the_limit_of_a_group_above(tmp_path: Path) -> None:
    proc, groups = _system(tmp_path, cgroup="0::/app.slice/unblur.scope\n")
    _group(groups / "app.slice" / "unblur.scope", "max", 1, 0)
    _group(groups / "app.slice", str(2 * GIBIBYTE), GIBIBYTE, 0)
    assert free_memory_of_computer(proc, groups) == GIBIBYTE


def test_groups_of_the_older_kind_count_as_well(tmp_path: Path) -> None:
    proc, groups = _system(tmp_path, cgroup="5:cpu,memory:/docker/ab\n3:cpuset:/x\n")
    folder = groups / "memory"
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text(str(3 * GIBIBYTE))
    (folder / "memory.usage_in_bytes").write_text(str(GIBIBYTE))
    (folder / "memory.stat").write_text("total_inactive_file 0\n")
    assert free_memory_of_computer(proc, groups) == 2 * GIBIBYTE


def test_a_group_that_is_over_its_limit_has_nothing_left(tmp_path: Path) -> None:
    proc, groups = _system(tmp_path, cgroup="0::/\n")
    _group(groups, str(GIBIBYTE), 2 * GIBIBYTE, 0)
    assert free_memory_of_computer(proc, groups) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells")
def test_this_machine_has_some() -> None:
    free = free_bytes(choose_device("cpu"))
    assert free is not None
    assert 0 < free <= choose_device("cpu").memory_bytes


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on address space")
def test_a_limit_on_the_process_counts() -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; import resource; "
        "from unblur.engine.room import free_memory_of_computer; "
        "before = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize(); "
        "resource.setrlimit(resource.RLIMIT_AS, (before + (300 << 20),) * 2); "
        "print(free_memory_of_computer() >> 20)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 250 < int(done.stdout) <= 300


POLICY = TilingPolicy(tile=256, halo=32, overlap=16, multiple=64, largest=320)
TILE = Size(320, 320)


def test_with_memory_in_plenty_inputs_have_the_size_that_the_network_prefers() -> None:
    fitted = fit(POLICY, TILE, 4096, 64 * GIBIBYTE, is_accelerated=False)
    assert fitted == (POLICY, 1)


def test_a_gpu_takes_as_many_at_once_as_its_memory_holds() -> None:
    one = 4096 * TILE.area
    assert fit(POLICY, TILE, 4096, int(3.9 * one), is_accelerated=True).at_once == 3
    assert fit(POLICY, TILE, 4096, 100 * one, is_accelerated=True).at_once == 8
    assert fit(POLICY, TILE, 4096, one // 2, is_accelerated=True).at_once == 1


def test_with_little_memory_inputs_are_as_large_as_fit() -> None:
    fitted = fit(POLICY, TILE, 4096, 400 * MEBIBYTE, is_accelerated=False)
    assert fitted.policy.largest == 192  # half of the memory: 226 × 226 pixels
    assert fitted.policy.tile == 192


def test_there_is_a_smallest_input_however_little_memory_is_left() -> None:
    assert fit(POLICY, TILE, 4096, 0, is_accelerated=False).policy.largest == POLICY.sizes[0]


@pytest.mark.parametrize(("known", "room"), [(None, GIBIBYTE), (4096, None)])
def test_where_nothing_is_known_the_policy_stays(known: float | None, room: int | None) -> None:
    assert fit(POLICY, TILE, known, room, is_accelerated=True) == (POLICY, 1)
