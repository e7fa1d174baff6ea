"""`unblur analyze`: what the blur of each photo is, who and what is on it, and what would help."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unblur.analysis.advice import Advice, advise
from unblur.analysis.caution import Caution, caution
from unblur.analysis.measurement import Measurement, measure
from unblur.cli.outcome import SOME_FAILED
from unblur.detect.faces import Face, FaceFinder
from unblur.detect.people import PeopleFinder
from unblur.detect.persons import PersonFinder
from unblur.detect.presence import present
from unblur.detect.text import TextFinder, TextLine
from unblur.document.geometry import Rect
from unblur.errors import AppError, UnexpectedEngineError
from unblur.imaging.codec import decode
from unblur.messages import message_for, printable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """All that is told about one photo. `people` are boxes of everybody."""

    measured: Measurement
    advice: Advice
    faces: tuple[Face, ...]
    people: tuple[Rect, ...]
    text: tuple[TextLine, ...]
    caution: Caution

    @property
    def sentence(self) -> str:
        """What the blur is, what would help, and what to be careful with."""
        return " ".join(filter(None, (self.advice.sentence, self.caution.sentence)))


class Analyst:
    """Looks at photos one after the other, with networks that are loaded once."""

    def __init__(self) -> None:
        self._faces = FaceFinder()
        self._persons = PersonFinder()
        self._people = PeopleFinder()
        self._text = TextFinder()

    def look_at(self, path: Path) -> Found:
        """Everything about one photo. Raises AppError."""
        photo = decode(path)
        measured = measure(photo.pixels)
        faces = self._faces.find(photo.pixels)
        there = present(faces, self._persons.find(photo.pixels))
        people = self._people.boxes(photo.pixels, there)
        text = self._text.find(photo.pixels)
        known = caution(photo.pixels, measured, [face.box for face in faces], text)
        return Found(measured, advise(measured), faces, people, text, known)


def run(inputs: Sequence[str], *, as_json: bool) -> int:
    """Tell about every photo; 0 when all could be read, 1 when one could not."""
    analyst = Analyst()
    results = [_tell(Path(name), analyst, as_json=as_json) for name in inputs]
    return 0 if all(results) else SOME_FAILED


def _tell(path: Path, analyst: Analyst, *, as_json: bool) -> bool:
    """Tell about one photo; whether that went well."""
    try:
        found = analyst.look_at(path)
    except AppError as error:
        return _say_failure(path, error, as_json=as_json)
    except Exception as error:
        # A bug in one photo must not cost the others.
        logger.exception("Unexpected failure in %s", path)
        return _say_failure(path, UnexpectedEngineError(repr(error)), as_json=as_json)
    print(json.dumps(facts(path, found)) if as_json else said(path, found), flush=True)
    return True


def _say_failure(path: Path, error: AppError, *, as_json: bool) -> bool:
    name, sentence = printable(path), message_for(error).as_line()
    words = sentence if name in sentence else f"{name}: {sentence}"
    print(words, file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps({"input": str(path), "error": words}), flush=True)
    return False


def facts(path: Path, found: Found) -> dict[str, Any]:
    """What `--json` prints about one photo."""
    blur, advice = found.measured.blur, found.advice
    recommended = None
    if advice.model_id is not None:
        recommended = {
            "model": advice.model_id,
            "quality": advice.quality,
            "scale": advice.scale.value,
        }
    return {
        "input": str(path),
        "kind": blur.kind.value if blur is not None else None,
        "sigma": round(blur.sigma, 2) if blur is not None else None,
        "motion_length": round(blur.length, 1) if blur is not None else None,
        "motion_angle": round(blur.angle, 1) if blur is not None and blur.length else None,
        "noise": round(found.measured.noise, 2),
        "faces": [_face(face, found.caution) for face in found.faces],
        "people": [_box(box) for box in found.people],
        "text": [_line(line, found.caution) for line in found.text],
        "recommended": recommended,
        "hidden": [{**_box(each.rect), "kind": each.kind.value} for each in found.caution.hidden],
        "sentence": found.sentence,
    }


def said(path: Path, found: Found) -> str:
    """The same in a line for a person."""
    count = len(found.faces)
    faces = f" {count} face{'' if count == 1 else 's'} found." if count else ""
    return f"{printable(path)}: {found.sentence}{faces}"


def _face(face: Face, known: Caution) -> dict[str, Any]:
    may_be_invented = face.box in known.lost_faces
    return {
        **_box(face.box),
        "score": round(face.score, 3),
        "details_may_be_invented": may_be_invented,
    }


def _line(line: TextLine, known: Caution) -> dict[str, Any]:
    return {
        **_box(line.box),
        "letter_height": round(line.height, 1),
        "score": round(line.score, 3),
        "readable": line.box not in known.lost_text,
    }


def _box(box: Rect) -> dict[str, int]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
