"""What goes into the bundle besides what PyInstaller finds by following imports, and what not.

The spec stands on this module; it is apart from it so that tests can read it.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from identity import PUBLISHER

# Reached by imports that inference never carries out: compilers, exporters, tests and training.
# readline and gdbm stand on libraries under the GPL.
EXCLUDED_MODULES = [
    "IPython",
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtQml",
    "_gdbm",
    "_pytest",
    "crypt",
    "curses",
    "dask",
    "dbm",
    "fsspec",
    "jinja2",
    "matplotlib",
    "mpmath",
    "mypy",
    "networkx",
    "nis",
    "onnx",
    "pandas",
    "pip",
    "pytest",
    "readline",
    "scipy",
    "setuptools",
    "sqlite3",
    "sympy",
    "tensorboard",
    "tensorboardX",
    "tkinter",
    "torch._dynamo",
    "torch._inductor",
    "torch.ao.pruning",
    "torch.distributed._composable",
    "torch.distributed._shard",
    "torch.distributed._tools",
    "torch.distributed.checkpoint",
    "torch.distributed.elastic",
    "torch.distributed.fsdp",
    "torch.distributed.optim",
    "torch.distributed.pipelining",
    "torch.distributed.tensor",
    "torch.onnx",
    "torch.utils.benchmark",
    "torch.utils.tensorboard",
    "torchvision",
    "triton",
]

# A torch that the person adds later may want what ours does not: all of Python, but for its
# tests and windows.
_NOT_OF_PYTHON = {"antigravity", "ensurepip", "idlelib", "lib2to3", "this", "turtle", "turtledemo"}

# Files, by the beginning of their place in the bundle. The plugins of Qt are chosen instead.
_UNWANTED = (
    "OpenImageIO/bin/",
    "OpenImageIO/include/",
    "OpenImageIO/share/doc",
    "PySide6/Qt/translations/",
    "PySide6/translations/",
)
_PLUGINS = {
    "iconengines": None,
    "imageformats": {"qsvg", "qjpeg", "qico", "qicns"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    # GTK's own would bring all of GTK along; the portal asks the desktop for its file dialog.
    "platformthemes": {"qxdgdesktopportal"},
    "styles": None,
    "wayland-decoration-client": None,
    "wayland-shell-integration": {"xdg-shell"},
}
# What the desktop brings itself, and in its own version: with ours its fonts and its bus would not
# be found. The .deb depends on the packages of these.
_OF_THE_SYSTEM = re.compile(
    r"lib(X11(-xcb)?|xcb|fontconfig|freetype|expat|dbus-1|systemd|glib-2\.0|gobject-2\.0|gio-2\.0"
    r"|gmodule-2\.0|gthread-2\.0|EGL|GL|GLX|OpenGL|GLdispatch|drm|wayland-client|gcrypt|gpg-error"
    r"|z)\.so"
)
_QT_LIBRARIES = Path("PySide6/Qt/lib")
_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/([^/]+)/(?:lib)?([^/.]+)\.")


def version(project: Path) -> str:
    """The program's version, read without importing it."""
    text = (project / "app" / "unblur" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise ValueError("app/unblur/__init__.py names no version")
    return found[1]


def info_plist(project: Path) -> dict[str, object]:
    """What macOS asks an app: its names, the photos it opens, what it may be used with."""
    # The table alone is imported: a spec runs before the program's own folders are on the path.
    file_types = _load(project / "app" / "unblur" / "desktop" / "file_types.py").FILE_TYPES
    documents = [
        {
            "CFBundleTypeName": f"{kind.name} photo",
            "CFBundleTypeRole": "Editor",
            "LSHandlerRank": "Alternate",  # Open With, never instead of the person's own choice
            "LSItemContentTypes": [kind.uti],
            "CFBundleTypeExtensions": [suffix.removeprefix(".") for suffix in kind.suffixes],
        }
        for kind in file_types
    ]
    return {
        "CFBundleDisplayName": "Unblur",
        "CFBundleShortVersionString": version(project),
        "CFBundleVersion": version(project),
        "CFBundleDocumentTypes": documents,
        "LSApplicationCategoryType": "public.app-category.photography",
        "LSMinimumSystemVersion": "13.0",  # of PySide6's and torch's wheels
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": f"{PUBLISHER}, Apache License 2.0",
        "NSRequiresAquaSystemAppearance": False,  # dark where the system is
    }


def windows_version(project: Path) -> str:
    """The version resource of a Windows program, as PyInstaller reads it from a file."""
    text = version(project)
    numbers = [int(part) for part in re.findall(r"\d+", text)[:4]]
    quad = tuple(numbers + [0] * (4 - len(numbers)))
    facts = {
        "CompanyName": PUBLISHER,
        "FileDescription": "Unblur: make blurry photographs sharp",
        "FileVersion": text,
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": "unblur.exe",
        "ProductName": "Unblur",
        "ProductVersion": text,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in facts.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={quad}, prodvers={quad}, mask=0x3f, flags=0,"
        " OS=0x40004, fileType=1, subtype=0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]),"
        " VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def data_files(project: Path) -> list[tuple[str, str]]:
    """Cards, weights and resources as plain files: (source, folder in the bundle)."""
    zoo = project / "models" / "unblur_models"
    found = [
        (path, Path("unblur_models") / path.parent.relative_to(zoo))
        for path in sorted(zoo.rglob("*"))
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
    ]
    resources = project / "resources"
    found += [
        (path, Path("unblur/_resources") / path.parent.relative_to(resources))
        for path in sorted(resources.rglob("*"))
        if path.is_file()
    ]
    return [(str(source), str(folder)) for source, folder in found]


def hidden_imports(project: Path) -> list[str]:
    """What is imported by names that only the running program knows."""
    return [*_modules(project / "app"), *_modules(project / "models"), *_python_itself()]


def is_wanted(place: str) -> bool:
    """Whether a file that PyInstaller collected stays; `place` is its path in the bundle."""
    place = place.replace("\\", "/")
    plugin = _PLUGIN.match(place)
    if plugin:
        names = _PLUGINS.get(plugin[1], set())
        return names is None or plugin[2] in names
    is_of_the_system = "/" not in place and _OF_THE_SYSTEM.match(place)
    return not (is_of_the_system or place.startswith(_UNWANTED))


def needed_libraries(
    entries: Iterable[tuple[str, str, str]], needs: Callable[[str], Iterable[str]]
) -> list[tuple[str, str, str]]:
    """`entries` without the libraries that nothing left in them stands on.

    PyInstaller resolves the libraries of every plugin before the unwanted ones are gone: GTK's
    theme alone brings fifty. An entry is (place in the bundle, source, kind); `needs` gives the
    names of the libraries that a file itself asks for.
    """
    kept: dict[str, tuple[str, str, str]] = {}
    waiting: dict[str, tuple[str, str, str]] = {}
    for entry in entries:
        place = Path(entry[0])
        is_library = entry[2] != "EXTENSION" and place.parent in (Path(), _QT_LIBRARIES)
        is_shared = is_library and not place.name.startswith("libpython")
        (waiting if is_shared else kept)[place.name if is_shared else entry[0]] = entry
    front = list(kept.values())
    while front:
        names = {name for entry in front for name in needs(entry[1])}
        front = [waiting.pop(name) for name in sorted(names & waiting.keys())]
        kept.update({entry[0]: entry for entry in front})
    return list(kept.values())


def libraries_of(source: str) -> list[str]:
    """The names of the libraries that an ELF file asks for itself, not those of its libraries."""
    command = ["objdump", "-p", source]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return re.findall(r"^\s+NEEDED\s+(\S+)", told, re.MULTILINE)


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # where a dataclass looks for the names of its module
    spec.loader.exec_module(module)
    return module


def _modules(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(name.startswith(excluded) for excluded in EXCLUDED_MODULES):
            yield name


def _python_itself() -> Iterator[str]:
    # Names of other systems are among them; PyInstaller leaves out what is not there.
    unwanted = _NOT_OF_PYTHON | {name for name in EXCLUDED_MODULES if "." not in name}
    for name in sorted(sys.stdlib_module_names - unwanted):
        if not name.startswith("_"):
            yield name
