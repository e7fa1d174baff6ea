"""Which torch the program itself carries, read from its files: torch is not imported for it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

_BACKENDS = {"cuda": "cuda", "hip": "rocm", "xpu": "xpu"}


@dataclass(frozen=True, slots=True)
class IncludedTorch:
    """`version` is "" where there is no torch; `backends` are those that it computes with."""

    version: str = ""
    backends: frozenset[str] = frozenset()


def included_torch(other_than: Path) -> IncludedTorch:
    """What torch/version.py says. A torch below `other_than` is not the program's own."""
    own = [entry for entry in sys.path if other_than not in Path(entry).parents]
    spec = PathFinder.find_spec("torch", own)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        try:
            text = (Path(folder) / "version.py").read_text(encoding="utf-8")
        except OSError:
            continue
        return _told_by(text)
    return IncludedTorch()


def _told_by(text: str) -> IncludedTorch:
    facts: dict[str, object] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            facts.update(
                {each.id: node.value.value for each in targets if isinstance(each, ast.Name)}
            )
    found = frozenset(backend for name, backend in _BACKENDS.items() if facts.get(name))
    return IncludedTorch(str(facts.get("__version__") or ""), found)
