"""A machine with an NVIDIA card, and an index with a build for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.package_index import Shop, open_shop, torch_wheel, wheel

from unblur.gpu_setup import builds
from unblur.gpu_setup.hardware import Machine
from unblur.gpu_setup.store import GpuStore

VERSION = f"{builds.release()}+cu130"
NVIDIA = Machine(
    "Linux",
    "x86_64",
    Path("/nowhere"),
    lambda name: name if name == "nvidia-smi" else None,
    lambda _: "Stand-in GPU, 581.42, 8.9\n",
)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """torch, and a library of CUDA that it requires."""
    goods = Shop()
    cublas = wheel("nvidia-cublas", "13.1.0", {"nvidia/cublas/lib/libcublas.so.13": "x" * 90_000})
    goods.add("nvidia-cublas", "13.1.0", cublas)
    marker = "platform_system != 'Plan9'"
    content = torch_wheel(VERSION, requires=(f"nvidia-cublas==13.1.0; {marker}",))
    file = goods.add("torch", VERSION, content)
    goods.with_metadata = frozenset({file})
    with open_shop(goods) as opened:
        yield opened


@pytest.fixture
def store(shop: Shop, own_home: Path) -> GpuStore:
    """The store of a person with that card."""
    return GpuStore(own_home / "data/torch", machine=NVIDIA, index=shop.address)


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No process is started for a trial; each build works, and those that were tried are told."""
    from unblur.gpu_setup import trial
    from unblur.gpu_setup.kept import Verdict

    tried: list[str] = []

    def works(site: Path, backend: str, key: str, is_cancelled: object) -> Verdict:
        tried.append(backend)
        return Verdict(key, works=True, device="Stand-in GPU")

    monkeypatch.setattr(trial, "_tried", works)
    return tried
