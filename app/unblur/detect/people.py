"""The people of a photo as one mask, by three ways that suit different blurs.

Selfie segmentation takes milliseconds and bears every blur, but its edges are rough. MODNet has
soft edges, down to single hairs, and loses people who are small or blurred. Segment Anything,
asked for each figure and for each face without one, bears blur and keeps edges, and takes
seconds. docs/selection.md has the figures. All three see people in cats and cups: ask only where
somebody is (`presence`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import numpy as np

from unblur.detect.faces import Face
from unblur.detect.guided import snapped
from unblur.detect.networks import Network
from unblur.detect.objects import Candidate, ObjectFinder, Prompt
from unblur.detect.presence import Present
from unblur.detect.reduction import copy_of_size, fitted
from unblur.document.buffer import Mask, PixelImage
from unblur.document.geometry import Point, Rect, Size
from unblur.imaging.opencv import cv2

_SELFIE_SIDE = 256
_MODNET_SHORT_SIDE = 512
_MODNET_MULTIPLE = 32
_MODNET_LONGEST = 1024  # a panorama's long side, which the short side would make huge
# Where a person's chest is, in heights of the face below its middle.
_CHEST = 2.0
_PORTRAIT = 0.12  # of the photo's height: a face from which on a person fills much of it
_AS_SURE = 0.1  # of a candidate's score: less does not tell a person from a shirt


class PeopleMethod(StrEnum):
    """How people are told from the background."""

    QUICK = "selfie"
    MATTING = "modnet"
    ONE_BY_ONE = "sam"


def method_for(there: Present, photo: Size, *, is_sharp: bool) -> PeopleMethod:
    """Matting follows the hair of a sharp portrait; who is small or blurred is told one by one."""
    is_portrait = any(face.box.height > _PORTRAIT * photo.height for face in there.faces)
    return PeopleMethod.MATTING if is_portrait and is_sharp else PeopleMethod.ONE_BY_ONE


class PeopleFinder:
    """Finds the people of a photo. Belongs to one thread at a time."""

    def __init__(self, objects: ObjectFinder | None = None) -> None:
        self._selfie = Network("selfie")
        self._modnet = Network("modnet")
        self._objects = objects or ObjectFinder()

    def find(
        self,
        pixels: PixelImage,
        there: Present,
        method: PeopleMethod,
        proceed: Callable[[], None] = lambda: None,
    ) -> Mask:
        """The mask of all people at the photo's size; all zero when nobody is there.

        `proceed` is called between steps, and what it raises ends the search. Raises
        WeightsMissingError and WeightsCorruptError.
        """
        proceed()
        if not there.is_anybody:
            return np.zeros(pixels.shape[:2], np.float32)
        coarse = self.coarse(pixels, there, method, proceed)
        proceed()
        return snapped(coarse, pixels)

    def coarse(
        self,
        pixels: PixelImage,
        there: Present,
        method: PeopleMethod,
        proceed: Callable[[], None] = lambda: None,
    ) -> Mask:
        """The mask as the network gives it: small, with edges that are nearly right."""
        if method is PeopleMethod.QUICK:
            return self._selfie_mask(pixels)
        if method is PeopleMethod.MATTING:
            return self._modnet_mask(pixels)
        return self._mask_one_by_one(pixels, there, proceed)

    def boxes(self, pixels: PixelImage, there: Present) -> tuple[Rect, ...]:
        """A box for everybody, the largest first; people without a figure who touch are one.

        Raises as `find` does.
        """
        boxes = [person.box for person in there.persons]
        if there.faces_alone:
            photo = Size(pixels.shape[1], pixels.shape[0])
            boxes += groups(self._selfie_mask(pixels), there.faces_alone, photo)
        return tuple(sorted(boxes, key=lambda box: -box.size.area))

    def _selfie_mask(self, pixels: PixelImage) -> Mask:
        small = copy_of_size(pixels, Size(_SELFIE_SIDE, _SELFIE_SIDE))
        blob = small.astype(np.float32).transpose(2, 0, 1)[None] / 255.0
        (answer,) = self._selfie.run(blob)
        return np.clip(answer.reshape(_SELFIE_SIDE, _SELFIE_SIDE), 0.0, 1.0)

    def _modnet_mask(self, pixels: PixelImage) -> Mask:
        small = copy_of_size(pixels, _modnet_size(Size(pixels.shape[1], pixels.shape[0])))
        blob = (small.astype(np.float32).transpose(2, 0, 1)[None] - 127.5) / 127.5
        (answer,) = self._modnet.run(blob)
        # Its large arrays go with a small run, in which Python's other threads go on. With the
        # network they would go under Python's lock: the window stood still for 50 ms.
        self._modnet.run(np.zeros((1, 3, _MODNET_MULTIPLE, _MODNET_MULTIPLE), np.float32))
        return np.clip(answer.reshape(small.shape[:2]), 0.0, 1.0)

    def _mask_one_by_one(
        self, pixels: PixelImage, there: Present, proceed: Callable[[], None]
    ) -> Mask:
        """Segment Anything, asked for each figure's box, and for the other faces by two points."""
        self._objects.look_at(pixels, proceed)
        photo = Rect.of_size(Size(pixels.shape[1], pixels.shape[0]))
        masks = []
        for person in there.persons:
            proceed()
            masks.append(_figure(self._objects.candidates(Prompt(box=person.box))))
        for face in there.faces_alone:
            proceed()
            masks.append(_person(self._objects.candidates(prompt_for(face, photo)), face))
        return np.asarray(np.max(masks, axis=0), np.float32)


def prompt_for(face: Face, photo: Rect) -> Prompt:
    """What to ask for to get the whole person to a face."""
    center = face.box.center
    chest = Point(center.x, center.y + _CHEST * face.box.height)
    points = (center, chest) if photo.contains_point(chest) else (center,)
    return Prompt(points)


def _figure(candidates: Sequence[Candidate]) -> Mask:
    """Of the masks of a person's box the largest that is about as sure as the surest.

    The surest is often the shirt alone.
    """
    least = max(each.score for each in candidates) - _AS_SURE
    return max((each for each in candidates if each.score >= least), key=lambda c: c.area).coarse


def _person(candidates: Sequence[Candidate], face: Face) -> Mask:
    """Of the masks of one prompt the surest that is more than the face itself."""
    least = 1.5 * face.box.size.area
    larger = [each for each in candidates if each.area >= least] or list(candidates)
    return max(larger, key=lambda each: each.score).coarse


def _modnet_size(photo: Size) -> Size:
    """Short side 512, both multiples of 32, and not beyond what memory is for."""
    side = round(max(photo) * _MODNET_SHORT_SIDE / min(photo))
    width, height = fitted(photo, min(side, _MODNET_LONGEST))
    return Size(
        max(1, round(width / _MODNET_MULTIPLE)) * _MODNET_MULTIPLE,
        max(1, round(height / _MODNET_MULTIPLE)) * _MODNET_MULTIPLE,
    )


def groups(coarse: Mask, faces: Sequence[Face], photo: Size) -> tuple[Rect, ...]:
    """The boxes, in photo pixels, of what hangs together in a mask and has a face.

    People who touch are one group. The largest group comes first.
    """
    height, width = coarse.shape
    _, labels, rows, _ = cv2.connectedComponentsWithStats((coarse > 0.5).astype(np.uint8))
    across, down = photo.width / width, photo.height / height
    with_face = {
        int(labels[min(int(y / down), height - 1), min(int(x / across), width - 1)])
        for x, y in (face.box.center for face in faces)
    }
    boxes = [
        Rect.from_edges(
            int(left * across),
            int(top * down),
            min(photo.width, round((left + columns) * across)),
            min(photo.height, round((top + lines) * down)),
        )
        for label, (left, top, columns, lines, _) in enumerate(rows.tolist())
        if label in with_face - {0}
    ]
    return tuple(sorted(boxes, key=lambda box: -box.size.area))
