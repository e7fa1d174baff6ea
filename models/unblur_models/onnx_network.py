"""A network that came as an ONNX file, run by onnxruntime on the CPU.

onnxruntime (MIT) is installed with `unblur[onnx]`; it brings no torch. An ONNX file is data: a
graph of known operations, so reading it runs nothing of its author's.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from unblur_models.errors import OnnxRuntimeMissingError, UnsuitableNetworkError

NAME = "ONNX"

_QUIET = 3  # errors alone
_CHANNELS = 3


class OnnxNetwork(nn.Module):
    """One picture in, one picture of the same size out, at any size that the graph takes.

    Raises OnnxRuntimeMissingError, and UnsuitableNetworkError for a file that is no such graph.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__()
        try:
            import onnxruntime
        except ImportError as error:
            raise OnnxRuntimeMissingError from error
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _QUIET
        try:
            self._session = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # Its exceptions have no common base but this.
            raise UnsuitableNetworkError("it is no graph that onnxruntime can read") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1:
            raise UnsuitableNetworkError(f"it takes {len(inputs)} inputs instead of one picture")
        _require_picture(inputs[0].type, inputs[0].shape)
        self._input, self._output = inputs[0].name, outputs[0].name

    def forward(self, batch: Tensor, stages: int = 1) -> Tensor:
        """Restored pictures (N, 3, H, W), not clamped, on the device of `batch`.

        There is one stage. Raises ValueError for more, and for a size that the graph refuses.
        """
        if stages != 1:
            raise ValueError(f"an ONNX file has one stage, not {stages}")
        pictures = [self._restored(picture) for picture in torch.split(batch.float().cpu(), 1)]
        return torch.cat(pictures).to(batch.device)

    def _restored(self, picture: Tensor) -> Tensor:
        pixels = picture.contiguous().numpy()
        try:
            (restored,) = self._session.run([self._output], {self._input: pixels})
        except Exception as error:
            raise ValueError(f"the graph does not take {tuple(picture.shape)}") from error
        return torch.from_numpy(restored)


def _require_picture(kind: str, shape: Sequence[int | str | None]) -> None:
    """Refuse what is not float32, three channels and any height and width."""
    if kind != "tensor(float)" or len(shape) != 4 or shape[1] not in (_CHANNELS, None):
        raise UnsuitableNetworkError(f"it takes {kind} of {shape}, not one picture of 3 channels")
    if isinstance(shape[2], int) or isinstance(shape[3], int):
        raise UnsuitableNetworkError(f"it takes pictures of one size only, {shape[2]} × {shape[3]}")
