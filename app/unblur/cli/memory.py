"""The most memory that this process has used."""

from __future__ import annotations

import sys

_MEGABYTE = 1024 * 1024


def peak_memory_mb() -> float | None:
    """Resident memory at its highest, in MiB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return round(peak / (_MEGABYTE if sys.platform == "darwin" else 1024), 1)
