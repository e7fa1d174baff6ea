"""Names and shapes of parameters, torch-free: what is there, and what differs from a network's.

What does not fit is named, tensor by tensor: "does not load" helps nobody who has a file from
somewhere and a network from somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unblur_models.errors import ParametersDifferError

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]


def numbered(names: Iterable[str], prefix: str) -> int:
    """How many different words follow `prefix`: the layers of a list whose names begin so."""
    start = len(prefix)
    return len({name[start:].split(".")[0] for name in names if name.startswith(prefix)})


def shape_in(shapes: Shapes, name: str, architecture: str, dimensions: int) -> Shape:
    """The shape of a parameter that every network of the family has.

    Raises ParametersDifferError when it is missing, empty or has not so many dimensions.
    """
    if name not in shapes:
        raise ParametersDifferError(architecture, [f"{name} is missing"])
    shape = shapes[name]
    if len(shape) != dimensions or 0 in shape:
        raise ParametersDifferError(
            architecture, [f"{name} is {shape}, expected {dimensions} dimensions, none of them 0"]
        )
    return shape


def require_same(wanted: Shapes, found: Shapes, architecture: str, *, described: object) -> None:
    """Raises ParametersDifferError, with every parameter that differs, unless both are the same.

    `described` is the hyper-parameters that ask for what is wanted, which the error repeats.
    """
    differences = [f"{name} is missing" for name in wanted if name not in found]
    differences += [f"{name} is unknown" for name in found if name not in wanted]
    differences += [
        f"{name} is {found[name]}, expected {shape}"
        for name, shape in wanted.items()
        if found.get(name, shape) != shape
    ]
    if differences:
        raise ParametersDifferError(architecture, differences, described=str(described))
