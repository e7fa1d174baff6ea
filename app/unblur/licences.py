"""The licences of everything that runs when Unblur runs: its libraries, networks and pictures.

Where Unblur is installed with pip, they are read from what is installed. A bundle carries no
such metadata; there they come from the file that `packaging/licences.py` made when it was built.
"""

from __future__ import annotations

import json
import re
import sys
import sysconfig
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from unblur import __version__, paths
from unblur_models import catalog, detectors
from unblur_models.catalog import WEIGHTS_DIR
from unblur_models.detectors import DetectorCard

COLLECTED = "licences.json"

_FOLDER = "licences"
_TEXT_FILE = re.compile(r"(licen[cs]e|copying|notice|third[-_]party)", re.IGNORECASE)
_NO_TEXT = (".py", ".pyc", ".pyi", ".h", ".so", ".json")
_LINE = "=" * 78


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that somebody made. `kind` is program, library, network or picture."""

    name: str
    version: str
    kind: str
    licence: str
    note: str
    text: str

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()


def components() -> tuple[Component, ...]:
    """Everything, by kind and name. Takes a moment."""
    collected = paths.resources_dir() / COLLECTED
    if getattr(sys, "frozen", False) and collected.exists():
        return tuple(Component(**each) for each in json.loads(collected.read_text("utf-8")))
    return collect()


def collect(left_out: Collection[str] = ()) -> tuple[Component, ...]:
    """Everything that is installed here, but the distributions in `left_out`."""
    libraries = sorted(_libraries(left_out), key=lambda each: each.name.lower())
    return (_program(), *libraries, _python(), *_networks(), *_others())


def as_json(all_of_them: Sequence[Component]) -> str:
    """What `components` reads in a bundle."""
    return json.dumps([asdict(each) for each in all_of_them], indent=1, ensure_ascii=False)


def as_text(all_of_them: Sequence[Component]) -> str:
    """One file for people: a list, then every text."""
    width = max(len(each.title) for each in all_of_them)
    listed = [f"{each.title:<{width}}  {each.licence}" for each in all_of_them]
    head = f"What Unblur {__version__} consists of, and the licences of all of it.\n"
    pages = (f"{_LINE}\n{page_of(each)}\n" for each in all_of_them)
    return "\n".join([head, *listed, "", *pages])


def page_of(component: Component) -> str:
    """All that is known of one component."""
    head = f"{component.title}\nLicence: {component.licence}"
    return "\n\n".join(part for part in (head, component.note, component.text) if part)


def _program() -> Component:
    text = _text_of_distribution("unblur") or _first_text(
        paths.resources_dir().parent / "LICENSE", paths.resources_dir() / "LICENSE"
    )
    return Component("Unblur", __version__, "program", "Apache-2.0", "", text)


def _python() -> Component:
    text = _first_text(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt")
    version = ".".join(map(str, sys.version_info[:3]))
    return Component("Python", version, "library", "PSF-2.0", "https://www.python.org", text)


def _libraries(left_out: Collection[str]) -> Iterator[Component]:
    notes = _table().get("distributions", {})
    for name in sorted(_required_by("unblur") - set(left_out)):
        found = metadata.distribution(name)
        extra: dict[str, Any] = notes.get(name, {})
        texts = [_text_of_distribution(name), *map(_resource_text, extra.get("texts", ()))]
        yield Component(
            extra.get("name") or found.metadata["Name"],
            found.version,
            "library",
            extra.get("licence") or _licence_of(found),
            "\n".join(part for part in (extra.get("note", "").strip(), _home_of(found)) if part),
            "\n\n".join(text for text in texts if text),
        )


def _networks() -> Iterator[Component]:
    for card in catalog.cards():
        if catalog.weights_state(card) is catalog.WeightsState.EMBEDDED:
            note = f"{card.credit}\nSource: {card.source}\nTrained on: {card.training_data}"
            text = _first_text(WEIGHTS_DIR / card.licence_file) if card.licence_file else ""
            yield Component(f"{card.name} (weights)", "", "network", card.licence, note, text)
    for finder in detectors.cards():
        yield _finder(finder)


def _finder(card: DetectorCard) -> Component:
    note = f"Finds {card.purpose}. {card.credit}\nSource: {card.source}"
    text = detectors.licence_text(card)
    return Component(f"{card.name} (weights)", "", "network", card.licence, note, text)


def _others() -> Iterator[Component]:
    for each in _table().get("components", ()):
        yield Component(each["name"], "", "picture", each["licence"], each["note"].strip(), "")


def _required_by(root: str) -> set[str]:
    """The distributions that `root` needs, with all that they need, without extras."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: set[str] = set()
    waiting = [root]
    while waiting:
        for text in metadata.requires(waiting.pop()) or ():
            required = Requirement(text)
            name = canonicalize_name(required.name)
            is_needed = required.marker is None or required.marker.evaluate({"extra": ""})
            if is_needed and name not in found and _is_installed(name):
                found.add(name)
                waiting.append(name)
    return found


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _licence_of(found: metadata.Distribution) -> str:
    """What its metadata calls it: an expression, a line, or what its classifiers say."""
    facts = found.metadata.json
    named = str(facts.get("license_expression") or facts.get("license") or "").strip()
    if named and "\n" not in named:
        return named
    classifiers = facts.get("classifier") or []
    said = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return ", ".join(said) or "see its text"


def _home_of(found: metadata.Distribution) -> str:
    facts = found.metadata.json
    links = [each.partition(", ")[2] for each in facts.get("project_url") or []]
    return str(facts.get("home_page") or (links[0] if links else ""))


def _text_of_distribution(name: str) -> str:
    """Every licence text that its wheel has, each once."""
    try:
        files = metadata.distribution(name).files or ()
    except metadata.PackageNotFoundError:
        return ""
    wanted = [
        file
        for file in files
        if _TEXT_FILE.search(file.name) or "licenses" in file.parts[:-1]
        if not file.name.endswith(_NO_TEXT) and ".dist-info" in file.parts[0]
    ]
    texts: dict[str, str] = {}
    for file in sorted(wanted, key=lambda each: (len(each.parts), str(each))):
        content = _first_text(Path(str(file.locate())))
        if content:
            texts.setdefault(content, "/".join(file.parts[1:]))
    return "\n\n".join(f"--- {origin} ---\n\n{text}" for text, origin in texts.items())


def _table() -> dict[str, Any]:
    return tomllib.loads(_resource_text("components.toml"))


def _resource_text(name: str) -> str:
    return (paths.resources_dir() / _FOLDER / name).read_text("utf-8").strip()


def _first_text(*candidates: Path) -> str:
    for path in candidates:
        try:
            return path.read_text("utf-8", errors="replace").strip()
        except OSError:
            continue
    return ""
