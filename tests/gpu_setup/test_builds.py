from __future__ import annotations

import re
from pathlib import Path

import pytest

from unblur.gpu_setup.builds import backend_for, oldest_release, release
from unblur.gpu_setup.hardware import Machine

PROJECT = Path(__file__).resolve().parents[2]


def with_card(driver: str, capability: str) -> Machine:
    """A Windows machine, which has no other source for the driver than NVIDIA's tool."""
    said = f"Some card, {driver}, {capability}\n"
    return Machine("Windows", "AMD64", Path("/nowhere"), lambda name: name, lambda _: said)


@pytest.mark.parametrize(
    ("driver", "capability", "label"),
    [
        ("581.42", "8.9", "cu130"),
        ("581.42", "6.1", "cu126"),
        ("566.36", "8.9", "cu126"),
        ("581.42", "[N/A]", "cu130"),
    ],
)
def test_driver_and_card_decide_which_cuda(driver: str, capability: str, label: str) -> None:
    assert backend_for("cuda", with_card(driver, capability)).label == label


def test_the_release_that_is_fetched_is_the_one_that_is_pinned() -> None:
    pins = (PROJECT / "packaging/constraints.txt").read_text(encoding="utf-8")

    assert f"torch=={release()}\n" in pins


def test_the_oldest_release_is_the_one_that_the_project_asks_for() -> None:
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.search(r'"torch>=([\d.]+)"', project)

    assert asked is not None
    assert asked[1] == oldest_release()
