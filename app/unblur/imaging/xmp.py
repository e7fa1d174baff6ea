"""What an XMP packet says, changed in place: all that is not meant stays byte for byte.

A packet that is parsed and written anew loses what the writer does not know: prefixes,
comments, the order of things. So a parser only finds the places, and bytes are put there.
(Adobe, "XMP Specification Part 1", 2012.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

EMPTY_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f' <rdf:RDF xmlns:rdf="{RDF}">\n </rdf:RDF>\n'
    '</x:xmpmeta>\n<?xpacket end="w"?>'
).encode()

_ORIENTATION = re.compile(
    rb"""(tiff:Orientation\s*=\s*["']\s*|<tiff:Orientation>\s*)[2-8](?=\s*["'<])"""
)
_PADDING = re.compile(rb"\s{64,}(?=<\?xpacket end)")
_START_TAG = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^"'>])*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ABOUT = f"{RDF} about"
_DESCRIPTION, _RDF = f"{RDF} Description", f"{RDF} RDF"
_SEQUENCE, _RESOURCE = f"{RDF} Seq", f"{RDF} resource"


def upright(packet: bytes) -> bytes:
    """The packet with its orientation set to 1; of the same length, so its padding holds."""
    return _ORIENTATION.sub(rb"\g<1>1", packet)


class Name(NamedTuple):
    """The name of a property: a namespace with its usual prefix."""

    prefix: str
    uri: str
    local: str

    @property
    def qualified(self) -> str:
        """Prefix and local name, as an element has them."""
        return f"{self.prefix}:{self.local}"

    @property
    def declaration(self) -> str:
        """The attribute that binds the prefix."""
        return f'xmlns:{self.prefix}="{self.uri}"'

    @property
    def expanded(self) -> str:
        """What the parser calls it."""
        return f"{self.uri} {self.local}"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the packet's subject: its text, and its bytes from `start` to `end`.

    `append_at` is where one more entry of an ordered list goes; None where it is no such list.
    """

    text: str
    start: int
    end: int
    append_at: int | None = None


class Packet:
    """The places in a packet.

    Raises ValueError for one that is no XML in UTF-8, has no RDF, or declares entities.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found = _Finder(data)

    def properties(self, name: Name) -> list[Property]:
        """All properties of this name, written as attributes or as elements."""
        return self._found.properties.get(name.expanded, [])

    def changed(self, removed: list[Property], inserted: dict[int, str], added: list[str]) -> bytes:
        """The packet without some properties, with text at some places, and with `added`.

        What is added are property elements that bring their namespaces along. The padding,
        which is there for programs that change a packet within a file, goes.
        """
        edits = [(each.start, each.end, b"") for each in removed]
        edits += [(at, at, text.encode()) for at, text in inserted.items()]
        if added:
            about = quoteattr(self._found.about)
            head = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about={about}>'
            lines = "\n".join(f"   {each}" for each in added)
            text = f" {head}\n{lines}\n  </rdf:Description>\n "
            edits.append((self._found.end, self._found.end, text.encode()))
        data = self._data
        for start, end, text_bytes in sorted(edits, reverse=True):
            data = data[:start] + text_bytes + data[end:]
        return _PADDING.sub(b"\n", data)


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    name: str
    start: int
    text: list[str] = field(default_factory=list)
    append_at: int | None = None


class _Finder:
    """Walks through a packet once."""

    def __init__(self, data: bytes) -> None:
        self.properties: dict[str, list[Property]] = {}
        self.about = ""
        self.end = -1
        self._data = data
        self._open: list[_Open] = []
        if b"\0" in data:
            raise ValueError("not in UTF-8")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text
        parser.StartDoctypeDeclHandler = _refuse
        self._parser = parser
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error
        if self.end < 0:
            raise ValueError("no RDF")

    def _on_start(self, name: str, attributes: list[str]) -> None:
        at = self._parser.CurrentByteIndex
        element = _Open(_expanded(name), at)
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        if self._is_property():
            element.text += [value for key, value in pairs if _expanded(key) == _RESOURCE]
        self._open.append(element)
        if element.name == _DESCRIPTION and self._path()[:-1] == [_RDF] and self.end < 0:
            self._read_attributes(at, pairs)

    def _read_attributes(self, at: int, pairs: list[tuple[str, str]]) -> None:
        """The short form: simple properties as attributes of their Description."""
        tag = self._tag(at)
        places = {match[1].decode(): match.span() for match in _ATTRIBUTE.finditer(tag)}
        for key, value in pairs:
            if _expanded(key) in (_ABOUT, "about"):
                self.about = self.about or value
            place = places.get(_as_written(key))
            if place is not None:
                found = Property(value, at + place[0], at + place[1])
                self.properties.setdefault(_expanded(key), []).append(found)

    def _on_text(self, text: str) -> None:
        for element in self._open:
            element.text.append(text)

    def _on_end(self, _name: str) -> None:
        at = self._parser.CurrentByteIndex
        element = self._open.pop()
        has_end_tag = self._data[at : at + 2] == b"</"
        if element.name == _RDF and not self._path() and self.end < 0 and has_end_tag:
            self.end = at
        elif self._is_property():
            end = self._data.index(b">", at) + 1 if has_end_tag else at + len(self._tag(at))
            text = "".join(element.text).strip()
            found = Property(text, element.start, end, element.append_at)
            self.properties.setdefault(element.name, []).append(found)
        elif element.name == _SEQUENCE and has_end_tag and self._is_in_property():
            self._open[-1].append_at = at

    def _path(self) -> list[str]:
        """The open elements from rdf:RDF on."""
        names = [each.name for each in self._open]
        return names[names.index(_RDF) :] if _RDF in names else []

    def _is_property(self) -> bool:
        return self.end < 0 and self._path() == [_RDF, _DESCRIPTION]

    def _is_in_property(self) -> bool:
        path = self._path()
        return self.end < 0 and len(path) == 3 and path[:2] == [_RDF, _DESCRIPTION]

    def _tag(self, at: int) -> bytes:
        match = _START_TAG.match(self._data, at)
        return match[0] if match else b""


def _refuse(*_: object) -> None:
    raise ValueError("it declares a document type")


def _expanded(name: str) -> str:
    """Namespace and local name out of the parser's "uri local prefix"."""
    return " ".join(name.split(" ")[:2])


def _as_written(name: str) -> str:
    parts = name.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]
