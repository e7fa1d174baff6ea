"""The table of PyTorch's builds, read for one machine: `resources/torch_backends.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unblur.gpu_setup.hardware import Machine, nvidia_card, nvidia_driver
from unblur.paths import resources_dir


@dataclass(frozen=True)
class Backend:
    """One row of the table, read for one machine."""

    name: str
    label: str | None
    index: str | None
    is_plain: bool

    def is_met_by(self, version: str | None) -> bool:
        """Whether a build called `version` ("2.13.0", "2.13.0+cpu") computes with this backend."""
        if version is None:
            return False
        _, _, label = version.partition("+")
        return self.is_plain if not label else label == self.label


def backend_names(table: Path | None = None) -> tuple[str, ...]:
    """The backends that the table knows."""
    return tuple(_read(table)["backends"])


def release(table: Path | None = None) -> str:
    """The release of PyTorch that is fetched, such as "2.13.0"."""
    return str(_read(table)["release"])


def oldest_release(table: Path | None = None) -> str:
    """The oldest release that the program runs with, such as "2.11"."""
    return str(_read(table)["oldest"])


def backend_for(name: str, machine: Machine, table: Path | None = None) -> Backend:
    """The row of backend `name` as it applies to `machine`."""
    data = _read(table)
    row = data["backends"][name]
    builds: list[dict[str, Any]] = row["builds"]
    usable = [build for build in builds if _fits(build, machine)] or builds[-1:]
    label = usable[0]["label"] if usable else None
    # The plain index carries the first build alone: an older driver needs an older one.
    is_plain = any(n in row["plain"] for n in machine.names()) and usable[:1] == builds[:1]
    return Backend(name, label, f"{data['index']}{label}" if label else None, is_plain)


def _fits(build: dict[str, Any], machine: Machine) -> bool:
    """Whether driver and card, as far as they are known, are new enough."""
    if "driver" not in build:
        return True
    driver, card = nvidia_driver(machine), nvidia_card(machine)
    capability = card.capability if card is not None else None
    return (driver is None or build["driver"] <= driver) and (
        capability is None or build["capability"] <= capability
    )


def _read(table: Path | None) -> dict[str, Any]:
    path = table or resources_dir() / "torch_backends.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
