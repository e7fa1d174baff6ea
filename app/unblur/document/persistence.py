"""Edits as JSON: small enough to save within seconds of every change, readable by a person.

Photos are named by path and fingerprint, never copied. Unknown fields are ignored and a
shape of an unknown kind is refused, so a file of a newer version fails as a whole instead
of losing a part of an edit.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from unblur.document.blur_json import deconvolution_from_json, deconvolution_to_json
from unblur.document.found_masks import levels_of
from unblur.document.geometry import Point, Rect
from unblur.document.region import ModelChoice, Region, RegionId, Scale, Subject
from unblur.document.shapes import (
    BrushStroke,
    Ellipse,
    FoundMask,
    Grow,
    Invert,
    Lasso,
    Mode,
    Pressure,
    Rectangle,
    Shape,
    WholePhoto,
)

FORMAT_VERSION = 2
"""Version 1 had rectangles and brushes alone, and no protection; it is still read."""

READABLE_VERSIONS = (1, 2)


_FAR = 1e7  # pixels; no photo is as wide


def region_to_json(region: Region) -> dict[str, Any]:
    """Plain values that `json.dumps` takes."""
    recipe = region.model.deconvolution
    return {
        "id": region.id,
        "name": region.name,
        "shapes": [shape_to_json(shape) for shape in region.shapes],
        "model": region.model.model_id,
        "quality": region.model.quality,
        "scale": region.model.scale.value,
        "strength": region.strength,
        "feather": region.feather,
        "visible": region.is_visible,
        "subject": region.subject.value if region.subject else None,
        **({"deconvolution": deconvolution_to_json(recipe)} if recipe else {}),
    }


def region_from_json(data: dict[str, Any]) -> Region:
    """The region that `region_to_json` described.

    Raises ValueError, KeyError or TypeError when `data` is not such a description.
    """
    recipe = data.get("deconvolution")
    return Region(
        id=RegionId(str(data["id"])),
        name=str(data["name"]),
        shapes=tuple(shape_from_json(shape) for shape in data["shapes"]),
        model=ModelChoice(
            str(data["model"]),
            str(data["quality"]),
            Scale(data["scale"]),
            deconvolution_from_json(recipe) if recipe else None,
        ),
        strength=_within(0.0, float(data["strength"]), 1.0),
        feather=_within(0.0, float(data["feather"]), _FAR),
        is_visible=bool(data["visible"]),
        subject=_subject(data),
    )


def shape_to_json(shape: Shape) -> dict[str, Any]:
    """Plain values that `json.dumps` takes."""
    if isinstance(shape, WholePhoto):
        return {"kind": "whole"}
    if isinstance(shape, Invert):
        return {"kind": "invert"}
    if isinstance(shape, Grow):
        return {"kind": "grow", "pixels": shape.pixels}
    if isinstance(shape, Rectangle | Ellipse):
        rect = shape.rect
        sides = [rect.x, rect.y, rect.width, rect.height]
        kind = "rectangle" if isinstance(shape, Rectangle) else "ellipse"
        return {"kind": kind, "rect": sides, "mode": shape.mode.value}
    if isinstance(shape, FoundMask):
        rect = shape.rect
        return {
            "kind": "found",
            "rect": [rect.x, rect.y, rect.width, rect.height],
            "levels": base64.b64encode(shape.levels).decode("ascii"),
            "mode": shape.mode.value,
        }
    points = [[round(point.x, 2), round(point.y, 2)] for point in shape.points]
    if isinstance(shape, Lasso):
        return {"kind": "lasso", "points": points, "mode": shape.mode.value}
    return {
        "kind": "brush",
        "points": points,
        "radius": shape.radius,
        "mode": shape.mode.value,
        "hardness": shape.hardness,
        "pressures": [round(pressure, 3) for pressure in shape.pressures],
        "pressure": shape.pressure.value,
    }


def shape_from_json(data: dict[str, Any]) -> Shape:
    """The shape that `shape_to_json` described.

    Raises ValueError, KeyError or TypeError when `data` is not such a description.
    """
    kind = data["kind"]
    if kind == "whole":
        return WholePhoto()
    if kind == "invert":
        return Invert()
    if kind == "grow":
        return Grow(_within(-_FAR, float(data["pixels"]), _FAR))
    if kind == "rectangle":
        return Rectangle(_rect(data), _mode(data))
    if kind == "ellipse":
        return Ellipse(_rect(data), _mode(data))
    if kind == "lasso":
        return Lasso(_points(data), _mode(data))
    if kind == "found":
        return _found(data)
    if kind == "brush":
        return _stroke(data)
    raise ValueError(f"unknown shape kind {kind!r}")


def _subject(data: dict[str, Any]) -> Subject | None:
    """What the region is of; files from before that was saved tell people by the name alone."""
    if "subject" in data:
        return None if data["subject"] is None else Subject(data["subject"])
    named = {"People": Subject.PEOPLE, "Background": Subject.BACKGROUND}
    return named.get(str(data["name"]))


def _found(data: dict[str, Any]) -> FoundMask:
    try:
        levels = base64.b64decode(data["levels"], validate=True)
    except binascii.Error as error:
        raise ValueError("a mask is not in base 64") from error
    shape = FoundMask(_rect(data), levels, _mode(data))
    levels_of(shape)  # raises ValueError for what is no mask
    return shape


def _stroke(data: dict[str, Any]) -> BrushStroke:
    return BrushStroke(
        points=_points(data),
        radius=_within(0.0, float(data["radius"]), _FAR),
        mode=_mode(data),
        hardness=_within(0.0, float(data.get("hardness", 1.0)), 1.0),
        pressures=tuple(_within(0.0, float(p), 1.0) for p in data.get("pressures", ())),
        pressure=Pressure(data.get("pressure", Pressure.NOTHING)),
    )


def _mode(data: dict[str, Any]) -> Mode:
    """The mode; in files of version 1 only a brush could take away, as an eraser."""
    if "mode" in data:
        return Mode(data["mode"])
    return Mode.SUBTRACT if data.get("erase", False) else Mode.ADD


def _rect(data: dict[str, Any]) -> Rect:
    x, y, width, height = (int(_within(-_FAR, float(value), _FAR)) for value in data["rect"])
    return Rect(x, y, width, height)


def _points(data: dict[str, Any]) -> tuple[Point, ...]:
    return tuple(
        Point(_within(-_FAR, float(x), _FAR), _within(-_FAR, float(y), _FAR))
        for x, y in data["points"]
    )


def _within(least: float, value: float, most: float) -> float:
    if not least <= value <= most:  # NaN is not, either
        raise ValueError(f"{value} does not lie between {least} and {most}")
    return value
