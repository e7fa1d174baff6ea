"""Who is on a photo: people by their faces, and by their figures where no face is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from unblur.detect.faces import SURE, Face, FaceFinder
from unblur.detect.persons import SURE_PERSON, Person, PersonFinder
from unblur.document.buffer import PixelImage


@dataclass(frozen=True, slots=True)
class Present:
    """The faces and the figures that stand for people; one person may have both."""

    faces: tuple[Face, ...] = ()
    persons: tuple[Person, ...] = ()

    @property
    def is_anybody(self) -> bool:
        """Whether somebody is there."""
        return bool(self.faces or self.persons)

    @property
    def faces_alone(self) -> tuple[Face, ...]:
        """The faces whose figure was not seen."""
        boxes = [person.box for person in self.persons]
        return tuple(
            face
            for face in self.faces
            if not any(box.contains_point(face.box.center) for box in boxes)
        )


def present(faces: Iterable[Face], persons: Iterable[Person]) -> Present:
    """Whom to believe in: sure faces and, where one sure face or figure is, all figures.

    What looks like a person in a photo without people scores little; where somebody is for sure
    it mostly is one more. docs/selection.md has the figures.
    """
    sure = tuple(face for face in faces if face.score >= SURE)
    found = tuple(persons)
    is_anybody = bool(sure) or any(person.score >= SURE_PERSON for person in found)
    return Present(sure, found if is_anybody else ())


class PresenceFinder:
    """Looks for faces and figures. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._faces = FaceFinder(SURE)
        self._persons = PersonFinder()

    def find(self, pixels: PixelImage, proceed: Callable[[], None] = lambda: None) -> Present:
        """Everybody on a photo. `proceed` is called between steps, and what it raises ends it.

        Raises WeightsMissingError and WeightsCorruptError.
        """
        faces = self._faces.find(pixels, proceed)
        return present(faces, self._persons.find(pixels, proceed))
