"""The menu entry, as the freedesktop.org Desktop Entry Specification writes it."""

from __future__ import annotations

from collections.abc import Sequence

from unblur.desktop.file_types import mime_types

NAME = "unblur"
"""Of the entry and of its icon; the window tells the desktop the same name."""

COMMENT = "Make blurry photographs sharp, on your own computer"

# Characters that end a word, or mean something to a shell, outside quotes.
_RESERVED = set(" \t\n\"'\\><~|&;$*?#()`")


def entry(command: Sequence[str]) -> str:
    """The text of the .desktop file that starts `command` with the photos that are opened."""
    words = " ".join(_quoted(word) for word in command)
    lines = {
        "Type": "Application",
        "Version": "1.1",
        "Name": "Unblur",
        "GenericName": "Photo Deblurring",
        "Comment": COMMENT,
        "Exec": f"{words} %F",
        "Icon": NAME,
        "Terminal": "false",
        "Categories": "Graphics;Photography;2DGraphics;RasterGraphics;",
        "Keywords": "photo;blur;deblur;sharpen;focus;restore;shake;",
        "MimeType": "".join(f"{mime};" for mime in mime_types()),
        "StartupNotify": "true",
        "StartupWMClass": NAME,
    }
    body = "\n".join(f"{key}={value}" for key, value in lines.items())
    return f"[Desktop Entry]\n{body}\n"


def _quoted(word: str) -> str:
    """One argument of `Exec`: quoted where it must be, and escaped as a value after that."""
    word = word.replace("%", "%%")
    if word and not _RESERVED & set(word):
        return word
    for character in ("\\", '"', "`", "$"):
        word = word.replace(character, f"\\{character}")
    return f'"{word}"'.replace("\\", "\\\\")
