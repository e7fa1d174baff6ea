"""Reads a package index as PEP 503 and PEP 658 describe it: which wheels there are, from where.

A wheel whose link names no SHA-256 is passed over: what comes could not be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from unblur_models.errors import FetchFailedError
from unblur_models.fetching import CancelFetch, Patience
from unblur_models.http_pages import read_page

_MOST_BYTES = 16 * 1024 * 1024
_HASH = "sha256="
_HEXADECIMALS = 64


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that the index offers. `metadata_sha256` is "" where it has no METADATA apart."""

    project: str
    version: Version
    file: str
    address: str
    sha256: str
    rank: int
    requires_python: str = ""
    metadata_sha256: str = ""


class PackageIndex:
    """One index at `address`, for the interpreter that runs unless other `tags` are given.

    Both methods raise FetchFailedError and FetchCancelled.
    """

    def __init__(
        self,
        address: str,
        *,
        cancel: CancelFetch,
        patience: Patience | None = None,
        tags: Sequence[Tag] | None = None,
    ) -> None:
        self.address = address.rstrip("/")
        self._cancel = cancel
        self._patience = patience
        self._ranks = {tag: i for i, tag in enumerate(tags if tags is not None else sys_tags())}
        self._known: dict[str, tuple[Wheel, ...]] = {}

    def wheels(self, project: str) -> tuple[Wheel, ...]:
        """The wheels of `project` that fit this interpreter, the newest and nearest first."""
        name = canonicalize_name(project)
        if name not in self._known:
            page = f"{self.address}/{name}/"
            text = self._read(page).decode("utf-8", "replace")
            found = [wheel for wheel in self._wheels_in(text, page) if wheel.project == name]
            found.sort(key=lambda wheel: (wheel.version, -wheel.rank), reverse=True)
            self._known[name] = tuple(found)
        return self._known[name]

    def metadata(self, wheel: Wheel) -> Metadata | None:
        """What the wheel says of itself, or None where only the whole wheel knows."""
        if not wheel.metadata_sha256:
            return None
        address = f"{wheel.address}.metadata"
        content = self._read(address)
        if hashlib.sha256(content).hexdigest() != wheel.metadata_sha256:
            raise FetchFailedError(f"{wheel.file}.metadata", ["it has a wrong SHA-256"])
        return parsed_metadata(content, wheel.file)

    def _read(self, address: str) -> bytes:
        return read_page(address, _MOST_BYTES, cancel=self._cancel, patience=self._patience)

    def _wheels_in(self, text: str, page: str) -> Iterator[Wheel]:
        for link in _links_in(text):
            address, fragment = urldefrag(urljoin(page, link.get("href") or ""))
            sha256 = _sha256_of(fragment)
            if not sha256 or "data-yanked" in link:
                continue
            file = unquote(address.rpartition("/")[2])
            try:
                project, version, _, tags = parse_wheel_filename(file)
            except InvalidWheelFilename:
                continue
            ranks = [self._ranks[tag] for tag in tags if tag in self._ranks]
            if ranks:
                asked = link.get("data-core-metadata") or link.get("data-dist-info-metadata")
                yield Wheel(
                    project,
                    version,
                    file,
                    address,
                    sha256,
                    min(ranks),
                    link.get("data-requires-python") or "",
                    _sha256_of(asked or ""),
                )


def parsed_metadata(content: bytes, file: str) -> Metadata:
    """METADATA of the wheel `file`. Raises FetchFailedError when it makes no sense."""
    try:
        return Metadata.from_email(content, validate=False)
    except Exception as error:  # it raises groups of whatever each field raises
        raise FetchFailedError(file, ["what it says of itself makes no sense"]) from error


def fits(wheel: Wheel, specifiers: SpecifierSet, python: str) -> bool:
    """Whether its version is one of those, and it wants no other Python than `python`."""
    return specifiers.contains(wheel.version) and (
        not wheel.requires_python or SpecifierSet(wheel.requires_python).contains(python)
    )


def _sha256_of(fragment: str) -> str:
    digest = fragment.removeprefix(_HASH).lower()
    is_digest = len(digest) == _HEXADECIMALS and set(digest) <= set("0123456789abcdef")
    return digest if fragment.startswith(_HASH) and is_digest else ""


def _links_in(text: str) -> list[dict[str, str | None]]:
    parser = _LinkParser()
    parser.feed(text)
    parser.close()
    return parser.links


class _LinkParser(HTMLParser):
    """Collects the attributes of every link."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        if tag == "a":
            self.links.append(dict(attrs))
