"""MAXIM as a module: the hyper-parameters are read from the shapes of its parameters."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from unblur_models.maxim.layout import expected_shapes
from unblur_models.maxim.plain import plain_maxim


class Maxim(nn.Module):
    """Three stages, each ending in a full-size picture."""

    def __init__(self, *, state: Mapping[str, Tensor]) -> None:
        super().__init__()
        for name, value in state.items():
            self.register_buffer(name.replace(".", "/"), value.float())

    @staticmethod
    def detect(state: Mapping[str, Tensor]) -> bool:
        """Whether these are the parameters of a MAXIM."""
        try:
            return expected_shapes(_shapes(state)) == _shapes(state)
        except KeyError:
            return False

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Maxim:
        """The network that has these parameters."""
        return cls(state=state)

    def forward(self, batch: Tensor, stages: int = 3) -> Tensor:
        """The picture at the end of stage `stages`: (N, 3, H, W), not clamped."""
        state = {name.replace("/", "."): value for name, value in self.named_buffers()}
        return plain_maxim(state, batch, stages)


def _shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in state.items()}
