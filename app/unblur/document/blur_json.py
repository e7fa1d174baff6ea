"""How a region is deconvolved, as JSON: a part of what `persistence` writes."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from unblur.document.deconvolution import (
    MAX_SIDE,
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
    PsfOrigin,
    PsfPicture,
)


def deconvolution_to_json(recipe: Deconvolution) -> dict[str, Any]:
    """Plain values that `json.dumps` takes."""
    return {
        "blur": _blur_to_json(recipe.blur),
        "noise": recipe.noise,
        "linear": recipe.is_linear,
    }


def deconvolution_from_json(data: dict[str, Any]) -> Deconvolution:
    """What `deconvolution_to_json` described. Raises ValueError, KeyError or TypeError."""
    return Deconvolution(
        _blur_from_json(data["blur"]), float(data["noise"]), is_linear=bool(data["linear"])
    )


def _blur_to_json(blur: Blur) -> dict[str, Any]:
    if isinstance(blur, MotionBlur):
        return {"kind": "motion", "length": blur.length, "angle": blur.angle}
    if isinstance(blur, DiscBlur):
        return {"kind": "disc", "radius": blur.radius}
    if isinstance(blur, GaussianBlur):
        return {"kind": "gaussian", "deviation": blur.deviation}
    return {
        "kind": "picture",
        "width": blur.width,
        "height": blur.height,
        "levels": base64.b64encode(zlib.compress(blur.levels)).decode("ascii"),
        "origin": blur.origin.value,
        "confidence": blur.confidence,
    }


def _blur_from_json(data: dict[str, Any]) -> Blur:
    kind = data["kind"]
    if kind == "motion":
        return MotionBlur(float(data["length"]), float(data["angle"]))
    if kind == "disc":
        return DiscBlur(float(data["radius"]))
    if kind == "gaussian":
        return GaussianBlur(float(data["deviation"]))
    if kind == "picture":
        confidence = data["confidence"]
        return PsfPicture(
            int(data["width"]),
            int(data["height"]),
            _levels(str(data["levels"])),
            PsfOrigin(data["origin"]),
            None if confidence is None else float(confidence),
        )
    raise ValueError(f"unknown kind of blur {kind!r}")


def _levels(text: str) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        # No more than the largest PSF has: the file may be anybody's.
        return unpacking.decompress(base64.b64decode(text, validate=True), 2 * MAX_SIDE**2)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("the levels of a PSF cannot be read") from error
