from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unblur.document.geometry import Size
from unblur.engine.device import choose_device
from unblur.engine.whole import restore_whole
from unblur.errors import NonFiniteOutputError, WholePhotoMemoryError

CPU = choose_device("cpu")


@pytest.mark.parametrize("size", [Size(1, 1), Size(7, 40), Size(48, 32), Size(65, 33)])
def test_an_identity_network_returns_the_photo_of_any_size(
    size: Size,
    provider_of: Callable[..., Any],
    random_photo: Callable[..., Any],
    as_uint16: Callable[..., Any],
) -> None:
    model = provider_of(lambda batch: batch).model
    photo = random_photo(size)

    restored = restore_whole(photo, model, "draft", CPU, size_multiple=16)

    assert np.array_equal(restored, as_uint16(photo))
    padded = Size(*(-(-side // 16) * 16 for side in size))
    assert model.seen == [padded]


def test_what_is_missing_on_the_right_and_below_is_mirrored(
    provider_of: Callable[..., Any], random_photo: Callable[..., Any]
) -> None:
    seen: list[Tensor] = []
    model = provider_of(lambda batch: seen.append(batch) or batch).model
    photo = random_photo(Size(30, 16))

    restore_whole(photo, model, "draft", CPU, size_multiple=16)

    (batch,) = seen
    assert torch.equal(batch[..., 30:], batch[..., 27:29].flip(-1))


@pytest.mark.parametrize(
    ("outcome", "error"),
    [(torch.nan, NonFiniteOutputError), (torch.inf, NonFiniteOutputError)],
)
def test_what_is_no_picture_is_refused(
    outcome: float,
    error: type[Exception],
    provider_of: Callable[..., Any],
    random_photo: Callable[..., Any],
) -> None:
    model = provider_of(lambda batch: batch * outcome).model

    with pytest.raises(error):
        restore_whole(random_photo(Size(16, 16)), model, "draft", CPU, size_multiple=16)


def test_a_photo_that_does_not_fit_is_told_and_another_error_stays_one(
    provider_of: Callable[..., Any], random_photo: Callable[..., Any]
) -> None:
    photo = random_photo(Size(16, 16))

    def full(_: Tensor) -> Tensor:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    def bug(_: Tensor) -> Tensor:
        raise RuntimeError("a bug")

    with pytest.raises(WholePhotoMemoryError):
        restore_whole(photo, provider_of(full).model, "draft", CPU, size_multiple=16)
    with pytest.raises(RuntimeError, match="a bug"):
        restore_whole(photo, provider_of(bug).model, "draft", CPU, size_multiple=16)
