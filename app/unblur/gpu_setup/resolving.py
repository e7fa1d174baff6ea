"""Which wheels a build of torch needs besides its own: the closure of its requirements.

The newest wheel that every requirement so far allows is taken; a later, stricter requirement
picks again. PyTorch pins what it brings, so this is enough, and what it is not enough for is
said rather than guessed.
"""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Callable, Sequence

from packaging.markers import default_environment
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from unblur.errors import GpuNoBuildError
from unblur.gpu_setup.index import PackageIndex, Wheel, fits

MetadataOf = Callable[[Wheel], Metadata | None]
"""What a wheel says of itself; None where it is not known before the wheel is here."""

_MOST_WHEELS = 200


class Resolver:
    """Collects the wheels for some requirements. `metadata_of` may learn more between calls."""

    def __init__(self, index: PackageIndex, metadata_of: MetadataOf) -> None:
        self._index = index
        self._metadata_of = metadata_of
        self._environment: dict[str, str] = {k: str(v) for k, v in default_environment().items()}

    def resolve(self, roots: Sequence[str]) -> tuple[Wheel, ...]:
        """The wheels for `roots` ("torch==2.13.0+cu130") and all that they require.

        What is required by wheels without metadata is missing. Raises GpuNoBuildError where
        nothing fits, FetchFailedError and FetchCancelled.
        """
        asked: dict[str, SpecifierSet] = {}
        chosen: dict[str, Wheel] = {}
        seen: set[tuple[str, frozenset[str]]] = set()
        waiting = deque(Requirement(root) for root in roots)
        while waiting:
            requirement = waiting.popleft()
            name = canonicalize_name(requirement.name)
            asked[name] = asked.get(name, SpecifierSet()) & requirement.specifier
            wheel = chosen.get(name)
            if wheel is None or not asked[name].contains(wheel.version):
                wheel = chosen[name] = self._pick(name, asked[name])
            key = (wheel.file, frozenset(requirement.extras))
            if key not in seen:
                seen.add(key)
                waiting.extend(self._required_by(wheel, requirement.extras))
            if len(chosen) > _MOST_WHEELS:
                raise GpuNoBuildError("its list of requirements has no end")
        return tuple(chosen.values())

    def _pick(self, name: str, specifiers: SpecifierSet) -> Wheel:
        python = platform.python_version()
        for wheel in self._index.wheels(name):
            if fits(wheel, specifiers, python):
                return wheel
        wanted = f"{name}{specifiers}"
        raise GpuNoBuildError(
            f"{self._index.address} has no {wanted} with a checksum for Python "
            f"{python.rpartition('.')[0]} on {platform.system()} {platform.machine()}"
        )

    def _required_by(self, wheel: Wheel, extras: set[str]) -> list[Requirement]:
        metadata = self._metadata_of(wheel)
        found = []
        for requirement in (metadata.requires_dist or []) if metadata else []:
            contexts = [{**self._environment, "extra": extra} for extra in ("", *sorted(extras))]
            marker = requirement.marker
            if marker is None or any(marker.evaluate(context) for context in contexts):
                found.append(requirement)
        return found
