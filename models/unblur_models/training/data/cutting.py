"""Cuts things out of photographs: the one place in training that needs OpenCV.

U²-Net (Qin et al., Pattern Recognition 2020; the small u2netp, Apache-2.0) finds what a
photograph is of, on a grid of 320 places; a guided filter brings the outline to the edges that
are seen (He, Sun and Tang, TPAMI 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from unblur_models.training.data.pack import Pixels, Source
from unblur_models.training.errors import PackError

Mask = NDArray[np.float32]
Finder = Callable[[Pixels], Mask]

_SIDE = 320  # of what the network sees
_OUTPUT = "1959"  # the finest of its seven masks
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet

_SHARES = (0.05, 0.70)  # of the photograph that a thing in front covers
_CONFIDENCE = 0.85  # of a mask whose values are near 0 and 1 where they should be
_REACH = 1 / 100  # of the filter, in long sides: about two places of the network's grid
_FLATNESS = 1e-4  # variance below which the filter smooths: texture, not an edge
_EDGE = (0.25, 0.75)  # levels of the mask between which its edge lies; the rest is spill
_MARGIN = 0.15  # around the thing, in its own sides


class SalientThing:
    """Finds what a photograph is of. Raises PackError where the model cannot be read."""

    def __init__(self, model: Path) -> None:
        try:
            self._network = cv2.dnn.readNetFromONNX(str(model))
        except cv2.error as error:
            raise PackError(model, str(error)) from error

    def __call__(self, pixels: Pixels) -> Mask:
        """(320, 320) in [0, 1], of a photograph (H, W, 3) stretched to that size."""
        small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        scaled = small.astype(np.float32) / max(1, int(small.max()))
        planes = ((scaled - _MEAN) / _DEVIATION).astype(np.float32).transpose(2, 0, 1)
        self._network.setInput(np.ascontiguousarray(planes[None]))
        mask: Mask = self._network.forward(_OUTPUT)[0, 0]
        return mask


def cut_outs(photographs: Iterable[Source], find: Finder, smallest: int) -> Iterator[Source]:
    """Pairs of a photograph, in the place of the blurred picture, and its mask.

    Cut to the thing and what is around it, `smallest` pixels at least. The mask takes the sharp
    picture's place because detail is measured there, and detail of a mask is its outline: so
    crops find it. Photographs without a clear thing in front are left out.
    """
    for source in photographs:
        found = find(source.sharp)
        if not is_clear(found):
            continue
        mask = snapped(found, source.sharp)
        if not mask.any():
            continue  # thin as a fence: nothing is left of it where its edges are cut
        box = _span(mask.max(1), smallest), _span(mask.max(0), smallest)
        grey = np.repeat(np.rint(mask[box] * 255).astype(np.uint8)[:, :, None], 3, 2)
        yield replace(source, sharp=grey, blurred=source.sharp[box])


def is_clear(mask: Mask) -> bool:
    """Whether there is one thing in front, neither tiny nor everything, and the mask is sure."""
    inside = mask > 0.5
    if not _SHARES[0] <= inside.mean() <= _SHARES[1]:
        return False
    # Of what the mask marks at all; a large sure background would hide an unsure thing.
    marked = mask > 0.05
    return float(np.abs(2 * mask[marked] - 1).mean()) >= _CONFIDENCE


def snapped(mask: Mask, pixels: Pixels) -> Mask:
    """The mask at the photograph's size (H, W), its outline on the photograph's edges."""
    height, width = pixels.shape[:2]
    guide = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    coarse = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    side = 2 * round(max(height, width) * _REACH) + 1

    def mean(values: Mask) -> Mask:
        smoothed: Mask = cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)
        return smoothed

    guide_mean, mask_mean = mean(guide), mean(coarse)
    variance = mean(guide * guide) - guide_mean**2
    slope = (mean(guide * coarse) - guide_mean * mask_mean) / (variance + _FLATNESS)
    fitted = mean(slope) * guide + mean(mask_mean - slope * guide_mean)
    low, high = _EDGE
    result: Mask = np.clip((fitted - low) / (high - low), 0, 1).astype(np.float32)
    return result


def _span(most: Mask, smallest: int) -> slice:
    """Where in a row of values there is anything, with a margin: of `smallest` or of all."""
    places = np.flatnonzero(most)
    first, last = int(places[0]), int(places[-1]) + 1
    margin = max(round((last - first) * _MARGIN), -(-(smallest - (last - first)) // 2))
    start = max(0, min(first - margin, len(most) - smallest))
    return slice(start, min(len(most), max(last + margin, start + smallest)))
