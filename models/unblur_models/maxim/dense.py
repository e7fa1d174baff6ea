"""Dense layers over the last axis, fused with what follows them where oneDNN can.

On a CPU a pass over the activations costs about as much as a small matrix product, so a
GELU or a sum that rides along with the product is nearly free. PyTorch offers these fused
products only as operators without a public name; they are tried out once and, where they
are missing or differ, the plain operators do the same work.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional


def dense(layer: nn.Linear, x: Tensor) -> Tensor:
    """The layer's output."""
    if _is_fusible(x):
        # Also quicker without anything fused: addmm would first spread the bias over memory.
        product: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001
            x, layer.weight, layer.bias, "none", [], ""
        )
        return product
    return functional.linear(x, layer.weight, layer.bias)


def dense_gelu(layer: nn.Linear, x: Tensor) -> Tensor:
    """GELU, in its tanh form, of the layer's output."""
    if _is_fusible(x):
        fused: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001 - see above
            x, layer.weight, layer.bias, "gelu", [], "tanh"
        )
        return fused
    return functional.gelu(layer(x), approximate="tanh")


def dense_plus(layer: nn.Linear, x: Tensor, other: Tensor) -> Tensor:
    """The layer's output plus `other`, which has the same shape."""
    if _is_fusible(x):
        fused: Tensor = torch.ops.mkldnn._linear_pointwise.binary(  # noqa: SLF001
            x, other, layer.weight, layer.bias, "add"
        )
        return fused
    return functional.linear(x, layer.weight, layer.bias) + other


def _is_fusible(x: Tensor) -> bool:
    return (
        x.device.type == "cpu"
        and x.dtype == torch.float32
        and not torch.is_grad_enabled()
        and _has_fused_products()
    )


@cache
def _has_fused_products() -> bool:
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    layer, x = nn.Linear(2, 2), torch.tensor([[0.5, -1.0]])
    try:
        with torch.no_grad():
            fused = torch.ops.mkldnn._linear_pointwise  # noqa: SLF001
            gelu = fused(x, layer.weight, layer.bias, "gelu", [], "tanh")
            total = fused.binary(x, x, layer.weight, layer.bias, "add")
            plain = layer(x)
            return torch.allclose(total, plain + x, atol=1e-5) and torch.allclose(
                gelu, functional.gelu(plain, approximate="tanh"), atol=1e-5
            )
    except (AttributeError, NotImplementedError, RuntimeError, TypeError):
        return False
