from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.gpu_setup.conftest import NVIDIA, VERSION, shop, store, trials
from tests.package_index import Shop

from unblur.gpu_setup import store as stores
from unblur.gpu_setup.hardware import Machine
from unblur.gpu_setup.included import IncludedTorch
from unblur.gpu_setup.kept import Verdict
from unblur.gpu_setup.store import GpuStore

Command = Callable[..., Any]

__all__ = ["shop", "store", "trials"]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> Shop:
    """A computer with a card that the program's own torch does not compute with."""
    own = IncludedTorch("2.13.0+cpu", frozenset())
    monkeypatch.setattr(stores, "included_torch", lambda other_than: own)
    monkeypatch.setattr(stores, "Machine", lambda: NVIDIA)
    monkeypatch.setenv("UNBLUR_TORCH_INDEX", shop.address)
    return shop


def test_the_build_for_the_card_is_fetched_described_and_removed(
    unblur: Command, machine: Shop, trials: list[str]
) -> None:
    assert "it needs a PyTorch of its own" in unblur("setup-gpu", "--status").out

    outcome = unblur("setup-gpu")
    assert outcome.status == 0
    assert "PyTorch computes with Stand-in GPU" in outcome.out

    facts = json.loads(unblur("setup-gpu", "--status", "--json").out)
    assert (facts["kept"]["torch"], facts["works"]) == (VERSION, True)
    assert "from the next start on" in unblur("setup-gpu", "--status").out

    assert unblur("setup-gpu", "--remove").status == 0
    assert json.loads(unblur("setup-gpu", "--status", "--json").out)["kept"] is None


def test_a_build_that_does_not_work_ends_with_its_reason(
    unblur: Command, machine: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Verdict("key", works=False, reason="the driver is too old")
    monkeypatch.setattr(GpuStore, "try_again", lambda *_: bad)

    outcome = unblur("setup-gpu")

    assert outcome.status == 1
    assert "(the driver is too old), so the processor is used" in outcome.err


def test_without_a_card_there_is_a_sentence(
    unblur: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    bare = Machine("Linux", "x86_64", tmp_path, lambda _: None)
    monkeypatch.setattr(stores, "Machine", lambda: bare)

    outcome = unblur("setup-gpu")

    assert outcome.status == 1
    assert "no graphics card was found" in outcome.err


def test_offline_nothing_is_fetched(
    unblur: Command, machine: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNBLUR_OFFLINE", "1")

    assert "stay offline" in unblur("setup-gpu").err
    assert machine.asked == []


def test_status_and_removal_exclude_each_other(unblur: Command) -> None:
    assert unblur("setup-gpu", "--status", "--remove").status == 2
