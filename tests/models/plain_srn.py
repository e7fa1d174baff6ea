"""SRN-DeblurNet in NumPy, as TensorFlow 1 defines its operations: slow, and the yardstick.

Every function works on pictures (H, W, C) in float64 and on the published parameters: names
and axis orders are TensorFlow's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
State = Mapping[str, Array]


def plain_srn(state: State, picture: Array) -> Array:
    """The restored picture, (H, W, C)."""
    height, width, _ = picture.shape
    restored, memory = picture, None
    for shrink in (4, 2, 1):
        size = height // shrink, width // shrink
        inputs = [resized(picture, *size), resized(restored, *size)]
        restored, memory = one_scale(state, np.concatenate(inputs, -1), memory)
    return restored


def tiny_checkpoint(
    *, channels: int = 3, widths: tuple[int, int, int] = (4, 6, 8), memory_side: int = 0
) -> dict[str, Array]:
    """Random parameters, named and laid out as in the published files."""
    random = np.random.default_rng(7)
    arrays: dict[str, Array] = {}

    def put(name: str, biases: int, *shape: int) -> None:
        spread = 0.7 / np.sqrt(np.prod(shape[:3]))
        arrays[f"{name}/weights"] = random.normal(0, spread, shape).astype(np.float32)
        arrays[f"{name}/biases"] = random.normal(0, 0.1, biases).astype(np.float32)

    inputs = 2 * channels
    for level, width in enumerate(widths, start=1):
        put(f"enc{level}_1", width, 5, 5, inputs, width)
        for number in (1, 2, 3):
            for conv in ("conv1", "conv2"):
                put(f"enc{level}_{number + 1}/{conv}", width, 5, 5, width, width)
                put(f"dec{level}_{number}/{conv}", width, 5, 5, width, width)
        if level > 1:
            above = widths[level - 2]
            put(f"dec{level - 1}_4", above, 4, 4, above, width)
        inputs = width
    put("dec1_0", channels, 5, 5, widths[0], channels)
    if memory_side:
        bottom = widths[-1]
        gates = memory_side, memory_side, 2 * bottom, 4 * bottom
        put("convLSTM/LSTM_conv", 4 * bottom, *gates)
    return arrays


def one_scale(state: State, x: Array, memory: Array | None) -> tuple[Array, Array | None]:
    skips = []
    for level, stride in ((1, 1), (2, 2), (3, 2)):
        x = relu(conv(state, f"enc{level}_1", x, stride))
        for number in (2, 3, 4):
            x = block(state, f"enc{level}_{number}", x)
        skips.append(x)
    if "convLSTM/LSTM_conv/weights" in state:
        x, memory = lstm(state, x, memory)
    for level in (3, 2, 1):
        if level < 3:
            x = relu(conv_transposed(state, f"dec{level}_4", x)) + skips[level - 1]
        for number in (3, 2, 1):
            x = block(state, f"dec{level}_{number}", x)
    return conv(state, "dec1_0", x), memory


def block(state: State, name: str, x: Array) -> Array:
    return x + conv(state, f"{name}/conv2", relu(conv(state, f"{name}/conv1", x)))


def lstm(state: State, x: Array, memory: Array | None) -> tuple[Array, Array]:
    """BasicConvLSTMCell: the state is its cell and what it shows, side by side."""
    height, width, channels = x.shape
    if memory is None:
        memory = np.zeros((height, width, 2 * channels))
    cell, shown = np.split(resized(memory, height, width), 2, -1)
    gates = conv(state, "convLSTM/LSTM_conv", np.concatenate([x, shown], -1))
    i, j, f, o = np.split(gates, 4, -1)
    cell = cell * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    shown = np.tanh(cell) * sigmoid(o)
    return shown, np.concatenate([cell, shown], -1)


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def conv(state: State, name: str, x: Array, stride: int = 1) -> Array:
    """conv2d with padding SAME: the result has ceil(size / stride) places."""
    kernel = state[f"{name}/weights"]
    side = kernel.shape[0]
    sizes = [math.ceil(length / stride) for length in x.shape[:2]]
    padding = []
    for length, size in zip(x.shape[:2], sizes, strict=True):
        total = max((size - 1) * stride + side - length, 0)
        padding.append((total // 2, total - total // 2))
    padded = np.pad(x, (*padding, (0, 0)))
    y = np.zeros((*sizes, kernel.shape[3])) + state[f"{name}/biases"]
    for dy in range(side):
        for dx in range(side):
            rows = slice(dy, dy + (sizes[0] - 1) * stride + 1, stride)
            columns = slice(dx, dx + (sizes[1] - 1) * stride + 1, stride)
            y += padded[rows, columns] @ kernel[dy, dx]
    return y


def conv_transposed(state: State, name: str, x: Array) -> Array:
    """conv2d_transpose with stride 2 and padding SAME.

    It is the gradient of the convolution from twice the size, whose padding it takes back.
    """
    kernel = state[f"{name}/weights"]  # height, width, out, in
    height, width, _ = x.shape
    side = kernel.shape[0]
    spread = np.zeros((2 * height + side - 2, 2 * width + side - 2, kernel.shape[2]))
    for dy in range(side):
        for dx in range(side):
            spread[dy : dy + 2 * height : 2, dx : dx + 2 * width : 2] += x @ kernel[dy, dx].T
    before = (side - 2) // 2
    inside = spread[before : before + 2 * height, before : before + 2 * width]
    return inside + state[f"{name}/biases"]


def resized(x: Array, height: int, width: int) -> Array:
    """resize_images with method 0 (bilinear) of TensorFlow 1: no half-pixel centres."""
    return _resized_rows(_resized_rows(x, height).swapaxes(0, 1), width).swapaxes(0, 1)


def _resized_rows(x: Array, size: int) -> Array:
    y = np.empty((size, *x.shape[1:]))
    for row in range(size):
        position = row * len(x) / size
        first = math.floor(position)
        second = min(first + 1, len(x) - 1)
        y[row] = x[first] + (x[second] - x[first]) * (position - first)
    return y
