"""How the engine works for a command: its precision, its memory, and what it remembers."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from unblur import paths
from unblur.cli.arguments import RestoreOrder
from unblur.engine.findings import Findings
from unblur.engine.tile_cache import TileCache
from unblur.errors import HomeMissingError

logger = logging.getLogger(__name__)

_CACHE_BYTES = 1024**3
_GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True)
class Conduct:
    """Exact and without memory of other runs, unless told otherwise. `gpu_memory` is in bytes."""

    precision: str = "fp32"
    gpu_memory: int = 0
    findings: Findings | None = None
    cache: TileCache | None = None


def conduct_of(order: RestoreOrder) -> Conduct:
    """How the photos of `order` are restored."""
    gpu_memory = int(order.gpu_memory * _GIGABYTE)
    try:
        findings = Findings(paths.findings_file())
        folder = paths.tiles_dir()
    except HomeMissingError:
        logger.info("There is no home folder, so nothing is remembered")
        return Conduct(order.precision, gpu_memory, Findings())
    cache = TileCache(folder, _CACHE_BYTES) if order.cache else None
    return Conduct(order.precision, gpu_memory, findings, cache)
