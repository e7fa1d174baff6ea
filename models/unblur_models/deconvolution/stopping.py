"""How a newer value stops the solver that runs for an older one."""

from __future__ import annotations

from collections.abc import Callable

from unblur_models.deconvolution.errors import Stopped

ShouldStop = Callable[[], bool]


def never() -> bool:
    """For work that nothing supersedes."""
    return False


def raise_if(should_stop: ShouldStop) -> None:
    """Raises Stopped if it says so. Solvers ask before every round."""
    if should_stop():
        raise Stopped
