"""The PSF of an order for one photo: as named, from a file, or estimated from the photo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from unblur.cli.deconvolution import DeconvolutionOrder
from unblur.document.deconvolution import (
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
)
from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.engine.psf_files import read_blur, write_blur
from unblur.engine.psf_weights import weights_of


def deconvolved(document: Document, order: DeconvolutionOrder) -> Document:
    """The document whose regions are all solved as the order says.

    An estimate looks at the regions alone. Raises PsfFileError, and writes the PSF where the
    order wants it.
    """
    recipe = Deconvolution(_blur(document, order), order.noise, is_linear=order.is_linear)
    if order.save_psf is not None:
        write_blur(recipe.blur, order.save_psf)
    regions = tuple(
        replace(region, model=replace(region.model, deconvolution=recipe))
        for region in document.regions
    )
    return replace(document, regions=regions)


def psf_facts(document: Document) -> dict[str, Any] | None:
    """What the JSON tells of the PSF; None without one."""
    recipe = document.regions[0].model.deconvolution if document.regions else None
    if recipe is None:
        return None
    blur = recipe.blur
    height, width = weights_of(blur).shape
    facts: dict[str, Any] = {"width": width, "height": height, "noise": recipe.noise}
    if isinstance(blur, MotionBlur):
        return {"kind": "motion", "length": blur.length, "angle": blur.angle, **facts}
    if isinstance(blur, DiscBlur):
        return {"kind": "disc", "radius": blur.radius, **facts}
    if isinstance(blur, GaussianBlur):
        return {"kind": "gaussian", "sigma": blur.deviation, **facts}
    return {"kind": blur.origin.value, "confidence": blur.confidence, **facts}


def _blur(document: Document, order: DeconvolutionOrder) -> Blur:
    if isinstance(order.wish, Path):
        return read_blur(order.wish)
    if order.wish is not None:
        return order.wish
    # It brings torch, which a person who named the blur would have to wait for as well.
    from unblur.engine.psf_estimation import estimate_blur

    seen = Rect(0, 0, 0, 0)
    for region in document.regions:
        seen = seen.united(region.bounds(document.photo.size))
    return estimate_blur(document.photo.pixels, seen)
