"""Half precision, with PyTorch's real bf16 and fp16 on the CPU: slow there, but the real thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor, nn

from unblur.engine import precision as precisions
from unblur.engine.cancel import CancelToken
from unblur.engine.device import choose_device
from unblur.engine.findings import FindingKey, Findings
from unblur.engine.precision import agreement_of, choose_precision, fast_precisions, in_precision
from unblur.errors import Cancelled

CPU = choose_device("cpu")
KEY = FindingKey(CPU.name, "", torch.__version__, "fake", "", "good", "fp32")


@dataclass(frozen=True)
class Card:
    tile: int = 32
    halo: int = 8
    overlap: int = 4
    size_multiple: int = 16
    far_halo: int = 0


@dataclass
class Convolving:
    """A network of one convolution whose change is `strength` times what it sees."""

    strength: float
    card: Card = field(default_factory=Card)
    dtypes: list[torch.dtype] = field(default_factory=list)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        layer = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        nn.init.constant_(layer.weight, self.strength)
        change = layer(batch)
        self.dtypes.append(change.dtype)
        return batch + change

    def again(self, batch: Tensor, quality: str) -> Tensor:
        return self(batch, quality)


def _choose(model: Convolving, wish: str, findings: Findings | None = None) -> str:
    with torch.inference_mode():
        return choose_precision(wish, model, KEY, CPU, findings or Findings(), CancelToken())


@pytest.mark.parametrize("wish", ["bf16", "fp16"])
def test_half_precision_that_agrees_is_taken(wish: str) -> None:
    model = Convolving(0.001)
    assert _choose(model, wish) == wish
    reduced = {"bf16": torch.bfloat16, "fp16": torch.float16}[wish]
    assert model.dtypes == [torch.float32, reduced]


def test_half_precision_that_differs_too_much_is_not() -> None:
    class Cancelling(Convolving):
        """Ten times the picture less the same: what bf16 rounds away on the way stays."""

        def __call__(self, batch: Tensor, quality: str) -> Tensor:
            layer = nn.Conv2d(3, 3, 1, bias=False)
            nn.init.constant_(layer.weight, 10.0)
            return layer(batch) - 10 * batch.sum(1, keepdim=True) + batch

    assert _choose(Cancelling(0.0), "bf16") == "fp32"


def test_half_precision_that_overflows_is_not() -> None:
    assert _choose(Convolving(30_000.0), "fp16") == "fp32"  # no number of fp16 is above 65,504


def test_an_operator_that_knows_no_half_precision_means_fp32() -> None:
    class Refusing(Convolving):
        def __call__(self, batch: Tensor, quality: str) -> Tensor:
            if torch.is_autocast_enabled("cpu"):
                raise RuntimeError("\"svd\" not implemented for 'BFloat16'")
            return batch

    assert _choose(Refusing(0.0), "bf16") == "fp32"


def test_a_check_is_made_once_for_a_device_and_a_model() -> None:
    findings, model = Findings(), Convolving(0.001)
    for _ in range(3):
        assert _choose(model, "bf16", findings) == "bf16"
    assert len(model.dtypes) == 2
    other = KEY._replace(model_id="other")
    choose_precision("bf16", model, other, CPU, findings, CancelToken())
    assert len(model.dtypes) == 4


def test_a_precision_that_failed_is_remembered_as_well() -> None:
    findings, model = Findings(), Convolving(30_000.0)
    for _ in range(2):
        assert _choose(model, "fp16", findings) == "fp32"
    assert len(model.dtypes) == 2


def test_whoever_wants_fp32_pays_for_no_check() -> None:
    model = Convolving(0.001)
    assert _choose(model, "fp32") == "fp32"
    assert model.dtypes == []


def test_automatic_takes_what_the_processor_computes_itself_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = torch.cpu.get_capabilities()
    has_bf16 = flags.get("avx512_bf16", False) or flags.get("amx_bf16", False)
    assert ("bf16" in fast_precisions(CPU)) == has_bf16
    # On a processor that has it, the real thing runs; here it runs slowly.
    monkeypatch.setattr(precisions, "fast_precisions", lambda device: ("bf16",))
    assert _choose(Convolving(0.001), "auto") == "bf16"
    monkeypatch.setattr(precisions, "fast_precisions", lambda device: ())
    assert _choose(Convolving(0.001), "auto") == "fp32"


def test_the_most_exact_that_agrees_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precisions, "fast_precisions", lambda device: ("fp16", "bf16"))
    assert _choose(Convolving(0.001), "auto") == "fp16"
    # 9 · 3 · 30,000 overflows fp16 but not bf16, whose picture is then white as well.
    assert _choose(Convolving(30_000.0), "auto") == "bf16"


def test_a_check_can_be_cancelled_and_is_then_not_believed() -> None:
    findings, token = Findings(), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        choose_precision("bf16", Convolving(0.001), KEY, CPU, findings, token)
    assert findings.about(KEY._replace(precision="bf16")).agreement is None


@pytest.mark.parametrize(
    ("change", "decibels"),
    [(lambda x: x, 99), (lambda x: x + 0.01, 40), (lambda x: x * torch.nan, 0)],
)
def test_agreement_is_a_psnr(change: Callable[[Tensor], Tensor], decibels: float) -> None:
    picture = torch.full((1, 3, 8, 8), 0.5)
    assert agreement_of(picture, change(picture)) == pytest.approx(decibels, abs=1e-3)


def test_single_precision_is_the_plain_way() -> None:
    layer = nn.Conv2d(3, 3, 1)
    with torch.inference_mode(), in_precision(CPU, "fp32"):
        assert layer(torch.zeros(1, 3, 4, 4)).dtype == torch.float32
    with torch.inference_mode(), in_precision(CPU, "bf16"):
        assert layer(torch.zeros(1, 3, 4, 4)).dtype == torch.bfloat16
