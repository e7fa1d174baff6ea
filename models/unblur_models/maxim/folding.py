"""Computes the parameters of the network that runs from those of the network as published.

MAXIM resizes, convolves and concatenates between its blocks without anything non-linear in
between. Such chains of linear layers are single layers in `network`; resizing is linear too
and commutes with a dense layer over the channels, because its weights sum to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from unblur_models.maxim.layout import Hyperparameters

Layer = tuple[Tensor, Tensor]


def folded(state: Mapping[str, Tensor], hyper: Hyperparameters) -> dict[str, Tensor]:
    """The float32 parameters of `network.Maxim`, every one of `state` used."""
    folder = _Folder(state)
    for number in range(hyper.stages):
        _fold_stage(folder, f"stages.{number}", number, hyper)
    return dict(folder.finished())


class _Folder:
    """Parameters, taken layer by layer and put back folded; the rest passes through."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self._left = {name: value.float() for name, value in state.items()}
        self._done: dict[str, Tensor] = {}

    def take(self, name: str) -> Layer:
        """Weight and bias, in double precision; 1×1 convolutions as plain matrices."""
        weight = self._left.pop(f"{name}.weight").double()
        if weight.ndim == 4 and weight.shape[2:] == (1, 1):
            weight = weight[:, :, 0, 0]
        return weight, self._left.pop(f"{name}.bias").double()

    def put(self, name: str, layer: Layer) -> None:
        """A layer under its final name."""
        self._done[f"{name}.weight"] = layer[0].float().contiguous()
        self._done[f"{name}.bias"] = layer[1].float().contiguous()

    def move(self, old: str, new: str) -> None:
        """Rename the layers under `old`."""
        for name in [name for name in self._left if name.startswith(f"{old}.")]:
            self._done[new + name[len(old) :]] = self._left.pop(name)

    def finished(self) -> Iterator[tuple[str, Tensor]]:
        """Everything, what was never taken included."""
        yield from self._done.items()
        yield from self._left.items()


def _fold_stage(folder: _Folder, stage: str, number: int, hyper: Hyperparameters) -> None:
    levels = range(hyper.depth)
    pictures = [folder.take(f"{stage}.input.{i}") for i in levels]
    if number > 0:
        for i in levels:
            _fold_fusion(folder, f"{stage}.fuse.{i}", pictures[i])
    downs = [folder.take(f"{stage}.encoder.{i}.down") for i in levels]
    for i in levels:
        name = f"{stage}.encoder.{i}"
        above, scale = _columns(folder.take(f"{name}.mix"), hyper.widths[max(i - 1, 0)])
        if i == 0:  # both halves of the input are the same
            scale = scale[0] + above[0], scale[1]
        else:
            folder.put(f"{name}.down", _after(above, downs[i - 1]))
        entry = _after(scale, pictures[i]) if number == 0 else scale
        folder.put(f"{name}.entry", entry)
        _fold_groups(folder, name, hyper.groups)
        if number > 0:
            _move_crossing(folder, f"{name}.cross", f"{name}.cross")
            for signal in ("x", "y"):
                folder.put(f"{name}.{signal}", folder.take(f"{name}.cross.{signal}.mix"))
    for i in range(hyper.bottlenecks):
        name = f"{stage}.bottleneck.{i}"
        mix = folder.take(f"{name}.mix")
        folder.put(f"{name}.entry", _after(mix, downs[-1]) if i == 0 else mix)
        _fold_groups(folder, name, hyper.groups)
    for i in levels:
        _fold_skip(folder, f"{stage}.skip.{i}", i, hyper)
        _fold_decoder(folder, f"{stage}.decoder.{i}", i, hyper)


def _fold_fusion(folder: _Folder, name: str, picture: Layer) -> None:
    folder.put(f"{name}.entry", _after(folder.take(f"{name}.x.mix"), picture))
    folder.put(f"{name}.attended", folder.take(f"{name}.y.mix"))
    _move_crossing(folder, name, f"{name}.cross")


def _fold_skip(folder: _Folder, name: str, level: int, hyper: Hyperparameters) -> None:
    sources = list(range(hyper.depth))
    _fold_scales(folder, name, level, sources, folder.take(f"{name}.x.mix"), hyper)
    folder.put(f"{name}.up", _after_up(folder.take(f"{name}.y.mix"), folder.take(f"{name}.up")))
    _move_crossing(folder, name, f"{name}.cross")


def _fold_decoder(folder: _Folder, name: str, level: int, hyper: Hyperparameters) -> None:
    below, signal = _columns(folder.take(f"{name}.mix"), hyper.widths[level])
    sources = list(reversed(range(hyper.depth)))  # in the order of concatenation
    _fold_scales(folder, name, level, sources, signal, hyper)
    folder.put(f"{name}.up", _after_up(below, folder.take(f"{name}.up")))
    _fold_groups(folder, name, hyper.groups)


def _fold_scales(
    folder: _Folder,
    name: str,
    level: int,
    sources: list[int],
    mix: Layer,
    hyper: Hyperparameters,
) -> None:
    # The layers are summed: the bias of all stands in the one that needs no resizing.
    rest, bias = mix[0], mix[1]
    layers: dict[int, Tensor] = {}
    for source in sources:
        part, (rest, _) = _columns((rest, mix[1]), hyper.widths[level])
        weight, offset = _after(
            (part[0], torch.zeros_like(bias)), folder.take(f"{name}.scales.{source}")
        )
        layers[source] = weight
        bias = bias + offset
    for source, weight in layers.items():
        folder.put(
            f"{name}.scales.{source}",
            (weight, bias if source == level else torch.zeros_like(bias)),
        )


def _fold_groups(folder: _Folder, name: str, groups: int) -> None:
    for i in range(groups):
        old, new = f"{name}.groups.{i}", f"{name}.groups.{i}"
        for branch in ("grid", "block"):
            weight, bias = folder.take(f"{old}.gmlp.{branch}.mix")
            folder.put(f"{new}.0.{branch}.mix", (weight, bias + 1))
        for layer in ("squeeze", "excite"):
            folder.put(f"{new}.1.attention.{layer}", folder.take(f"{old}.attention.{layer}"))
        folder.move(f"{old}.gmlp", f"{new}.0")
        folder.move(f"{old}.attention", f"{new}.1")


def _move_crossing(folder: _Folder, old: str, new: str) -> None:
    for signal in ("x", "y"):
        for layer in ("norm", "expand", "gate", "project"):
            folder.move(f"{old}.{signal}.{layer}", f"{new}.{signal}.{layer}")


def _columns(layer: Layer, width: int) -> tuple[Layer, Layer]:
    """The layer for the first `width` channels, without bias, and that for the others."""
    weight, bias = layer
    return (weight[:, :width], torch.zeros_like(bias)), (weight[:, width:], bias)


def _after(dense: Layer, layer: Layer) -> Layer:
    """`dense` applied to what `layer`, a convolution or a dense layer, gives."""
    weight = torch.einsum("om,m...->o...", dense[0], layer[0])
    return weight, dense[0] @ layer[1] + dense[1]


def _after_up(dense: Layer, layer: Layer) -> Layer:
    """The same for a transposed convolution, whose weight has the outputs second."""
    weight = torch.einsum("om,imhw->iohw", dense[0], layer[0])
    return weight, dense[0] @ layer[1] + dense[1]
