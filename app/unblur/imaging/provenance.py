"""What a file says about how it was made: which model restored what of it.

IPTC's digital source type tells that a trained model changed a photograph; the history of XMP
tells what was done, region by region. (IPTC, "Digital Source Type" NewsCodes and "Photo
Metadata Standard 2025.1"; Adobe, "XMP Specification Part 2".)
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from unblur import __version__
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.region import Region
from unblur.imaging.composite import LayerReader, changes_pixels
from unblur.imaging.xmp import EMPTY_PACKET, RDF, Name, Packet
from unblur_models import catalog
from unblur_models.errors import UnknownModelError

logger = logging.getLogger(__name__)

_CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
SOURCE_TYPE = Name("Iptc4xmpExt", _IPTC_EXTENSION, "DigitalSourceType")
SYSTEM_USED = Name("Iptc4xmpExt", _IPTC_EXTENSION, "AISystemUsed")
CREATOR_TOOL = Name("xmp", "http://ns.adobe.com/xap/1.0/", "CreatorTool")
HISTORY = Name("xmpMM", "http://ns.adobe.com/xap/1.0/mm/", "History")
_EVENT = Name("stEvt", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#", "")

TOOL = f"Unblur {__version__}"


class SourceType(StrEnum):
    """How the picture came about, as IPTC names it."""

    TRAINED = f"{_CODES}compositeWithTrainedAlgorithmicMedia"
    ENHANCED = f"{_CODES}algorithmicallyEnhanced"


# What says more than we have to say, and so stays.
_INVENTED = frozenset(
    _CODES + each for each in ("trainedAlgorithmicMedia", "algorithmicMedia", "virtualRecording")
)
_SYNTHETIC = _INVENTED | {
    _CODES + each
    for each in (
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "composite",
        "dataDrivenMedia",
        "digitalCreation",
    )
}


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was done to one region. `where` is None for the whole photo; strength in [0, 1]."""

    model: str
    quality: str
    strength: float
    where: Rect | None
    is_trained: bool

    def __str__(self) -> str:
        place = "Whole photo"
        if self.where is not None:
            at = self.where
            place = f"Region at {at.x},{at.y} of {at.width} × {at.height} pixels"
        how = f"quality {self.quality}, strength {self.strength:.0%}"
        return f"{place} deblurred with {self.model}, {how}"


def treatments(document: Document, layers: LayerReader) -> tuple[Treatment, ...]:
    """What was done to every region that differs from the photo in at least one pixel."""
    return tuple(
        _treatment(region, document)
        for region in document.regions
        if changes_pixels(document, region, layers)
    )


def source_type(done: Sequence[Treatment]) -> SourceType | None:
    """How a photo came about to which this was done; None when nothing was."""
    if not done:
        return None
    return SourceType.TRAINED if any(each.is_trained for each in done) else SourceType.ENHANCED


def declared(packet: bytes | None, done: Sequence[Treatment], when: datetime) -> bytes:
    """An XMP packet that says what was done, besides all that `packet` says.

    Raises ValueError when `packet` cannot be read, and so cannot be added to.
    """
    kind = source_type(done)
    if kind is None:
        raise ValueError("nothing was done")
    found = Packet(packet or EMPTY_PACKET)
    history = next((each for each in found.properties(HISTORY) if each.append_at), None)
    added, removed, inserted = [], [], {}
    types = found.properties(SOURCE_TYPE)
    before = next((each.text for each in types if each.text), "")
    stays = _INVENTED if kind is SourceType.TRAINED else _SYNTHETIC
    if before != kind and before not in stays:
        removed += types
        added.append(_element(SOURCE_TYPE, kind))
    if kind is SourceType.TRAINED:
        systems = found.properties(SYSTEM_USED)
        removed += systems
        added.append(_element(SYSTEM_USED, _systems([each.text for each in systems], done)))
    if not found.properties(CREATOR_TOOL):
        added.append(_element(CREATOR_TOOL, TOOL))
    notes = [str(each) for each in done]
    if before and removed[: len(types)] == types:
        notes.insert(0, f"Digital source type before: {before}")
    events = "".join(f"\n      {_event(note, when)}" for note in notes)
    if history is not None and history.append_at is not None:
        inserted[history.append_at] = events + "\n"
    else:
        head = f'<xmpMM:History {HISTORY.declaration} xmlns:rdf="{RDF}">'
        added.append(f"{head}<rdf:Seq>{events}\n   </rdf:Seq></xmpMM:History>")
    return found.changed(removed, inserted, added)


def with_declaration(
    packet: bytes | None, done: Sequence[Treatment], longest: int | None
) -> bytes | None:
    """`declared`, now, for a format that holds packets of at most `longest` bytes.

    What a photo brought along is never given up for it: where both cannot be kept, the packet
    stays as it was and the log says so.
    """
    when = datetime.now().astimezone()
    whole = _added_to(packet, done, when)
    if whole is not None and (longest is None or len(whole) <= longest):
        return whole
    if packet is None or longest is None or len(packet) <= longest:
        logger.warning("Not saying in the XMP data what was restored: no room, or not readable")
        return packet
    logger.warning("Leaving out XMP data of %d bytes: too long for the format", len(packet))
    return declared(None, done, when)


def _added_to(packet: bytes | None, done: Sequence[Treatment], when: datetime) -> bytes | None:
    try:
        return declared(packet, done, when)
    except ValueError as error:
        logger.info("XMP data that cannot be read: %s", error)
        return None


def _treatment(region: Region, document: Document) -> Treatment:
    model_id = region.model.model_id
    try:
        card = catalog.card(model_id)
    except UnknownModelError:  # removed since: what it was is not known, so say the more
        name, is_trained = model_id, True
    else:
        name, is_trained = f"{card.name} ({card.id})", bool(card.weights_file)
    bounds = region.bounds(document.photo.size)
    where = None if bounds == document.photo.rect else bounds
    return Treatment(name, region.model.quality, region.strength, where, is_trained)


def _systems(before: Sequence[str], done: Sequence[Treatment]) -> str:
    """Those that the packet names already, and ours."""
    named = "; ".join(each for each in before if each)
    ours = [f"{TOOL}: {each.model}" for each in done if each.is_trained]
    new = [each for each in dict.fromkeys(ours) if each not in named]
    return "; ".join(filter(None, (named, *new)))


def _element(name: Name, text: str) -> str:
    return f"<{name.qualified} {name.declaration}>{escape(text)}</{name.qualified}>"


def _event(note: str, when: datetime) -> str:
    fields = {
        "action": "edited",
        "softwareAgent": TOOL,
        "when": when.isoformat(timespec="seconds"),
        "parameters": note,
    }
    inside = "".join(f"<stEvt:{key}>{escape(text)}</stEvt:{key}>" for key, text in fields.items())
    head = f'xmlns:rdf="{RDF}" {_EVENT.declaration}'
    return f'<rdf:li {head} rdf:parseType="Resource">{inside}</rdf:li>'
