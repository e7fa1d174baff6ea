from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from unblur.gpu_setup.hardware import (
    Machine,
    NvidiaCard,
    card_name,
    detect_backend,
    nvidia_card,
    nvidia_driver,
    output_of,
    why_none,
)

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


def answering(**answers: str) -> Machine:
    """A Linux machine whose programs print these."""
    return Machine(
        "Linux",
        "x86_64",
        Path("/nowhere"),
        lambda name: name if name.replace("-", "_") in answers else None,
        lambda command: answers[command[0].replace("-", "_")],
    )


def test_nvidias_own_tool_names_the_card_its_driver_and_its_capability() -> None:
    machine = answering(nvidia_smi="NVIDIA GeForce GTX 1080, 581.42, 6.1\nAnother, 581.42, 8.9\n")

    assert nvidia_card(machine) == NvidiaCard("NVIDIA GeForce GTX 1080", 581, 6.1)
    assert nvidia_driver(machine) == 581
    assert card_name(machine, "cuda") == "NVIDIA GeForce GTX 1080"


@pytest.mark.parametrize("said", ["", "NVIDIA-SMI has failed\n", ", , \n"])
def test_a_tool_that_makes_no_sense_is_no_card(said: str) -> None:
    assert nvidia_card(answering(nvidia_smi=said)) is None


def test_rocminfo_names_the_gpu_and_not_the_processor() -> None:
    said = (
        "*******\n  Marketing Name:          AMD Ryzen 9\n  Device Type:             CPU\n"
        "*******\n  Marketing Name:          AMD Radeon RX 7900 XTX\n"
        "  Device Type:             GPU\n"
    )
    assert card_name(answering(rocminfo=said), "rocm") == "AMD Radeon RX 7900 XTX"
    assert card_name(answering(), "rocm") == "AMD graphics card"


@pytest.mark.parametrize(
    ("vendor", "reason"),
    [
        ("0x10de", "its driver is not loaded"),
        ("0x1002", "ROCm"),
        ("0x8086", "inside the Intel processor"),
        ("0x1a03", "no graphics card was found"),
    ],
)
def test_a_card_that_cannot_compute_is_explained(tmp_path: Path, vendor: str, reason: str) -> None:
    add_card(tmp_path, 0, "0000:00:02.0", vendor)

    assert detect_backend(linux(tmp_path)) == "cpu"
    assert reason in why_none(linux(tmp_path))


@pytest.mark.parametrize(
    ("names", "backend"),
    [
        (("Intel(R) Arc(TM) A770 Graphics",), "xpu"),
        (("Intel(R) UHD Graphics 770",), "cpu"),
        (("AMD Radeon RX 7900 XTX",), "cpu"),
    ],
)
def test_windows_registry_tells_the_cards(names: tuple[str, ...], backend: str) -> None:
    machine = Machine("Windows", "AMD64", Path("/nowhere"), lambda _: None, registry=lambda: names)

    assert detect_backend(machine) == backend
    assert backend == "xpu" or why_none(machine)


def test_a_program_that_is_not_there_or_fails_says_nothing() -> None:
    assert output_of(["no-such-program-anywhere"]) is None
    assert output_of([sys.executable, "-c", "raise SystemExit(3)"]) is None
    assert output_of([sys.executable, "-c", "print('yes')"]) == f"yes{os.linesep}"
