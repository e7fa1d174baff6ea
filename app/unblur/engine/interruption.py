"""Stopping inside a network: a tile takes seconds on a CPU, a layer a fraction of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from unblur.engine.cancel import CancelToken


@contextmanager
def interruptible(token: CancelToken) -> Iterator[None]:
    """Within, every layer that this thread is about to run looks at `token` first.

    Raises Cancelled out of the network once it is set. Networks that are no modules are not
    interrupted.
    """
    thread = threading.get_ident()

    def look(_layer: nn.Module, _inputs: object) -> None:
        if threading.get_ident() == thread:
            token.raise_if_cancelled()

    hook = register_module_forward_pre_hook(look)
    try:
        yield
    finally:
        hook.remove()
