"""How large a photo may be: checked from its header, before memory is asked for."""

from __future__ import annotations

import os
import sys

from unblur.document.geometry import Size
from unblur.errors import ImageTooLargeError

MAX_MEGAPIXELS = 1000
# Decoder's own buffer, the pixels, and the display's copy.
_COPIES = 2.5


def check_size(size: Size, bytes_per_pixel: int) -> None:
    """Raise ImageTooLargeError for a photo that cannot be held; it names no path."""
    megapixels = size.megapixels
    if megapixels > MAX_MEGAPIXELS:
        raise ImageTooLargeError(None, f"{megapixels:,.0f} of at most {MAX_MEGAPIXELS} megapixels")
    memory = _physical_memory()
    if memory is not None and size.area * bytes_per_pixel * _COPIES > memory:
        needed = size.area * bytes_per_pixel * _COPIES / 2**30
        raise ImageTooLargeError(
            None, f"it needs {needed:.0f} of {memory / 2**30:.0f} GB of memory"
        )


def _physical_memory() -> int | None:
    """Bytes of memory in this machine, or None where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _windows_memory() -> int | None:
    if sys.platform != "win32":
        return None
    import ctypes

    kilobytes = ctypes.c_ulonglong()
    found = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if found else None
