"""What a photo's colour space is called."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColorSpace

from unblur.document.photo import Photo

_LONGEST = 28


def color_space_name(photo: Photo) -> str:
    """The profile's own name; "sRGB" for its many spellings and where there is no profile."""
    if not photo.metadata.icc:
        return "sRGB"
    space = QColorSpace.fromIccProfile(QByteArray(photo.metadata.icc))
    name = space.description().strip() if space.isValid() else ""
    if not name:
        return "own profile"
    if name.lower().startswith("srgb"):
        return "sRGB"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
