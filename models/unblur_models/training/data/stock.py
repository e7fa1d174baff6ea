"""Which photographs a stock of made-up blur was made of, so that none is validated on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from unblur_models.training.data.pack import Picture
from unblur_models.training.errors import ConfigError


def check_stock(pictures: Sequence[Picture], made_of: str) -> None:
    """Raises ConfigError where a pack was blurred from other photographs than a run trains on."""
    for each in pictures:
        if each.sequence.split("/")[0] != made_of:
            raise ConfigError("data.made", f"{each.name} is not of this run's photographs")


def origin(pictures: Sequence[Picture]) -> str:
    """A name for these photographs, the same whatever their order."""
    names = "\n".join(sorted(each.name for each in pictures))
    return f"made-{zlib.crc32(names.encode()):08x}"
