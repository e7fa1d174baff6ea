"""`unblur desktop`: the menu entry and Open With of this person."""

from __future__ import annotations

from unblur.desktop import install
from unblur.desktop.file_types import FILE_TYPES


def run(action: str) -> int:
    """Install or remove, and say what was done; the exit status. Raises DesktopErrors."""
    if action == "install":
        *_, place = install.install()
        kinds = ", ".join(kind.name for kind in FILE_TYPES)
        print(f"Unblur is in the menu, and in Open With of {kinds}: {place}")
    else:
        gone = install.remove()
        print("Unblur is out of the menu." if gone else "Unblur was not in the menu.")
    return 0
