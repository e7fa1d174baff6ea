"""What `unblur restore` restores of a photo: rectangles, a mask, or what detectors find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unblur.cli.arguments import RestoreOrder
from unblur.cli.people import PhotoPeople
from unblur.detect.faces import FaceFinder, oval_of
from unblur.detect.objects import ObjectFinder, Prompt, best_of, mask_of
from unblur.document.buffer import Mask, to_float
from unblur.document.found_masks import found_mask
from unblur.document.geometry import Rect
from unblur.document.photo import Photo
from unblur.document.region import Subject
from unblur.document.shapes import FoundMask, Invert, Rectangle, Shape, WholePhoto
from unblur.errors import ImageMaskSizeError, ImageNothingFoundError, ImageRegionOutsideError
from unblur.imaging.codec import decode


@dataclass(frozen=True, slots=True)
class Selected:
    """One region to be: its shapes and how far its edge is softened, in pixels.

    `face` is the box of the face that it is, if it is one.
    """

    name: str
    shapes: tuple[Shape, ...]
    feather: float
    subject: Subject | None = None
    face: Rect | None = None


class Selector:
    """Finds on every photo of a command what its words ask for. Networks are loaded once."""

    def __init__(self, order: RestoreOrder) -> None:
        self._order = order
        self._faces = FaceFinder()
        self._objects = ObjectFinder()
        self._people = PhotoPeople(self._objects)

    def select(self, photo: Photo) -> tuple[Selected, ...]:
        """The regions of `photo`; the whole photo when nothing else was asked for.

        Raises ImageRegionOutsideError, ImageNothingFoundError, ImageMaskSizeError, the
        ImageErrors of a mask file, WeightsMissingError and WeightsCorruptError.
        """
        order, feather = self._order, self._order.feather
        found = [
            *self._rectangles(photo),
            *(self._mask(Path(name), photo) for name in order.masks),
            *self._clicked(photo),
        ]
        if order.faces:
            found += self._each_face(photo)
        if order.people or order.background:
            found += self._people_and_background(photo)
        return tuple(found) or (Selected("Photo", (WholePhoto(),), feather),)

    def _rectangles(self, photo: Photo) -> Iterator[Selected]:
        for number, rect in enumerate(self._order.regions, start=1):
            if not rect.overlaps(photo.rect):
                where = f"{rect.x},{rect.y},{rect.width},{rect.height} lies beyond its"
                size = f"{photo.size.width} × {photo.size.height} pixels"
                raise ImageRegionOutsideError(photo.path, f"{where} {size}")
            yield Selected(f"Region {number}", (Rectangle(rect),), self._order.feather)

    def _mask(self, path: Path, photo: Photo) -> Selected:
        """White is restored, black is kept; grey is in between."""
        picture = decode(path)
        if picture.size != photo.size:
            own, other = (f"{size.width} × {size.height}" for size in (picture.size, photo.size))
            raise ImageMaskSizeError(path, f"{own}, not {other}")
        values: Mask = to_float(picture.pixels).mean(axis=2, dtype=np.float32)
        return self._selected("Mask", values, "something white on its mask", photo)

    def _clicked(self, photo: Photo) -> Iterator[Selected]:
        for point in self._order.objects:
            if not photo.rect.contains_point(point):
                size = f"{photo.size.width} × {photo.size.height} pixels"
                where = f"at {point.x:g},{point.y:g} lies beyond its {size}"
                raise ImageRegionOutsideError(photo.path, where)
        if self._order.objects:
            self._objects.look_at(photo.pixels)
        for number, point in enumerate(self._order.objects, start=1):
            candidates = self._objects.candidates(Prompt((point,)))
            mask = mask_of(candidates[best_of(candidates)], photo.pixels)
            yield self._selected(f"Object {number}", mask, "anything at that point", photo)

    def _each_face(self, photo: Photo) -> Iterator[Selected]:
        faces = self._faces.find(photo.pixels)
        if not faces:
            raise ImageNothingFoundError(photo.path, "faces")
        for number, face in enumerate(faces, start=1):
            ellipse, feather = oval_of(face)
            softness = self._order.feather or feather
            yield Selected(f"Face {number}", (ellipse,), softness, Subject.FACE, face.box)

    def _people_and_background(self, photo: Photo) -> Iterator[Selected]:
        shape = self._people.find(photo)
        if shape is None:
            raise ImageNothingFoundError(photo.path, "people")
        if self._order.people:
            yield Selected("People", (shape,), self._order.feather, Subject.PEOPLE)
        if self._order.background:
            rest = (shape, Invert())
            yield Selected("Background", rest, self._order.feather, Subject.BACKGROUND)

    def people_of(self, photo: Photo, selected: Sequence[Selected]) -> FoundMask | None:
        """Where people are, for a network that can be told; None where nobody is.

        Those that were selected, or those who are found. Raises WeightsMissingError and
        WeightsCorruptError.
        """
        for each in selected:
            is_people = each.subject in (Subject.PEOPLE, Subject.BACKGROUND)
            if is_people and isinstance(each.shapes[0], FoundMask):
                return each.shapes[0]
        return self._people.find(photo)

    def _selected(self, name: str, mask: Mask, missing: str, photo: Photo) -> Selected:
        shape = found_mask(mask)
        if shape.rect.is_empty:
            raise ImageNothingFoundError(photo.path, missing)
        return Selected(name, (shape,), self._order.feather)
