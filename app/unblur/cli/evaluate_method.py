"""What can be measured, as a protocol: a model, or a baseline without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from unblur.cli.progress import Progress
from unblur.document.buffer import UInt8Image
from unblur.document.photo import Photo

if TYPE_CHECKING:
    from unblur.engine.device import Device


@dataclass(frozen=True, slots=True, eq=False)
class Restored:
    """Restored pixels at 8 bits. `setting` is what the method chose, empty without a choice.

    On `tiles_left` tiles the model failed, and the photo is as it was.
    """

    pixels: UInt8Image = field(repr=False)
    seconds: float
    setting: str = ""
    tiles_left: int = 0


class Method(Protocol):
    """Makes a picture sharp. `quality` and `device` are None where it has none."""

    @property
    def id(self) -> str:
        """The model, or the name of the baseline."""

    @property
    def quality(self) -> str | None:
        """One of the model's."""

    @property
    def device(self) -> Device | None:
        """What computes."""

    def prepare(self) -> None:
        """Load and warm up, so that the first picture's time tells of the picture alone."""

    def restore(self, photo: Photo, sharp: UInt8Image, progress: Progress) -> Restored:
        """Restore a photo. Only a method with a setting to choose looks at `sharp`."""
