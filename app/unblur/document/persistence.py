"""Edits as JSON: small enough to save within seconds of every change, readable by a person.

Photos are named by path and fingerprint, never copied. Unknown fields are ignored and a
shape of an unknown kind is refused, so a file of a newer version fails as a whole instead
of losing a part of an edit.
"""

from __future__ import annotations

from typing import Any

from unblur.document.geometry import Point, Rect
from unblur.document.region import ModelChoice, Region, RegionId, Scale
from unblur.document.shapes import BrushStroke, Rectangle, Shape, WholePhoto

FORMAT_VERSION = 1


_FAR = 1e7  # pixels; no photo is as wide


def region_to_json(region: Region) -> dict[str, Any]:
    """Plain values that `json.dumps` takes."""
    return {
        "id": region.id,
        "name": region.name,
        "shapes": [_shape_to_json(shape) for shape in region.shapes],
        "model": region.model.model_id,
        "quality": region.model.quality,
        "scale": region.model.scale.value,
        "strength": region.strength,
        "feather": region.feather,
        "visible": region.is_visible,
    }


def region_from_json(data: dict[str, Any]) -> Region:
    """The region that `region_to_json` described.

    Raises ValueError, KeyError or TypeError when `data` is not such a description.
    """
    return Region(
        id=RegionId(str(data["id"])),
        name=str(data["name"]),
        shapes=tuple(_shape_from_json(shape) for shape in data["shapes"]),
        model=ModelChoice(str(data["model"]), str(data["quality"]), Scale(data["scale"])),
        strength=_within(0.0, float(data["strength"]), 1.0),
        feather=_within(0.0, float(data["feather"]), _FAR),
        is_visible=bool(data["visible"]),
    )


def _shape_to_json(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, WholePhoto):
        return {"kind": "whole"}
    if isinstance(shape, Rectangle):
        rect = shape.rect
        return {"kind": "rectangle", "rect": [rect.x, rect.y, rect.width, rect.height]}
    points = [[round(point.x, 2), round(point.y, 2)] for point in shape.points]
    return {"kind": "brush", "points": points, "radius": shape.radius, "erase": shape.erase}


def _shape_from_json(data: dict[str, Any]) -> Shape:
    kind = data["kind"]
    if kind == "whole":
        return WholePhoto()
    if kind == "rectangle":
        x, y, width, height = (int(_within(-_FAR, float(value), _FAR)) for value in data["rect"])
        return Rectangle(Rect(x, y, width, height))
    if kind == "brush":
        points = tuple(
            Point(_within(-_FAR, float(x), _FAR), _within(-_FAR, float(y), _FAR))
            for x, y in data["points"]
        )
        radius = _within(0.0, float(data["radius"]), _FAR)
        return BrushStroke(points, radius, bool(data["erase"]))
    raise ValueError(f"unknown shape kind {kind!r}")


def _within(least: float, value: float, most: float) -> float:
    if not least <= value <= most:  # NaN is not, either
        raise ValueError(f"{value} does not lie between {least} and {most}")
    return value
