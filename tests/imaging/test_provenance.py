"""What an exported file says about how it was made, and that nothing else gets lost by it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unblur import __version__
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.photo import Metadata, Photo
from unblur.document.region import ModelChoice
from unblur.document.shapes import Rectangle
from unblur.imaging import provenance, xmp
from unblur.imaging.codec import decode
from unblur.imaging.export import ExportOptions, export
from unblur.imaging.provenance import Treatment, declared, treatments
from unblur_models import catalog

NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "mm": "http://ns.adobe.com/xap/1.0/mm/",
    "evt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "dc": "http://purl.org/dc/elements/1.1/",
}
CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = CODES + "compositeWithTrainedAlgorithmicMedia"
WHEN = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
FACE = Treatment("MAXIM (maxim-3s.gopro)", "good", 0.8, Rect(10, 20, 30, 40), is_trained=True)
SOLVED = Treatment("Wiener (wiener)", "good", 1.0, None, is_trained=False)
MODEL = catalog.DEFAULT_MODEL_ID


def packet(body: str, *, attributes: str = "", about: str = "", padding: int = 2000) -> bytes:
    """A packet as an editor would leave it, with a comment, its own prefixes and padding."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Some Editor 7">
 <r:RDF xmlns:r="{NAMES["rdf"]}"><!-- kept by hand -->
  <r:Description r:about='{about}' xmlns:xmp="{NAMES["xmp"]}" xmlns:e="{NAMES["ext"]}"
    xmlns:m="{NAMES["mm"]}" xmlns:dc="{NAMES["dc"]}" xmp:Rating="4" {attributes}>
   <dc:title><r:Alt><r:li xml:lang="x-default">Bär &amp; Käse</r:li></r:Alt></dc:title>
   {body}
  </r:Description>
 </r:RDF>
</x:xmpmeta>
{" " * padding}<?xpacket end="w"?>""".encode()


def told(data: bytes | None) -> dict[str, list[str]]:
    """What a packet says about its making, by a parser that is none of ours."""
    assert data is not None
    tree = ElementTree.fromstring(data.decode())
    found = {}
    for name in ("ext:DigitalSourceType", "ext:AISystemUsed", "xmp:CreatorTool"):
        found[name] = [each.text or "" for each in tree.findall(f".//{name}", NAMES)]
    found["notes"] = [
        each.text or ""
        for each in tree.findall(".//mm:History/rdf:Seq/rdf:li//evt:parameters", NAMES)
    ]
    return found


def abouts(data: bytes) -> set[str | None]:
    tree = ElementTree.fromstring(data.decode())
    key = f"{{{NAMES['rdf']}}}about"
    return {each.get(key) for each in tree.findall(".//rdf:Description", NAMES)}


@pytest.fixture
def restored_document(
    photo_of: Callable[..., Photo], document_of: Callable[..., Document]
) -> Document:
    document = document_of(photo_of(), Rectangle(Rect(10, 8, 30, 20)), strength=0.8)
    region = replace(document.regions[0], model=ModelChoice(MODEL, "good"))
    return document.with_region(region)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_every_format_says_that_a_model_restored_it(
    suffix: str, restored_document: Document, layers: Any, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{suffix}"
    report = export(restored_document, layers(restored_document.photo), path)
    assert report.source_type == TRAINED
    said = told(decode(path).metadata.xmp)
    name = f"{catalog.card(MODEL).name} ({MODEL})"
    assert said["ext:DigitalSourceType"] == [TRAINED]
    assert said["ext:AISystemUsed"] == [f"Unblur {__version__}: {name}"]
    assert said["xmp:CreatorTool"] == [f"Unblur {__version__}"]
    assert said["notes"] == [
        f"Region at 10,8 of 30 × 20 pixels deblurred with {name}, quality good, strength 80%"
    ]


def test_the_switch_leaves_it_out(restored_document: Document, layers: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.jpg"
    options = ExportOptions(tell_restored=False)
    report = export(restored_document, layers(restored_document.photo), path, options)
    assert decode(path).metadata.xmp is None
    assert report.source_type is None


def test_it_is_said_even_where_camera_data_is_left_out(
    restored_document: Document, layers: Any, tmp_path: Path
) -> None:
    path = tmp_path / "out.jpg"
    metadata = Metadata(xmp=packet("<dc:creator>Ann</dc:creator>"))
    document = replace(restored_document, photo=replace(restored_document.photo, metadata=metadata))
    export(document, layers(document.photo), path, ExportOptions(keep_metadata=False))
    written = decode(path).metadata.xmp
    assert told(written)["ext:DigitalSourceType"] == [TRAINED]
    assert b"Ann" not in (written or b"")


def test_what_changed_no_pixel_is_not_told(
    restored_document: Document, layers: Any, no_layers: Any, tmp_path: Path
) -> None:
    photo, (region,) = restored_document.photo, restored_document.regions
    full = layers(photo)
    same = layers(photo)
    same.restored = photo.pixels.astype(np.uint16) * 257
    assert treatments(restored_document, full)
    assert not treatments(restored_document, no_layers)
    assert not treatments(restored_document, same)
    for idle in (
        replace(region, strength=0.0),
        replace(region, is_visible=False),
        replace(region, shapes=()),
    ):
        assert not treatments(restored_document.with_region(idle), full)
    covered = replace(restored_document, protection=(Rectangle(photo.rect),))
    assert not treatments(covered, full)
    path = tmp_path / "out.png"
    assert export(restored_document, same, path).source_type is None
    assert decode(path).metadata.xmp is None


def test_solvers_without_training_enhance_only() -> None:
    assert told(declared(None, [SOLVED], WHEN))["ext:DigitalSourceType"] == [
        CODES + "algorithmicallyEnhanced"
    ]
    assert told(declared(None, [SOLVED], WHEN))["ext:AISystemUsed"] == []
    both = told(declared(None, [SOLVED, FACE], WHEN))
    assert both["ext:DigitalSourceType"] == [TRAINED]
    assert len(both["notes"]) == 2


def test_a_packet_keeps_every_byte_but_its_padding() -> None:
    before = packet("<xmp:Label>Red</xmp:Label>", about="uuid:a&amp;b")
    after = declared(before, [FACE], WHEN)
    start = after.index(b"<rdf:Description")
    end = after.index(b"</rdf:Description>") + len(b"</rdf:Description>")
    assert (after[:start] + after[end:]).split() == before.split()
    assert abouts(after) == {"uuid:a&b"}
    assert told(after)["ext:DigitalSourceType"] == [TRAINED]


@pytest.mark.parametrize(
    "source",
    [
        {"body": f"<e:DigitalSourceType>{CODES}digitalCapture</e:DigitalSourceType>"},
        {"body": f'<e:DigitalSourceType r:resource="{CODES}digitalCapture"/>'},
        {"body": "", "attributes": f"e:DigitalSourceType = '{CODES}digitalCapture'"},
    ],
    ids=["element", "resource", "attribute"],
)
def test_the_source_type_before_becomes_a_note(source: dict[str, str]) -> None:
    after = declared(packet(**source), [FACE], WHEN)
    said = told(after)
    assert said["ext:DigitalSourceType"] == [TRAINED]
    assert after.count(b"DigitalSourceType") == 2  # both of the one element
    assert said["notes"][0] == f"Digital source type before: {CODES}digitalCapture"
    assert "Käse" in after.decode()


@pytest.mark.parametrize(
    ("before", "done", "after"),
    [
        ("trainedAlgorithmicMedia", FACE, "trainedAlgorithmicMedia"),
        ("compositeWithTrainedAlgorithmicMedia", SOLVED, "compositeWithTrainedAlgorithmicMedia"),
        ("algorithmicallyEnhanced", FACE, "compositeWithTrainedAlgorithmicMedia"),
        ("negativeFilm", SOLVED, "algorithmicallyEnhanced"),
    ],
)
def test_the_stronger_source_type_stays(before: str, done: Treatment, after: str) -> None:
    source = packet(f"<e:DigitalSourceType>{CODES}{before}</e:DigitalSourceType>")
    assert told(declared(source, [done], WHEN))["ext:DigitalSourceType"] == [CODES + after]


def test_a_history_goes_on() -> None:
    event = '<r:li r:parseType="Resource"><v:parameters>raw to dng</v:parameters></r:li>'
    body = f'<m:History xmlns:v="{NAMES["evt"]}"><r:Seq>{event}</r:Seq></m:History>'
    after = declared(packet(body), [FACE], WHEN)
    assert told(after)["notes"] == ["raw to dng", str(FACE)]
    assert after.count(b"History>") == 1  # only the end of the old one: it has attributes
    assert b"2026-11-22T12:30:00+00:00" in after


def test_restoring_twice_says_it_twice_but_names_a_model_once() -> None:
    twice = told(declared(declared(None, [FACE], WHEN), [FACE], WHEN))
    assert twice["notes"] == [str(FACE)] * 2
    assert len(twice["ext:DigitalSourceType"]) == len(twice["xmp:CreatorTool"]) == 1
    assert twice["ext:AISystemUsed"] == [f"Unblur {__version__}: {FACE.model}"]


def test_other_tools_and_systems_keep_their_names() -> None:
    body = "<e:AISystemUsed>Another</e:AISystemUsed>"
    said = told(declared(packet(body, attributes='xmp:CreatorTool="Camera 1"'), [FACE], WHEN))
    assert said["ext:AISystemUsed"] == [f"Another; Unblur {__version__}: {FACE.model}"]
    assert said["xmp:CreatorTool"] == []  # it stays an attribute


@pytest.mark.allow_log("not readable")
@pytest.mark.parametrize(
    "damaged",
    [
        b"<x:xmpmeta",
        b"no XML at all",
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
        packet("").replace(b"<x:xmpmeta", b'<!DOCTYPE a [<!ENTITY b "c">]><x:xmpmeta', 1),
        packet("").decode().encode("utf-16"),
        b'<a:b xmlns:a="c"><unbound:d/></a:b>',
    ],
    ids=["cut", "text", "no RDF", "entities", "UTF-16", "unbound"],
)
def test_a_packet_that_cannot_be_read_stays_as_it_is(
    damaged: bytes, restored_document: Document, layers: Any, tmp_path: Path
) -> None:
    photo = replace(restored_document.photo, metadata=Metadata(xmp=damaged))
    path = tmp_path / "out.png"
    report = export(replace(restored_document, photo=photo), layers(photo), path)
    assert decode(path).metadata.xmp == damaged
    assert report.source_type is None


def filled(size: int) -> bytes:
    """A packet of so many bytes without padding."""
    bare = packet("", padding=0)
    return bare.replace(b"<!-- kept", b"<!-- kept" + b"x" * (size - len(bare)))


@pytest.mark.allow_log("no room")
@pytest.mark.parametrize("length", [65_504, 64_800])
def test_a_full_packet_is_not_pushed_out_of_a_jpeg(
    length: int, restored_document: Document, layers: Any, tmp_path: Path
) -> None:
    full = filled(length)
    photo = replace(restored_document.photo, metadata=Metadata(xmp=full))
    path = tmp_path / "out.jpg"
    report = export(replace(restored_document, photo=photo), layers(photo), path)
    assert decode(path).metadata.xmp == full
    assert report.source_type is None


@pytest.mark.allow_log("too long for the format")
@pytest.mark.parametrize("readable", [True, False])
def test_a_packet_that_never_fitted_makes_room(
    readable: bool, restored_document: Document, layers: Any, tmp_path: Path
) -> None:
    longer = filled(65_505) if readable else b"x" * 65_505
    photo = replace(restored_document.photo, metadata=Metadata(xmp=longer))
    path = tmp_path / "out.jpg"
    report = export(replace(restored_document, photo=photo), layers(photo), path)
    assert report.source_type == TRAINED
    assert told(decode(path).metadata.xmp)["ext:DigitalSourceType"] == [TRAINED]


def test_an_unknown_model_is_taken_for_a_trained_one(
    restored_document: Document, layers: Any
) -> None:
    region = replace(restored_document.regions[0], model=ModelChoice("gone", "good"))
    (done,) = treatments(restored_document.with_region(region), layers(restored_document.photo))
    assert (done.model, done.is_trained) == ("gone", True)
    assert provenance.source_type([done]) == TRAINED


def test_the_empty_packet_is_a_packet() -> None:
    assert xmp.Packet(xmp.EMPTY_PACKET).properties(provenance.HISTORY) == []
