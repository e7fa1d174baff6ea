"""How long work takes on this machine: measured, never guessed."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from unblur import settings
from unblur.engine.request import RestorePass

logger = logging.getLogger(__name__)

_FORMAT = 1
_NEWEST_SHARE = 0.3  # of a new figure in the mean: follows a busy machine within some tiles


class SpeedKey(NamedTuple):
    """What the time depends on."""

    device_name: str
    model_id: str
    quality: str


class SpeedBook:
    """Seconds for a million network pixels, by device, model and quality.

    A plain object without locks: it belongs to the thread that made it.
    """

    def __init__(self) -> None:
        self._seconds: dict[SpeedKey, float] = {}

    @classmethod
    def load(cls, path: Path) -> SpeedBook:
        """The figures kept in `path`; those that cannot be read are measured anew."""
        book = cls()
        try:
            data = settings.parsed(path.read_bytes())
            entries = data["entries"] if data["format"] == _FORMAT else []
            for entry in entries:
                book._keep(entry)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("Measured speeds in %s are not usable: %r", path, error)
        return book

    def save(self, path: Path) -> None:
        """Write all figures. Failing costs a new measurement only, so it is just logged."""
        try:
            settings.write_atomically(path, self.to_json())
        except OSError as error:
            logger.warning("Measured speeds were not kept in %s: %s", path, error)

    def to_json(self) -> bytes:
        """What `save` writes."""
        entries = [{**key._asdict(), "seconds": value} for key, value in self._seconds.items()]
        return json.dumps({"format": _FORMAT, "entries": entries}, indent=1).encode()

    def seconds_per_megapixel(self, key: SpeedKey) -> float | None:
        """The figure for `key`, or None when it was never measured."""
        return self._seconds.get(key)

    def record(self, key: SpeedKey, network_pixels: int, seconds: float) -> None:
        """Learn from one piece of work: a running mean in which the newest counts most."""
        if network_pixels <= 0 or seconds <= 0:
            return
        measured = seconds / (network_pixels / 1e6)
        known = self._seconds.get(key)
        self._seconds[key] = (
            measured if known is None else known + _NEWEST_SHARE * (measured - known)
        )

    def estimate(self, passes: Iterable[RestorePass], device_name: str) -> float | None:
        """Seconds that `passes` take, or None when one of them was never measured."""
        total = 0.0
        for each in passes:
            key = SpeedKey(device_name, each.key.model_id, each.key.quality)
            rate = self._seconds.get(key)
            if rate is None:
                return None
            total += rate * each.network_pixels / 1e6
        return total

    def _keep(self, entry: dict[str, Any]) -> None:
        seconds = float(entry["seconds"])
        if not (math.isfinite(seconds) and seconds > 0):
            raise ValueError(f"{seconds} is no time")
        key = SpeedKey(str(entry["device_name"]), str(entry["model_id"]), str(entry["quality"]))
        self._seconds[key] = seconds
