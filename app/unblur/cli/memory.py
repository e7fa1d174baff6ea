"""The most memory that this process has used."""

from __future__ import annotations

import sys

_MEGABYTE = 1024 * 1024


def peak_memory_mb() -> float | None:
    """Resident memory at its highest, in MiB; None where the system does not tell."""
    # With torch, which whoever asks has used by now.
    from unblur.engine.memory import forgotten_peak

    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    peak *= 1 if sys.platform == "darwin" else 1024
    # Trying out what a network takes makes the system forget what was taken before.
    return round(max(peak, forgotten_peak()) / _MEGABYTE, 1)
