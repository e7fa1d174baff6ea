"""Takes the symbols for debuggers out of a bundle's largest libraries: an eighth of its size."""

from __future__ import annotations

import subprocess
from pathlib import Path

# Python's own, where it was not a package of the system, and PyTorch's. All others come without
# symbols, and what auditwheel has patched can be broken by strip.
_WITH_SYMBOLS = ("libpython*.so*", "python3*/lib-dynload/*.so", "torch/lib/*.so")


def strip_symbols(bundle: Path) -> int:
    """Strip them in place; how many bytes that saved. Functions that are exported stay named."""
    inside = bundle / "_internal"
    paths = [path for pattern in _WITH_SYMBOLS for path in inside.glob(pattern)]
    files = [path for path in paths if not path.is_symlink()]
    before = sum(path.stat().st_size for path in files)
    subprocess.run(["strip", "--strip-unneeded", *map(str, files)], check=True)
    return before - sum(path.stat().st_size for path in files)
