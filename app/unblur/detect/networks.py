"""Networks of the detector cards, loaded into OpenCV from bytes that were checked."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unblur import errors
from unblur.imaging.opencv import cv2
from unblur_models import detectors
from unblur_models import errors as zoo

Floats = NDArray[np.float32]


def weights_of(detector_id: str) -> bytes:
    """The checked weights of a card. Raises WeightsMissingError and WeightsCorruptError."""
    try:
        return detectors.read_bytes(detectors.card(detector_id))
    except zoo.WeightsMissingFileError as error:
        raise errors.WeightsMissingError(detector_id, str(error.path)) from error
    except zoo.WeightsDamagedError as error:
        raise errors.WeightsCorruptError(detector_id, str(error.path)) from error


def buffer_of(detector_id: str) -> NDArray[np.uint8]:
    """The checked weights as OpenCV takes them, with its talk about targets turned off."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return np.frombuffer(weights_of(detector_id), np.uint8)


def arrays_of(detector_id: str) -> dict[str, Floats]:
    """The arrays of a card whose file is an .npz."""
    with np.load(io.BytesIO(weights_of(detector_id)), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


class Network:
    """One network with float32 blobs in and out. Loaded when it is first run."""

    def __init__(self, detector_id: str) -> None:
        self._id = detector_id
        self._net: Any = None

    def run(self, *blobs: Floats, **named: Floats) -> list[Floats]:
        """Answers in the order of the network's outputs.

        One blob without a name goes to the only input. Raises WeightsMissingError and
        WeightsCorruptError.
        """
        if self._net is None:
            self._net = self._load()
        for blob in blobs:
            self._net.setInput(np.ascontiguousarray(blob, np.float32))
        for name, blob in named.items():
            self._net.setInput(np.ascontiguousarray(blob, np.float32), name)
        names = self._net.getUnconnectedOutLayersNames()
        return [np.array(answer, np.float32) for answer in self._net.forward(names)]

    def _load(self) -> Any:
        is_tflite = detectors.card(self._id).file.endswith(".tflite")
        read = cv2.dnn.readNetFromTFLite if is_tflite else cv2.dnn.readNetFromONNX
        return read(buffer_of(self._id))
