"""What a format's writer is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unblur.document.geometry import Size
from unblur.document.photo import Metadata

Strip: TypeAlias = NDArray[Any]
"""Some rows of a picture, (h, W, 3) RGB or (h, W, 4) with alpha, at the file's depth."""

Strips: TypeAlias = Iterator[Strip]
"""All rows, from the top."""


@dataclass(frozen=True, slots=True)
class WriteOrder:
    """The picture to come. `dtype` is uint8, uint16 or float32; `quality` is 1 to 100."""

    size: Size
    dtype: np.dtype[Any]
    has_alpha: bool
    metadata: Metadata
    quality: int

    @property
    def channels(self) -> int:
        """3 or 4."""
        return 4 if self.has_alpha else 3
