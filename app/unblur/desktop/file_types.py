"""Every kind of file that Unblur opens, in the names that desktops have for it.

The menu entry, the packages and the installers of all three systems are made from this table. A
test holds it against the formats that the codec reads.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """One format. `uti` is Apple's uniform type identifier; suffixes have their dot."""

    name: str
    mime_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    uti: str


FILE_TYPES: tuple[FileType, ...] = (
    FileType("JPEG", ("image/jpeg",), (".jpg", ".jpeg", ".jpe", ".jfif"), "public.jpeg"),
    FileType("PNG", ("image/png",), (".png",), "public.png"),
    FileType("TIFF", ("image/tiff",), (".tif", ".tiff"), "public.tiff"),
    FileType("WebP", ("image/webp",), (".webp",), "org.webmproject.webp"),
    FileType("BMP", ("image/bmp",), (".bmp", ".dib"), "com.microsoft.bmp"),
    FileType("HEIC", ("image/heic", "image/heif"), (".heic", ".heif", ".hif"), "public.heic"),
    FileType("AVIF", ("image/avif",), (".avif",), "public.avif"),
)


def mime_types() -> tuple[str, ...]:
    """The MIME types of all formats."""
    return tuple(mime for kind in FILE_TYPES for mime in kind.mime_types)
