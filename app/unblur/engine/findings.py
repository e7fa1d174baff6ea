"""What was found out about this machine by trying: kept from run to run, so that it is tried once.

A finding holds for one device with one driver and one torch, and for one quality of one model
with one set of weights: a change of any of them asks for a new trial.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from unblur import settings

logger = logging.getLogger(__name__)

PRECISIONS = ("auto", "fp32", "bf16", "fp16")
"""What a person may ask for; “auto” is the quickest that the device has and that agrees."""

_FORMAT = 1
_MOST = 500  # findings that are kept: models, drivers and versions come and go


class FindingKey(NamedTuple):
    """What a finding depends on. `weights` is their SHA-256, empty where nobody knows it."""

    device_name: str
    driver: str
    torch_version: str
    model_id: str
    weights: str
    quality: str
    precision: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known; None: not tried yet.

    `agreement` is how near the precision comes to fp32 on a tile, as PSNR in dB, 0 where it
    gave no numbers at all. `bytes_per_pixel` is the memory that a network pixel takes.
    """

    agreement: float | None = None
    bytes_per_pixel: float | None = None


_NOTHING = Finding()


class Findings:
    """Findings by key, the newest last.

    `path` is where they are kept, None to forget them. Writing costs little and happens at
    once: a trial that ends in a crash of the driver is the one that shall be remembered. A
    plain object without locks: it belongs to the thread that made it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: dict[FindingKey, Finding] = {}
        if path is not None:
            self._load(path)

    def about(self, key: FindingKey) -> Finding:
        """What is known about `key`."""
        return self._found.get(key, _NOTHING)

    def record_agreement(self, key: FindingKey, decibels: float) -> None:
        """Learn how near a precision comes to fp32."""
        self._record(key, replace(self.about(key), agreement=decibels))

    def record_footprint(self, key: FindingKey, bytes_per_pixel: float) -> None:
        """Learn what memory a network pixel takes."""
        self._record(key, replace(self.about(key), bytes_per_pixel=bytes_per_pixel))

    def _record(self, key: FindingKey, finding: Finding) -> None:
        self._found.pop(key, None)
        self._found[key] = finding
        while len(self._found) > _MOST:
            del self._found[next(iter(self._found))]
        if self._path is not None:
            self._save(self._path)

    def _load(self, path: Path) -> None:
        """What cannot be read is tried anew."""
        try:
            data = settings.parsed(path.read_bytes())
            for entry in data["entries"] if data["format"] == _FORMAT else []:
                self._keep(entry)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("What was found out in %s is not usable: %r", path, error)

    def _keep(self, entry: dict[str, Any]) -> None:
        key = FindingKey(*(str(entry[name]) for name in FindingKey._fields))
        known = (entry.get("agreement"), entry.get("bytes_per_pixel"))
        agreement, footprint = (None if each is None else float(each) for each in known)
        for each in (agreement, footprint):
            if each is not None and not (math.isfinite(each) and each >= 0):
                raise ValueError(f"{each} is no finding")
        self._found[key] = Finding(agreement, footprint)

    def _save(self, path: Path) -> None:
        """Failing costs a new trial only, so it is just logged."""
        entries = [
            {**key._asdict(), "agreement": each.agreement, "bytes_per_pixel": each.bytes_per_pixel}
            for key, each in self._found.items()
        ]
        content = json.dumps({"format": _FORMAT, "entries": entries}, indent=1).encode()
        try:
            settings.write_atomically(path, content)
        except OSError as error:
            logger.warning("What was found out was not kept in %s: %s", path, error)
            self._path = None  # one such line is enough
