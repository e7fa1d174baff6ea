"""Finds pictures and pairs in the folders of known data sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})

# Names that data sets give to their sides. Of two kinds of blur in one folder the first counts.
_BLURRED = ("blur", "blurred", "blur_gamma", "input", "train_blur", "val_blur")
_SHARP = ("sharp", "gt", "target", "groundtruth", "train_sharp", "val_sharp")


@dataclass(frozen=True, slots=True)
class PairFiles:
    """Two files of one picture, and the scene that it belongs to."""

    name: str
    sequence: str
    blurred: Path
    sharp: Path


def pictures_in(folder: Path) -> list[Path]:
    """All picture files below a folder, sorted."""
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in SUFFIXES)


def pairs_in(root: Path) -> list[PairFiles]:
    """All pairs below a folder, sorted by name.

    Understands folders with a blurred and a sharp side (GoPro: SEQUENCE/blur and
    SEQUENCE/sharp; RealBlur: SCENE/blur/blur_1.png and SCENE/gt/gt_1.png; plain ones) and
    sides that hold sequences (REDS: train_blur/SEQUENCE and train_sharp/SEQUENCE).
    """
    found = [pair for folder in _with_two_sides(root) for pair in _pairs(root, folder)]
    return sorted(found, key=lambda pair: pair.name)


def _with_two_sides(root: Path) -> Iterator[Path]:
    for folder in (root, *sorted(each for each in root.rglob("*") if each.is_dir())):
        if _side(folder, _BLURRED) and _side(folder, _SHARP):
            yield folder


def _pairs(root: Path, folder: Path) -> Iterator[PairFiles]:
    blurred, sharp = _side(folder, _BLURRED), _side(folder, _SHARP)
    assert blurred is not None
    assert sharp is not None
    partners = {_key(sharp, each): each for each in pictures_in(sharp)}
    for path in pictures_in(blurred):
        key = _key(blurred, path)
        if key in partners:
            place = folder.relative_to(root.parent) / Path(key).parent
            sequence = place.as_posix()
            yield PairFiles(f"{sequence}/{path.stem}", sequence, path, partners[key])


def _key(side: Path, path: Path) -> str:
    """What is equal for the two files of a pair: folder and name, less the side's own name."""
    inside = path.relative_to(side)
    parts = [part for part in inside.parts[:-1] if part not in _BLURRED + _SHARP]
    stem = path.stem
    for name in _BLURRED + _SHARP:
        stem = stem.removeprefix(f"{name}_")
    return Path(*parts, stem).as_posix()


def _side(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_dir()), None)
