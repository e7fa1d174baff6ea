"""Which build of torch to install, and from where.

The rule: what the plain package index offers is taken when it fits the backend. Otherwise
PyTorch's own index is asked, once: if it cannot be reached, or its build cannot be installed,
that is remembered in the environment and the plain build is taken from then on.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware import Machine, nvidia_driver

_TABLE = Path(__file__).with_name("torch_backends.toml")
_REACH_SECONDS = 5.0


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


@dataclass(frozen=True)
class Choice:
    """What to hand to pip. `index` is None when it comes from the plain index.

    `given_up` names the index that would have the fitting build but does not deliver.
    """

    requirement: str
    index: str | None
    note: str
    given_up: str | None = None


def backend_names(table: Path = _TABLE) -> tuple[str, ...]:
    """The backends that the table knows."""
    return tuple(_read(table)["backends"])


def backend_for(name: str, machine: Machine, table: Path = _TABLE) -> Backend:
    """The row of backend `name` as it applies to `machine`."""
    data = _read(table)
    row = data["backends"][name]
    builds: list[dict[str, Any]] = row["builds"]
    driver = nvidia_driver(machine)
    usable = [b for b in builds if driver is None or b.get("driver", 0) <= driver] or builds[-1:]
    label = usable[0]["label"] if usable else None
    # The plain index carries the first build alone: an older driver needs an older one.
    is_plain = any(n in row["plain"] for n in machine.names()) and usable[:1] == builds[:1]
    return Backend(name, label, f"{data['index']}{label}" if label else None, is_plain)


def choose(
    backend: Backend,
    pin: str,
    *,
    offered: str | None,
    failed: frozenset[str],
    is_reachable: Callable[[str], bool],
) -> Choice:
    """Where `pin` ("torch==2.13.0") comes from.

    `offered` is the version of the plain index's build, or None when it has none; `failed`
    holds the indexes that were tried in vain before.
    """
    if backend.is_met_by(offered):
        return Choice(pin, None, f"PyTorch for {backend.name}")
    if backend.index is None:
        return Choice(pin, None, f"PyTorch has no build for {backend.name} here: the usual one")
    if backend.index in failed:
        note = f"{backend.index} failed before, so the plain index's PyTorch is taken"
        return Choice(pin, None, note, given_up=backend.index)
    if not is_reachable(backend.index):
        note = f"{backend.index} cannot be reached, so the plain index's PyTorch is taken"
        return Choice(pin, None, note, given_up=backend.index)
    requirement = f"{pin}+{backend.label}"
    return Choice(requirement, backend.index, f"PyTorch for {backend.name} from {backend.index}")


def can_reach(index: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the index answers within a few seconds."""
    # Half of a start's time, and needed at the first one only.
    import ssl
    import urllib.request

    certificates = environ.get("PIP_CERT")
    context = ssl.create_default_context(cafile=certificates) if certificates else None
    try:
        with urllib.request.urlopen(  # noqa: S310 - the table holds https addresses only
            f"{index}/torch/", timeout=_REACH_SECONDS, context=context
        ) as answer:
            return int(answer.status) == 200
    except (OSError, ValueError):
        return False


def _read(table: Path) -> dict[str, Any]:
    return tomllib.loads(table.read_text(encoding="utf-8"))
