from __future__ import annotations

from pathlib import Path

import pytest
from torch_build import Choice, choose

from unblur.gpu_setup.builds import Backend, backend_for, backend_names
from unblur.gpu_setup.hardware import Machine

LINUX = Machine("Linux", "x86_64", Path("/nowhere"), lambda _: None)
WINDOWS = Machine("Windows", "AMD64", Path("/nowhere"), lambda _: None)
MAC = Machine("Darwin", "arm64", Path("/nowhere"), lambda _: None)
PIN = "torch==9.9.0"


def never(index: str) -> bool:
    raise AssertionError(f"{index} was asked")


def picked(backend: Backend, offered: str | None, *, reachable: bool | None = None) -> Choice:
    """The choice; `reachable` None means that no index may be asked."""
    asked = never if reachable is None else lambda _: reachable
    return choose(backend, PIN, offered=offered, failed=frozenset(), is_reachable=asked)


def test_every_backend_of_the_command_line_is_in_the_table() -> None:
    assert set(backend_names()) == {"cpu", "cuda", "rocm", "xpu", "mps"}


@pytest.mark.parametrize("name", ["cpu", "cuda", "rocm", "xpu"])
def test_the_indexes_are_pytorchs_own(name: str) -> None:
    index = backend_for(name, LINUX).index

    assert index is not None
    assert index.startswith("https://download.pytorch.org/whl/")


@pytest.mark.parametrize(
    ("name", "machine", "offered"),
    [
        ("cpu", LINUX, "9.9.0+cpu"),
        ("cpu", WINDOWS, "9.9.0"),
        ("cuda", LINUX, "9.9.0"),
        ("mps", MAC, "9.9.0"),
    ],
)
def test_a_fitting_build_of_the_plain_index_is_taken_without_asking_another(
    name: str, machine: Machine, offered: str
) -> None:
    choice = picked(backend_for(name, machine), offered)

    assert (choice.requirement, choice.index, choice.given_up) == (PIN, None, None)


@pytest.mark.parametrize(
    ("name", "machine", "offered"),
    [
        ("cpu", LINUX, "9.9.0"),
        ("cuda", WINDOWS, "9.9.0"),
        ("cuda", LINUX, "9.9.0+cpu"),
        ("rocm", LINUX, "9.9.0"),
        ("xpu", LINUX, None),
    ],
)
def test_otherwise_pytorchs_own_index_is_taken(name: str, machine: Machine, offered: str) -> None:
    backend = backend_for(name, machine)

    choice = picked(backend, offered, reachable=True)

    assert choice.index == backend.index
    assert choice.requirement == f"{PIN}+{backend.label}"


def test_an_index_that_cannot_be_reached_leaves_the_plain_build() -> None:
    backend = backend_for("rocm", LINUX)

    choice = picked(backend, "9.9.0", reachable=False)

    assert (choice.requirement, choice.index, choice.given_up) == (PIN, None, backend.index)
    assert "cannot be reached" in choice.note


def test_an_index_that_failed_before_is_not_asked_again() -> None:
    backend = backend_for("xpu", LINUX)
    assert backend.index is not None

    failed = frozenset({backend.index})
    choice = choose(backend, PIN, offered="9.9.0", failed=failed, is_reachable=never)

    assert (choice.requirement, choice.index) == (PIN, None)


def test_a_backend_without_a_build_here_takes_the_usual_one() -> None:
    choice = picked(backend_for("mps", LINUX), "9.9.0")

    assert (choice.requirement, choice.index, choice.given_up) == (PIN, None, None)


def test_an_older_nvidia_driver_takes_the_older_cuda(tmp_path: Path) -> None:
    version = tmp_path / "proc/driver/nvidia/version"
    version.parent.mkdir(parents=True)
    machine = Machine("Linux", "x86_64", tmp_path, lambda _: None)

    version.write_text("Kernel Module  570.211.01  Sun", encoding="utf-8")
    older = backend_for("cuda", machine)
    version.write_text("Kernel Module  580.95.05  Sun", encoding="utf-8")
    newer = backend_for("cuda", machine)

    assert (older.label, older.is_met_by("9.9.0")) == ("cu126", False)
    assert (newer.label, newer.is_met_by("9.9.0")) == ("cu130", True)


def test_a_build_for_something_else_does_not_fit() -> None:
    cuda = backend_for("cuda", LINUX)

    assert cuda.is_met_by("9.9.0+cu130")
    assert not cuda.is_met_by("9.9.0+cpu")
    assert not cuda.is_met_by(None)
