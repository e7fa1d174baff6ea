"""ONNX files made byte by byte (protocol buffers), since nothing here can export one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Field = tuple[int, "int | bytes | str"]
_FLOAT, _INT, _INTS = 1, 2, 7
_KERNEL = np.zeros((3, 3, 3, 3), np.float32)


def sharpener(gain: float = 1.0, *, multiple: int = 1, sides: Sequence[int | str] = "hw") -> bytes:
    """A network that adds `gain` - 1 of the picture to it; sides are multiples of `multiple`.

    `sides` are the height and width that it says it takes: names for any, numbers for one.
    """
    kernel = _KERNEL.copy()
    for channel in range(3):
        kernel[channel, channel, 1, 1] = gain
    nodes = [_node("Conv", ["x", "kernel"], "y" if multiple == 1 else "a", pads=[1, 1, 1, 1])]
    if multiple > 1:
        nodes.append(_node("SpaceToDepth", ["a"], "b", blocksize=multiple))
        nodes.append(_node("DepthToSpace", ["b"], "y", blocksize=multiple))
    shape: list[int | str] = [1, 3, *sides]
    graph = [(1, node) for node in nodes]
    graph += [(2, "graph"), (5, _tensor("kernel", kernel))]
    graph += [(11, _value("x", shape)), (12, _value("y", shape))]
    return _message((1, 8), (8, _message((2, 17))), (7, _message(*graph)))


def _node(kind: str, inputs: list[str], output: str, **attributes: int | list[int]) -> bytes:
    fields: list[Field] = [(1, name) for name in inputs]
    fields += [(2, output), (4, kind)]
    for name, value in attributes.items():
        if isinstance(value, int):
            fields.append((5, _message((1, name), (3, value), (20, _INT))))
        else:
            fields.append((5, _message((1, name), *((8, each) for each in value), (20, _INTS))))
    return _message(*fields)


def _tensor(name: str, values: np.ndarray) -> bytes:
    sizes: list[Field] = [(1, size) for size in values.shape]
    return _message(*sizes, (2, _FLOAT), (8, name), (9, values.tobytes()))


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = [_message((1, side) if isinstance(side, int) else (2, side)) for side in shape]
    tensor = _message((1, _FLOAT), (2, _message(*((1, size) for size in sizes))))
    return _message((1, name), (2, _message((1, tensor))))


def _message(*fields: Field) -> bytes:
    """Fields by number, in the wire format: varints, and bytes with their length."""
    written = b""
    for number, value in fields:
        if isinstance(value, int):
            written += _varint(number << 3) + _varint(value)
        else:
            content = value.encode() if isinstance(value, str) else value
            written += _varint(number << 3 | 2) + _varint(len(content)) + content
    return written


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])
