from __future__ import annotations

import numpy as np
import pytest

from unblur.document.buffer import full_scale, quantized, read_only, to_float


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_integer_survives_the_way_through_floats(dtype: type) -> None:
    values = np.arange(int(full_scale(np.dtype(dtype))) + 1, dtype=dtype).reshape(1, -1, 1)
    np.testing.assert_array_equal(quantized(to_float(values), dtype), values)


def test_quantising_rounds_and_clips() -> None:
    values = np.array([-0.5, 0.0, 0.5 / 255 + 1e-4, 1.0, 7.0], np.float32)
    assert quantized(values, np.uint8).tolist() == [0, 0, 1, 255, 255]


def test_floats_pass_through_untouched() -> None:
    values = np.array([-1.0, 0.3, 9.0], np.float32)
    assert to_float(values) is values
    assert quantized(values, np.float32) is values


def test_a_read_only_array_cannot_be_written() -> None:
    closed = read_only(np.zeros((3, 4))[:, ::2])
    assert closed.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        closed[0, 0] = 1
