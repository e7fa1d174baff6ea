"""Compiles what PySide6 carries as Python text: `qt_bytecode.py FOLDER`, run where PySide6 is.

PySide6 keeps its support modules as text in a zip archive inside a library, and compiles them at
every start. Where it finds a folder `files.dir` beside shiboken6 it takes them from there instead
(that is what its own SBK_EMBED=0 makes), so FOLDER/files.dir gets their bytecode. The spec puts it
into the bundle.
"""

from __future__ import annotations

import py_compile
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# It writes .pyi files for programmers, and prepares that at every start with large patterns.
_UNUSED = "shibokensupport/signature/lib/pyi_generator.py"
_INSTEAD = b'"""PySide6 makes type stubs here; a program that is installed makes none."""\n'


def compile_sources(sources: Mapping[str, bytes], folder: Path) -> None:
    """Write the bytecode of `sources`, by path such as "package/module.py", below `folder`.

    It is read without its text beside it, whatever the age of the files. Raises
    py_compile.PyCompileError for what is no Python.
    """
    with tempfile.TemporaryDirectory() as work:
        text = Path(work) / "source.py"
        for place, source in sources.items():
            text.write_bytes(source)
            py_compile.compile(
                str(text),
                cfile=str((folder / place).with_suffix(".pyc")),
                dfile=place,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


def support_of_qt() -> dict[str, bytes]:
    """The sources of PySide6's support modules by path, without what no program needs.

    Raises KeyError or AttributeError when PySide6 keeps them in another way than the versions that
    this was written for (6.11), so that a build says so instead of starting slower.
    """
    import shiboken6  # noqa: F401 - it makes the archive known

    # The archive lies in memory, behind the loader of what came from it.
    archive = sys.modules["shibokensupport"].__loader__.zfile  # type: ignore[union-attr]
    names = [name for name in archive.namelist() if name.startswith("shibokensupport/")]
    sources = {name: archive.read(name) for name in names if name.endswith(".py")}
    if _UNUSED not in sources:
        raise KeyError(_UNUSED)
    return {**sources, _UNUSED: _INSTEAD}


def main() -> None:
    """Write them to FOLDER/files.dir, the only name that PySide6 looks for."""
    compile_sources(support_of_qt(), Path(sys.argv[1]) / "files.dir")


if __name__ == "__main__":
    main()
