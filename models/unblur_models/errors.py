"""What can go wrong in the zoo. Each error carries its facts; the program has the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class ZooError(Exception):
    """Base of everything that the zoo raises on purpose."""


class UnknownModelError(ZooError):
    """No card has this id. `known` lists the ids that exist."""

    def __init__(self, model_id: str, known: Sequence[str]) -> None:
        super().__init__(f"no model {model_id!r}; there are {', '.join(known)}")
        self.model_id = model_id
        self.known = tuple(known)


class UnknownQualityError(ZooError):
    """The model has no such quality. `known` lists those it has, cheapest first."""

    def __init__(self, model_id: str, quality: str, known: Sequence[str]) -> None:
        super().__init__(f"{model_id} has no quality {quality!r}; it has {', '.join(known)}")
        self.model_id = model_id
        self.quality = quality
        self.known = tuple(known)


class WeightsMissingFileError(ZooError):
    """The weights file is not there, or cannot be read. `path` names it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"cannot read the weights {path}")
        self.path = path


class WeightsDamagedError(ZooError):
    """The file's SHA-256 is `actual`, its card says `expected`."""

    def __init__(self, path: Path, expected: str, actual: str) -> None:
        super().__init__(f"{path} has the SHA-256 {actual}, expected {expected}")
        self.path = path
        self.expected = expected
        self.actual = actual


class UnknownArchitectureError(ZooError):
    """No network of the zoo fits the parameters. `names` are some of theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"no known network has {', '.join(names)}")
        self.names = tuple(names)


class WrongArchitectureError(ZooError):
    """The parameters are those of another network than the card names."""

    def __init__(self, model_id: str, expected: str, actual: str) -> None:
        super().__init__(f"the weights of {model_id} are of {actual}, its card says {expected}")
        self.model_id = model_id
        self.expected = expected
        self.actual = actual
