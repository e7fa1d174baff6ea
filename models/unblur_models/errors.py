"""What can go wrong in the zoo. Each error carries its facts; the program has the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_SHOWN_DIFFERENCES = 5  # a wrong width differs in every tensor, and a few tell as much


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


class CardError(ZooError):
    """A card cannot be read or says something impossible. `path` names it."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path} is no usable model card: {detail}")
        self.path = path
        self.detail = detail


class WeightsNeededError(ZooError):
    """The weights are not part of the zoo, and nobody has added them yet.

    `weights_from` says where a person gets them.
    """

    def __init__(self, model_id: str, weights_from: str) -> None:
        super().__init__(f"{model_id} needs weights: {weights_from}")
        self.model_id = model_id
        self.weights_from = weights_from


class ForeignFileError(ZooError):
    """A file that a person brought holds no model that can be used. `detail` says why."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class UnsafePickleError(ZooError):
    """A pickle wants more than tensors. `wanted` names the functions and classes."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        super().__init__(f"{path} wants {', '.join(wanted)}")
        self.path = path
        self.wanted = tuple(wanted)


class OnnxRuntimeMissingError(ZooError):
    """onnxruntime is not installed, so ONNX files cannot be run."""

    def __init__(self) -> None:
        super().__init__("ONNX files need onnxruntime: pip install unblur[onnx]")


class UnsuitableNetworkError(ZooError):
    """A network that somebody brought makes no picture of a picture; the text says why."""


class SpandrelMissingError(ZooError):
    """spandrel, which knows this network, is not installed any more."""

    def __init__(self) -> None:
        super().__init__("this network needs spandrel: pip install unblur[spandrel]")


class NoMirrorError(ZooError):
    """Nobody offers this file for fetching. `name` is the file's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no address to fetch {name} from")
        self.name = name


class FetchCancelled(Exception):  # noqa: N818 - it is not an error
    """The person stopped it; what has come is kept, and the next time goes on from there."""


class FetchFailedError(ZooError):
    """No mirror gave the file. `failures` say why, a phrase a mirror, such as "host: reason"."""

    def __init__(self, name: str, failures: Sequence[str]) -> None:
        super().__init__(f"{name} was not fetched: {'; '.join(failures)}")
        self.name = name
        self.failures = tuple(failures)


class WeightsUnwritableError(ZooError):
    """A file of weights, or its folder, cannot be written or removed. `reason` is the system's."""

    def __init__(self, path: Path, reason: OSError) -> None:
        super().__init__(f"{path}: {reason.strerror or reason}")
        self.path = path
        self.reason = reason


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


class ParametersDifferError(ZooError):
    """The parameters are of this architecture, and yet not quite.

    `differences` are phrases such as "intro.weight is missing"; `described` says which
    hyper-parameters the shapes asked for, where they could be read.
    """

    def __init__(
        self, architecture: str, differences: Sequence[str], *, described: str = ""
    ) -> None:
        shown = "; ".join(differences[:_SHOWN_DIFFERENCES])
        more = len(differences) - _SHOWN_DIFFERENCES
        rest = f"; and {more} more" if more > 0 else ""
        read = f" with {described}" if described else ""
        super().__init__(f"no {architecture}{read}: {shown}{rest}")
        self.architecture = architecture
        self.differences = tuple(differences)
        self.described = described
