"""MAXIM, layer by layer as the paper draws it: slow, and the yardstick for the fast network.

Every function takes the stored parameters and a dotted prefix. Pictures are (N, H, W, C).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

State = Mapping[str, Tensor]


def plain_maxim(state: State, picture: Tensor, stages: int) -> Tensor:
    """The full-size picture at the end of stage `stages`, from (N, 3, H, W)."""
    source = picture.permute(0, 2, 3, 1)
    pyramid = [source, source[:, 1::2, 1::2], source[:, 2::4, 2::4]]
    encoded: list[Tensor] = []
    decoded: list[Tensor] = []
    attended: list[Tensor] = []
    restored = source
    for number in range(stages):
        stage = f"stages.{number}"
        inputs = [conv(state, f"{stage}.input.{i}", pyramid[i]) for i in range(3)]
        if number > 0:
            inputs = [
                cross_gating(state, f"{stage}.fuse.{i}", inputs[i], attended[i])[0]
                for i in range(3)
            ]
        encoded, x = _encode(state, stage, inputs, encoded, decoded)
        for i in range(count(state, f"{stage}.bottleneck")):
            x = bottleneck(state, f"{stage}.bottleneck.{i}", x)
        decoded = _decode(state, stage, encoded, x)
        attended = []
        for i in range(3):
            if f"{stage}.supervise.{i}.picture.weight" in state:
                features, shown = supervise(state, f"{stage}.supervise.{i}", decoded[i], pyramid[i])
                attended.append(features)
                restored = shown if i == 0 else restored
        if f"{stage}.output.weight" in state:
            restored = conv(state, f"{stage}.output", decoded[0]) + source
    return restored.permute(0, 3, 1, 2)


def _encode(
    state: State, stage: str, inputs: list[Tensor], encoded: list[Tensor], decoded: list[Tensor]
) -> tuple[list[Tensor], Tensor]:
    bridges = []
    x = inputs[0]
    for i in range(3):
        name = f"{stage}.encoder.{i}"
        x = level(state, name, torch.cat([x, inputs[i]], -1))
        if encoded:
            x, _ = cross_gating(state, f"{name}.cross", x, encoded[i] + decoded[i])
        bridges.append(x)
        x = conv(state, f"{name}.down", x, stride=2)
    return bridges, x


def _decode(state: State, stage: str, encoded: list[Tensor], x: Tensor) -> list[Tensor]:
    skips: list[Tensor] = [x] * 3
    gate = x
    for i in (2, 1, 0):
        name = f"{stage}.skip.{i}"
        signal = [rescaled(state, f"{name}.scales.{j}", encoded[j], j - i) for j in range(3)]
        skips[i], gate = cross_gating(
            state, name, torch.cat(signal, -1), up(state, f"{name}.up", gate)
        )
    decoded: list[Tensor] = [x] * 3
    for i in (2, 1, 0):
        name = f"{stage}.decoder.{i}"
        signal = [rescaled(state, f"{name}.scales.{j}", skips[j], j - i) for j in (2, 1, 0)]
        x = level(state, name, torch.cat([up(state, f"{name}.up", x), *signal], -1))
        decoded[i] = x
    return decoded


def count(state: State, prefix: str) -> int:
    """How many numbered children stand under `prefix`."""
    number = 0
    while any(name.startswith(f"{prefix}.{number}.") for name in state):
        number += 1
    return number


def conv(state: State, name: str, x: Tensor, stride: int = 1) -> Tensor:
    weight = state[f"{name}.weight"]
    padding = (weight.shape[-1] - stride + 1) // 2 if stride > 1 else weight.shape[-1] // 2
    y = functional.conv2d(
        x.permute(0, 3, 1, 2), weight, state[f"{name}.bias"], stride=stride, padding=padding
    )
    return y.permute(0, 2, 3, 1)


def up(state: State, name: str, x: Tensor) -> Tensor:
    y = functional.conv_transpose2d(
        x.permute(0, 3, 1, 2), state[f"{name}.weight"], state[f"{name}.bias"], stride=2
    )
    return y.permute(0, 2, 3, 1)


def dense(state: State, name: str, x: Tensor) -> Tensor:
    return functional.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])


def norm(state: State, name: str, x: Tensor) -> Tensor:
    weight = state[f"{name}.weight"]
    return functional.layer_norm(x, weight.shape, weight, state[f"{name}.bias"], 1e-6)


def gelu(x: Tensor) -> Tensor:
    return functional.gelu(x, approximate="tanh")


def rescaled(state: State, name: str, x: Tensor, octaves: int) -> Tensor:
    factor = 2.0**octaves
    y = functional.interpolate(
        x.permute(0, 3, 1, 2),
        scale_factor=factor,
        mode="bilinear",
        align_corners=False,
        antialias=factor < 1,
    )
    return conv(state, name, y.permute(0, 2, 3, 1))


def mixed_in_blocks(state: State, name: str, x: Tensor) -> Tensor:
    """Mix the pixels of each block with one another, by the dense layer `name`."""
    n, h, w, c = x.shape
    side = round(state[f"{name}.weight"].shape[0] ** 0.5)
    x = x.reshape(n, h // side, side, w // side, side, c).permute(0, 1, 3, 5, 2, 4)
    y = dense(state, name, x.reshape(n, h // side, w // side, c, side * side))
    y = y.reshape(n, h // side, w // side, c, side, side).permute(0, 1, 4, 2, 5, 3)
    return y.reshape(n, h, w, c)


def mixed_on_grid(state: State, name: str, x: Tensor) -> Tensor:
    """Mix pixels that stand at the same place of every cell of a grid."""
    n, h, w, c = x.shape
    side = round(state[f"{name}.weight"].shape[0] ** 0.5)
    x = x.reshape(n, side, h // side, side, w // side, c).permute(0, 2, 4, 5, 1, 3)
    y = dense(state, name, x.reshape(n, h // side, w // side, c, side * side))
    y = y.reshape(n, h // side, w // side, c, side, side).permute(0, 4, 1, 5, 2, 3)
    return y.reshape(n, h, w, c)


def gmlp(state: State, name: str, x: Tensor) -> Tensor:
    """Half of the channels mixed on a grid, half within blocks, each with a gate."""
    y = gelu(dense(state, f"{name}.expand", norm(state, f"{name}.norm", x)))
    halves = []
    for half, mixed, part in zip(
        y.chunk(2, -1), (mixed_on_grid, mixed_in_blocks), ("grid", "block"), strict=True
    ):
        branch = f"{name}.{part}"
        z = gelu(dense(state, f"{branch}.expand", norm(state, f"{branch}.norm", half)))
        kept, gate = z.chunk(2, -1)
        gate = mixed(state, f"{branch}.mix", norm(state, f"{branch}.gate_norm", gate))
        halves.append(half + dense(state, f"{branch}.project", kept * (gate + 1)))
    return x + dense(state, f"{name}.project", torch.cat(halves, -1))


def channel_attention(state: State, name: str, x: Tensor) -> Tensor:
    y = x.mean((1, 2), keepdim=True)
    y = conv(state, f"{name}.excite", conv(state, f"{name}.squeeze", y).relu())
    return x * y.sigmoid()


def residual_convs(state: State, name: str, x: Tensor) -> Tensor:
    y = conv(state, f"{name}.conv1", norm(state, f"{name}.norm", x))
    y = conv(state, f"{name}.conv2", functional.leaky_relu(y, 0.2))
    return x + channel_attention(state, name, y)


def level(state: State, name: str, x: Tensor) -> Tensor:
    """One level of the encoder or the decoder."""
    start = x = conv(state, f"{name}.mix", x)
    for i in range(count(state, f"{name}.groups")):
        group = f"{name}.groups.{i}"
        x = residual_convs(state, f"{group}.attention", gmlp(state, f"{group}.gmlp", x))
    return x + start


def bottleneck(state: State, name: str, x: Tensor) -> Tensor:
    start = x = conv(state, f"{name}.mix", x)
    for i in range(count(state, f"{name}.groups")):
        group = f"{name}.groups.{i}"
        x = gmlp(state, f"{group}.gmlp", x)
        y = dense(state, f"{group}.attention.dense1", norm(state, f"{group}.attention.norm", x))
        y = dense(state, f"{group}.attention.dense2", gelu(y))
        x = x + channel_attention(state, f"{group}.attention", y)
    return x + start


def spatial_gate(state: State, name: str, x: Tensor) -> Tensor:
    y = gelu(dense(state, f"{name}.expand", norm(state, f"{name}.norm", x)))
    grid, block = y.chunk(2, -1)
    grid = mixed_on_grid(state, f"{name}.grid", grid)
    block = mixed_in_blocks(state, f"{name}.block", block)
    return dense(state, f"{name}.project", torch.cat([grid, block], -1))


def cross_gating(state: State, name: str, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Two signals that gate each other."""
    x0, y0 = conv(state, f"{name}.x.mix", x), conv(state, f"{name}.y.mix", y)
    x = gelu(dense(state, f"{name}.x.expand", norm(state, f"{name}.x.norm", x0)))
    y = gelu(dense(state, f"{name}.y.expand", norm(state, f"{name}.y.norm", y0)))
    gate_x = spatial_gate(state, f"{name}.x.gate", x)
    gate_y = spatial_gate(state, f"{name}.y.gate", y)
    y = y0 + dense(state, f"{name}.y.project", y * gate_x)
    x = x0 + y + dense(state, f"{name}.x.project", x * gate_y)
    return x, y


def supervise(state: State, name: str, x: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
    picture = conv(state, f"{name}.picture", x) + source
    attention = conv(state, f"{name}.attention", picture).sigmoid()
    return x + conv(state, f"{name}.features", x) * attention, picture
