from __future__ import annotations

from pathlib import Path

import pytest
from hardware import Machine, detect_backend, nvidia_driver

NVIDIA = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.211.01  Sun Jan 4 2026\n"


def linux(root: Path, *programs: str) -> Machine:
    return Machine("Linux", "x86_64", root, lambda name: name if name in programs else None)


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add_card(root: Path, number: int, address: str, vendor: str) -> None:
    write(root / f"sys/devices/pci0000:00/{address}/vendor", f"{vendor}\n")
    card = root / f"sys/class/drm/card{number}"
    card.mkdir(parents=True)
    (card / "device").symlink_to(root / f"sys/devices/pci0000:00/{address}")


def test_a_machine_with_nothing_special_computes_on_its_cpu(tmp_path: Path) -> None:
    assert detect_backend(linux(tmp_path)) == "cpu"


def test_an_nvidia_driver_in_the_kernel_means_cuda(tmp_path: Path) -> None:
    write(tmp_path / "proc/driver/nvidia/version", NVIDIA)

    assert detect_backend(linux(tmp_path)) == "cuda"
    assert nvidia_driver(linux(tmp_path)) == 570


def test_nvidia_smi_means_cuda_on_windows_too(tmp_path: Path) -> None:
    machine = Machine("Windows", "AMD64", tmp_path, lambda name: name)

    assert detect_backend(machine) == "cuda"
    assert nvidia_driver(machine) is None


def test_the_kernel_fusion_driver_means_rocm(tmp_path: Path) -> None:
    write(tmp_path / "dev/kfd")

    assert detect_backend(linux(tmp_path)) == "rocm"


def test_a_discrete_intel_gpu_means_xpu_and_an_integrated_one_does_not(tmp_path: Path) -> None:
    add_card(tmp_path, 0, "0000:00:02.0", "0x8086")
    assert detect_backend(linux(tmp_path)) == "cpu"

    add_card(tmp_path, 1, "0000:03:00.0", "0x8086")
    assert detect_backend(linux(tmp_path)) == "xpu"


def test_a_discrete_gpu_of_another_maker_is_no_xpu(tmp_path: Path) -> None:
    add_card(tmp_path, 0, "0000:03:00.0", "0x1a03")

    assert detect_backend(linux(tmp_path)) == "cpu"


@pytest.mark.parametrize(("architecture", "backend"), [("arm64", "mps"), ("x86_64", "cpu")])
def test_apple_silicon_means_mps(tmp_path: Path, architecture: str, backend: str) -> None:
    assert detect_backend(Machine("Darwin", architecture, tmp_path, lambda _: None)) == backend
