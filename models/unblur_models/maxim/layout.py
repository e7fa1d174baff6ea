"""Which parameters a MAXIM has: names and shapes, torch-free.

The weights file stores the network as the paper draws it. `network` runs an equivalent one
with fewer layers, which `folding` computes from these parameters at load time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from unblur_models.errors import ParametersDifferError
from unblur_models.shapes import Shape, Shapes, numbered, require_same, shape_in

NAME = "MAXIM"

_FIRST = "stages.0.input.0.weight"  # no other family of the zoo has these two
_BOTTOM = "stages.0.bottleneck.0.mix.weight"


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What distinguishes one MAXIM from another.

    `features`: channels at full size; each level down doubles them.
    `sides`: by level, the side of a block (of the local mixing) and of the grid (of the
    global mixing), in cells.
    """

    stages: int
    features: int
    groups: int
    bottlenecks: int
    reduction: int
    sides: tuple[int, ...]

    @property
    def depth(self) -> int:
        """How many levels the encoder has."""
        return len(self.sides)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels by level."""
        return tuple(self.features * 2**level for level in range(self.depth))

    @property
    def size_multiple(self) -> int:
        """Height and width of a picture must be multiples of this."""
        # The bottleneck works one level below the last, with the sides of the last.
        reach = [side * 2**level for level, side in enumerate(self.sides)]
        return math.lcm(*reach, self.sides[-1] * 2**self.depth)

    @classmethod
    def of(cls, shapes: Shapes) -> Hyperparameters:
        """What the names and shapes say. Raises ParametersDifferError when they cannot."""
        first = "stages.0.encoder.0"
        depth = numbered(shapes, "stages.0.encoder.")
        features = shape_in(shapes, _FIRST, NAME, 4)[0]
        squeeze = f"{first}.groups.0.attention.squeeze.weight"
        return cls(
            stages=numbered(shapes, "stages."),
            features=features,
            groups=numbered(shapes, f"{first}.groups."),
            bottlenecks=numbered(shapes, "stages.0.bottleneck."),
            reduction=max(1, features // shape_in(shapes, squeeze, NAME, 4)[0]),
            sides=tuple(_side(shapes, level) for level in range(depth)),
        )


def is_maxim(shapes: Shapes) -> bool:
    """Whether these parameters are named as a MAXIM's."""
    return {_FIRST, _BOTTOM} <= shapes.keys()


def checked(shapes: Shapes) -> Hyperparameters:
    """The hyper-parameters of a MAXIM with exactly these parameters.

    Raises ParametersDifferError, which names those that are missing, unknown or of another shape.
    """
    hyper = Hyperparameters.of(shapes)
    require_same(parameter_shapes(hyper), shapes, NAME, described=hyper)
    return hyper


def _side(shapes: Shapes, level: int) -> int:
    name = f"stages.0.encoder.{level}.groups.0.gmlp.block.mix.weight"
    cells = shape_in(shapes, name, NAME, 2)[0]
    side = math.isqrt(cells)
    if side**2 != cells:
        raise ParametersDifferError(NAME, [f"{name} mixes {cells} cells, which are no square"])
    return side


def parameter_shapes(hyper: Hyperparameters) -> dict[str, Shape]:
    """Every parameter by name, in PyTorch's axis order."""
    shapes: dict[str, Shape] = {}
    for stage in range(hyper.stages):
        for name, weight, bias in _stage(hyper, stage):
            shapes[f"stages.{stage}.{name}.weight"] = weight
            shapes[f"stages.{stage}.{name}.bias"] = (bias,)
    return shapes


_Layer = tuple[str, Shape, int]


def _conv(name: str, inputs: int, outputs: int, side: int = 1) -> _Layer:
    return name, (outputs, inputs, side, side), outputs


def _up(name: str, inputs: int, outputs: int) -> _Layer:
    return name, (inputs, outputs, 2, 2), outputs


def _dense(name: str, inputs: int, outputs: int) -> _Layer:
    return name, (outputs, inputs), outputs


def _norm(name: str, width: int) -> _Layer:
    return name, (width,), width


def _stage(hyper: Hyperparameters, stage: int) -> Iterator[_Layer]:
    depth, widths = hyper.depth, hyper.widths
    is_last = stage == hyper.stages - 1
    for i, (width, side) in enumerate(zip(widths, hyper.sides, strict=True)):
        above = widths[max(i - 1, 0)]
        below = widths[min(i + 1, depth - 1)]
        yield _conv(f"input.{i}", 3, width, 3)
        if stage > 0:
            yield from _cross_gating(f"fuse.{i}", width, width, width, side)
            yield from _cross_gating(f"encoder.{i}.cross", width, width, width, side)
        yield from _level(f"encoder.{i}", above + width, width, side, hyper)
        yield _conv(f"encoder.{i}.down", width, width, 4)
        yield from _cross_gating(f"skip.{i}", depth * width, width, width, side)
        yield _up(f"skip.{i}.up", below, width)
        yield from _level(f"decoder.{i}", (1 + depth) * width, width, side, hyper)
        yield _up(f"decoder.{i}.up", below, width)
        for j, source in enumerate(widths):
            yield _conv(f"skip.{i}.scales.{j}", source, width)
            yield _conv(f"decoder.{i}.scales.{j}", source, width)
        if not is_last:
            yield _conv(f"supervise.{i}.features", width, width, 3)
            yield _conv(f"supervise.{i}.picture", width, 3, 3)
            yield _conv(f"supervise.{i}.attention", 3, width, 3)
    for i in range(hyper.bottlenecks):
        yield from _bottleneck(f"bottleneck.{i}", hyper)
    if is_last:
        yield _conv("output", hyper.features, 3, 3)


def _level(
    name: str, inputs: int, width: int, side: int, hyper: Hyperparameters
) -> Iterator[_Layer]:
    yield _conv(f"{name}.mix", inputs, width)
    for i in range(hyper.groups):
        attention = f"{name}.groups.{i}.attention"
        yield from _gmlp(f"{name}.groups.{i}.gmlp", width, side)
        yield _norm(f"{attention}.norm", width)
        yield _conv(f"{attention}.conv1", width, width, 3)
        yield _conv(f"{attention}.conv2", width, width, 3)
        yield from _squeeze(attention, width, hyper.reduction)


def _bottleneck(name: str, hyper: Hyperparameters) -> Iterator[_Layer]:
    width = hyper.widths[-1]
    yield _conv(f"{name}.mix", width, width)
    for i in range(hyper.groups):
        attention = f"{name}.groups.{i}.attention"
        yield from _gmlp(f"{name}.groups.{i}.gmlp", width, hyper.sides[-1])
        yield _norm(f"{attention}.norm", width)
        yield _dense(f"{attention}.dense1", width, width)
        yield _dense(f"{attention}.dense2", width, width)
        yield from _squeeze(attention, width, hyper.reduction)


def _squeeze(name: str, width: int, reduction: int) -> Iterator[_Layer]:
    yield _conv(f"{name}.squeeze", width, width // reduction)
    yield _conv(f"{name}.excite", width // reduction, width)


def _gmlp(name: str, width: int, side: int) -> Iterator[_Layer]:
    yield _norm(f"{name}.norm", width)
    yield _dense(f"{name}.expand", width, 2 * width)
    for branch in ("grid", "block"):
        yield _norm(f"{name}.{branch}.norm", width)
        yield _dense(f"{name}.{branch}.expand", width, 2 * width)
        yield _norm(f"{name}.{branch}.gate_norm", width)
        yield _dense(f"{name}.{branch}.mix", side * side, side * side)
        yield _dense(f"{name}.{branch}.project", width, width)
    yield _dense(f"{name}.project", 2 * width, width)


def _cross_gating(name: str, x: int, y: int, width: int, side: int) -> Iterator[_Layer]:
    for signal, inputs in (("x", x), ("y", y)):
        yield _conv(f"{name}.{signal}.mix", inputs, width)
        yield _norm(f"{name}.{signal}.norm", width)
        yield _dense(f"{name}.{signal}.expand", width, width)
        yield _dense(f"{name}.{signal}.project", width, width)
        yield _norm(f"{name}.{signal}.gate.norm", width)
        yield _dense(f"{name}.{signal}.gate.expand", width, 2 * width)
        yield _dense(f"{name}.{signal}.gate.grid", side * side, side * side)
        yield _dense(f"{name}.{signal}.gate.block", side * side, side * side)
        yield _dense(f"{name}.{signal}.gate.project", 2 * width, width)
