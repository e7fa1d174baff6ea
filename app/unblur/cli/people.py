"""Who is on a photo, as the verbs find out."""

from __future__ import annotations

from collections.abc import Sequence

from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import measure
from unblur.detect.faces import SURE, Face, FaceFinder
from unblur.detect.objects import ObjectFinder
from unblur.detect.people import PeopleFinder, PeopleMethod
from unblur.document.found_masks import found_mask
from unblur.document.photo import Photo
from unblur.document.shapes import FoundMask


class PhotoPeople:
    """Finds the people of every photo of a command. Networks are loaded once."""

    def __init__(self, objects: ObjectFinder | None = None) -> None:
        self._faces = FaceFinder(SURE)
        self._people = PeopleFinder(objects)

    def find(self, photo: Photo) -> FoundMask | None:
        """Where people are, to tell a network that can be told; None where nobody is.

        Raises WeightsMissingError and WeightsCorruptError.
        """
        faces = self._faces.find(photo.pixels)
        return self.of_faces(photo, faces) if faces else None

    def of_faces(self, photo: Photo, faces: Sequence[Face]) -> FoundMask | None:
        """The people who have these faces. Raises as `find` does."""
        shape = found_mask(self._people.find(photo.pixels, faces, _method(photo)))
        return None if shape.rect.is_empty else shape


def _method(photo: Photo) -> PeopleMethod:
    """Matting has the softest edges, but loses people as soon as they are blurred."""
    blur = measure(photo.pixels).blur
    is_sharp = blur is None or blur.kind is BlurKind.SHARP
    return PeopleMethod.MATTING if is_sharp else PeopleMethod.BY_FACES
