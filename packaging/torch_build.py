"""Which build of torch to install, and from where.

The rule: what the plain package index offers is taken when it fits the backend. Otherwise
PyTorch's own index is asked, once: if it cannot be reached, or its build cannot be installed,
that is remembered in the environment and the plain build is taken from then on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unblur.gpu_setup.builds import Backend

_REACH_SECONDS = 5.0


@dataclass(frozen=True)
class Choice:
    """What to hand to pip. `index` is None when it comes from the plain index.

    `given_up` names the index that would have the fitting build but does not deliver.
    """

    requirement: str
    index: str | None
    note: str
    given_up: str | None = None


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
