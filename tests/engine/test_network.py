"""What a model is asked for again, and how; with real half precision on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from unblur.document.geometry import Rect, Size
from unblur.engine.cancel import CancelToken
from unblur.engine.device import choose_device
from unblur.engine.network import Network
from unblur.engine.tiling import TilingPolicy

CPU = choose_device("cpu")
POLICY = TilingPolicy(tile=32, halo=8, overlap=4, multiple=16, largest=48)
WHOLE = Rect.of_size(Size(48, 48))


@dataclass(frozen=True)
class Card:
    tile: int = 32
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0


@dataclass
class Moody:
    """Gives a picture only in the ways that `is_fine` accepts; writes down every way."""

    is_fine: Callable[[str], bool]
    card: Card = field(default_factory=Card)
    ways: list[str] = field(default_factory=list)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        return self._answer(batch, "plain")

    def again(self, batch: Tensor, quality: str) -> Tensor:
        return self._answer(batch, "careful")

    def _answer(self, batch: Tensor, way: str) -> Tensor:
        product = torch.ones(1, 1) @ torch.ones(1, 1)  # in what autocast makes of it
        name = f"{way} {'bf16' if product.dtype == torch.bfloat16 else 'fp32'}"
        self.ways.append(name)
        return 0.9 * batch if self.is_fine(name) else batch * torch.inf


def _network(model: Moody, precision: str = "bf16", at_once: int = 4) -> Network:
    return Network(model, "good", POLICY, CPU, CancelToken(), precision=precision, at_once=at_once)


BATCH = torch.full((1, 3, 48, 48), 0.5)
FAULTS = "What the model gave"


@pytest.mark.allow_log(FAULTS)
@pytest.mark.parametrize(
    ("precision", "fine", "ways"),
    [
        ("bf16", "plain bf16", ["plain bf16"]),
        ("bf16", "plain fp32", ["plain bf16", "plain fp32"]),
        ("bf16", "careful fp32", ["plain bf16", "plain fp32", "careful fp32"]),
        ("fp32", "plain fp32", ["plain fp32"]),
        ("fp32", "careful fp32", ["plain fp32", "careful fp32"]),
    ],
)
def test_a_bad_tile_is_done_in_fp32_and_then_carefully(
    precision: str, fine: str, ways: list[str]
) -> None:
    model = Moody(lambda way: way == fine)
    answer = _network(model, precision)(BATCH, [WHOLE])
    assert model.ways == ways
    assert answer.left == (False,)
    assert answer.restored.dtype == torch.float32
    torch.testing.assert_close(answer.restored, 0.9 * BATCH)


@pytest.mark.allow_log(FAULTS)
def test_what_is_no_picture_in_any_way_is_left_as_it_was() -> None:
    model = Moody(lambda way: False)
    answer = _network(model)(BATCH, [WHOLE])
    assert model.ways == ["plain bf16", "plain fp32", "careful fp32"]
    assert answer.left == (True,)
    assert torch.equal(answer.restored, BATCH)


@pytest.mark.allow_log(FAULTS)
def test_of_several_inputs_only_the_bad_one_is_done_again() -> None:
    class Breaking(Moody):
        def _answer(self, batch: Tensor, way: str) -> Tensor:
            self.ways.append(f"{len(batch)}")
            broken = 0.9 * batch
            if len(batch) == 3:
                broken[1] *= torch.nan
            return broken

    model = Breaking(lambda way: True)
    answer = _network(model, "fp32")(BATCH.expand(3, -1, -1, -1), [WHOLE] * 3)
    assert model.ways == ["3", "1"]
    assert answer.left == (False, False, False)
    torch.testing.assert_close(answer.restored, (0.9 * BATCH).expand(3, -1, -1, -1))


@pytest.mark.allow_log("Memory ended at 4 inputs")
def test_memory_that_ends_means_fewer_inputs_before_smaller_ones() -> None:
    class Small(Moody):
        def _answer(self, batch: Tensor, way: str) -> Tensor:
            self.ways.append(f"{len(batch)} of {batch.shape[2]}")
            if len(batch) > 2:
                raise torch.OutOfMemoryError("full")
            return 0.9 * batch

    model = Small(lambda way: True)
    network = _network(model, "fp32")
    answer = network(BATCH.expand(4, -1, -1, -1), [WHOLE] * 4)
    assert model.ways == ["4 of 48", "2 of 48", "2 of 48"]
    assert network.at_once == 2
    assert network.policy == POLICY
    torch.testing.assert_close(answer.restored, (0.9 * BATCH).expand(4, -1, -1, -1))


def test_there_is_something_to_do_while_the_device_works_exactly_before_its_answer_is_read() -> (
    None
):
    heard: list[str] = []
    model = Moody(lambda way: True)
    network = Network(
        model,
        "good",
        POLICY,
        CPU,
        CancelToken(),
        fault_of=lambda _source, _restored: heard.append("read"),
    )
    network(BATCH, [WHOLE], lambda: heard.append("meanwhile"))
    assert heard == ["meanwhile", "read"]
