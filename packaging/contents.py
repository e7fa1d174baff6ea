"""What is in a bundle: its size by part, what it takes from the system, what it must not hold."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

# Under the GPL, and so not ours to pass on: readline, gdbm, the encoders x264 and x265.
_FORBIDDEN = re.compile(r"lib(readline|gdbm|x264|x265)\b.*\.(so|dll|dylib)")
_ELF = b"\x7fELF"


def size_report(bundle: Path) -> str:
    """One line a part, the largest first, in MB (10⁶ bytes); links count nothing."""
    sizes: Counter[str] = Counter()
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink():
            sizes[_part(path.relative_to(bundle))] += path.stat().st_size
    lines = [f"{size / 1e6:8.1f} MB  {part}" for part, size in sizes.most_common()]
    return "\n".join([*lines, f"{sum(sizes.values()) / 1e6:8.1f} MB  together"])


def forbidden_files(bundle: Path) -> list[str]:
    """Libraries that may not be passed on with this program; there should be none."""
    return sorted(path.name for path in bundle.rglob("*") if _FORBIDDEN.match(path.name))


def missing_libraries(bundle: Path) -> set[str]:
    """What the bundle's ELF files ask for by name and do not find among themselves."""
    needed: set[str] = set()
    for path in _elf_files(bundle):
        told = _objdump(path, "-p")
        needed |= set(re.findall(r"^\s+NEEDED\s+(\S+)", told, re.MULTILINE))
    return needed - {path.name for path in bundle.rglob("*")}


def newest_glibc(bundle: Path) -> str:
    """The newest version of glibc that a file in it asks for, such as "2.34"."""
    versions = {"2.17"}
    for path in _elf_files(bundle):
        versions |= set(re.findall(r"\bGLIBC_(\d+\.\d+)\b", _objdump(path, "-p")))
    return max(versions, key=lambda text: tuple(int(part) for part in text.split(".")))


def _part(path: Path) -> str:
    parts = path.parts
    if parts[0] != "_internal":
        return f"{parts[0]} (the program and its bytecode)"
    if len(parts) == 2:
        return "libraries of the system that come along"
    package = parts[1].removesuffix(".libs")
    if package == "opencv_python_headless":
        return "cv2"
    if package == "unblur_models" and "weights" in parts:
        return "unblur_models/weights"
    if package == "PySide6" and parts[-1].startswith("libicu"):
        return "PySide6 (ICU)"
    return package


def _elf_files(bundle: Path) -> Iterator[Path]:
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path


def _objdump(path: Path, option: str) -> str:
    command = ["objdump", option, str(path)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
