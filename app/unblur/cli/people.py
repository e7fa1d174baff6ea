"""Who is on a photo, as the verbs find out."""

from __future__ import annotations

from unblur.analysis.kinds import BlurKind
from unblur.analysis.measurement import measure
from unblur.detect.objects import ObjectFinder
from unblur.detect.people import PeopleFinder, method_for
from unblur.detect.presence import PresenceFinder
from unblur.document.found_masks import found_mask
from unblur.document.photo import Photo
from unblur.document.shapes import FoundMask


class PhotoPeople:
    """Finds the people of every photo of a command. Networks are loaded once."""

    def __init__(self, objects: ObjectFinder | None = None) -> None:
        self._presence = PresenceFinder()
        self._people = PeopleFinder(objects)

    def find(self, photo: Photo) -> FoundMask | None:
        """The people of a photo as one mask; None where nobody is.

        Raises WeightsMissingError and WeightsCorruptError.
        """
        there = self._presence.find(photo.pixels)
        if not there.is_anybody:
            return None
        blur = measure(photo.pixels).blur
        is_sharp = blur is None or blur.kind is BlurKind.SHARP
        method = method_for(there, photo.size, is_sharp=is_sharp)
        shape = found_mask(self._people.find(photo.pixels, there, method))
        return None if shape.rect.is_empty else shape
