"""The most memory that this process has used."""

from __future__ import annotations

import sys

_MEGABYTE = 1024 * 1024


def peak_memory_mb() -> float | None:
    """Resident memory at its highest, in MiB; None where the system does not tell."""
    # With torch, which whoever asks has used by now.
    from unblur.engine.memory import peak_of_process

    peak = peak_of_process()
    if peak is None:
        try:
            import resource
        except ImportError:  # Windows
            return None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # macOS counts bytes, the others kibibytes.
        peak *= 1 if sys.platform == "darwin" else 1024
    return round(peak / _MEGABYTE, 1)
