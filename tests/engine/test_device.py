from __future__ import annotations

from pathlib import Path

import pytest
import torch

from unblur.engine import device as devices
from unblur.engine.device import (
    Device,
    available_devices,
    choose_device,
    is_out_of_memory,
    limit_cpu_threads,
)
from unblur.errors import DeviceUnavailableError


@pytest.fixture
def only_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_count", lambda kind: int(kind == "cpu"))


@pytest.mark.usefixtures("only_cpu")
def test_without_a_gpu_automatic_is_the_cpu() -> None:
    device = choose_device("auto")
    assert device.kind == "cpu"
    assert not device.is_accelerated
    assert device.torch_device == torch.device("cpu")
    assert f"{torch.get_num_threads()} threads" in device.name
    assert device == choose_device("cpu")


@pytest.mark.usefixtures("only_cpu")
@pytest.mark.parametrize("name", ["cuda", "mps", "xpu", "toaster"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(DeviceUnavailableError) as caught:
        choose_device(name)
    assert caught.value.detail == name


@pytest.fixture
def broken_card(monkeypatch: pytest.MonkeyPatch) -> Device:
    """A device of torch's that is really there and really computes no numbers: “meta”."""
    card = Device("meta", "Broken Card", 8 << 30)
    cpu = choose_device("cpu")
    monkeypatch.setattr(devices, "_ACCELERATORS", ("meta",))
    monkeypatch.setattr(devices, "_of_kind", lambda kind: [card if kind == "meta" else cpu])
    devices._trial.cache_clear()
    return card


@pytest.mark.allow_log("meta:0 does not compute")
def test_a_gpu_that_cannot_compute_is_passed_over_and_named(broken_card: Device) -> None:
    device = choose_device("auto")
    assert device.kind == "cpu"
    assert device.instead_of.startswith("Broken Card (")
    assert broken_card in available_devices()


@pytest.mark.allow_log("meta:0 does not compute")
def test_a_gpu_that_was_named_and_cannot_compute_is_refused_with_the_reason(
    broken_card: Device,
) -> None:
    with pytest.raises(DeviceUnavailableError) as caught:
        choose_device("meta")
    assert caught.value.detail.startswith("Broken Card (")


def test_a_device_is_found_again_by_its_label() -> None:
    assert [choose_device(each.label) for each in available_devices()] == list(available_devices())
    second = Device("cuda", "Second", 0, index=1)
    assert second.label == "cuda:1"
    assert second.torch_device == torch.device("cuda", 1)


def test_a_device_says_what_it_is_and_how_much_memory_it_has() -> None:
    cpu = available_devices()[-1]
    assert cpu.platform == "CPU"
    assert cpu.name
    assert cpu.memory_bytes > 0


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate me"),
    ],
)
def test_running_out_of_memory_is_recognised(error: Exception) -> None:
    assert is_out_of_memory(error)


def test_a_real_allocation_that_fails_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: no kernel"), ValueError("memory")])
def test_other_failures_are_not_taken_for_it(error: Exception) -> None:
    assert not is_out_of_memory(error)


def test_threads_are_taken_away_but_never_added(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    try:
        torch.set_num_threads(2)
        assert limit_cpu_threads() == torch.get_num_threads() == 1
        monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
        assert limit_cpu_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("content", "cores"), [("200000 100000\n", 2.0), ("max 100000\n", None), ("", None)]
)
def test_the_cores_that_a_container_grants_are_read(
    content: str, cores: float | None, tmp_path: Path
) -> None:
    (tmp_path / "cpu.max").write_text(content, encoding="ascii")
    assert devices.granted_cores(tmp_path) == cores
    assert devices.granted_cores(tmp_path / "elsewhere") is None


def test_no_more_threads_are_used_than_a_container_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(devices, "granted_cores", lambda: 1.5)
    try:
        torch.set_num_threads(8)
        assert limit_cpu_threads() == 2
    finally:
        torch.set_num_threads(before)
