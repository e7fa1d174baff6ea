"""What a photo's blur is, at whatever size the photo has.

The blur of a large photo spans more pixels. It is looked at on a copy that is 2, 4, 8 … times
smaller; where that copy is too small to tell, tiles of a finer one are looked at, and where
the blur is too wide for a tile, a coarser one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from unblur.analysis.blur_map import BlurMap, blur_map
from unblur.analysis.edges import find_edges
from unblur.analysis.kinds import Blur, BlurKind, Explanation, explain, slight_motion
from unblur.analysis.noise import LEVEL, SIDE, noise_of, plain_tiles
from unblur.analysis.softness import Softness, softness
from unblur.analysis.spectrum import (
    SMALLEST_TILE,
    Gray,
    detailed_tiles,
    mean_log_spectrum,
    tile_side,
)
from unblur.document.buffer import PixelImage
from unblur.document.geometry import Rect, Size
from unblur.imaging.opencv import cv2
from unblur.imaging.pyramid import display_pixels

Proceed = Callable[[], None]

_LONG_SIDE = 1600  # of the copy that is looked at first
_FINE_SIGMA, _FINE_LENGTH = 2.0, 6.0  # pixels: a smaller blur is looked at in a finer copy
_WIDE_SIGMA, _WIDE_LENGTH = 5.5, 34.0  # and a larger one in a coarser copy
_LOOKS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What was measured of a photo. Lengths are in its pixels.

    `blur` is None when the photo shows nothing that could be sharp; `noise` is a standard
    deviation in levels of 255; `map` is None when there are no edges. `is_partly_blurred`
    says that a photo which is sharp somewhere is not so everywhere.
    """

    photo: Size
    blur: Blur | None
    noise: float
    map: BlurMap | None = field(repr=False)
    is_partly_blurred: bool = False


def measure(pixels: PixelImage, proceed: Proceed = lambda: None) -> Measurement:
    """Measure a photo's (H, W, 3) pixels. `proceed` is called between steps.

    What `proceed` raises ends the measurement. Safe in any thread.
    """
    photo = Size(pixels.shape[1], pixels.shape[0])
    level = 0
    while max(photo) >> level > _LONG_SIDE:
        level += 1
    proceed()
    gray = _gray(pixels, Rect.of_size(photo), level)
    proceed()
    noise = _noise(pixels, gray, level)
    proceed()
    look = _look(pixels, gray, level, proceed)
    blur = _told(look, gray, level, proceed) if look else None
    proceed()
    edges = find_edges(gray, noise / (1 << level))
    soft = softness(edges)
    if look and blur and soft:
        blur = _with_uneven_motion(blur, look.shown, soft, 1 << level)
    is_sharp = blur is not None and blur.kind is BlurKind.SHARP
    is_partly_blurred = is_sharp and soft is not None and soft.is_soft
    return Measurement(photo, blur, noise, blur_map(edges, 1 << level), is_partly_blurred)


def _with_uneven_motion(blur: Blur, shown: Explanation, soft: Softness, factor: int) -> Blur:
    """What a spectrum told, unless it calls sharp what is so nowhere: motion of no simple form.

    Such motion also makes details fade faster than in sharp scenes, whose edges may be wide
    everywhere as well: shadows, clouds. Where edges of all directions are alike nothing moved, and
    what is out of focus a spectrum tells: there a small subject is sharp. `factor` is how much
    smaller the picture with the edges is than the photo.
    """
    is_moved = shown.is_steep and soft.is_throughout and not soft.is_round
    if blur.kind is not BlurKind.SHARP or not is_moved:
        return blur
    return soft.motion(blur.sigma / factor).enlarged(factor)


def _noise(pixels: PixelImage, gray: Gray, level: int) -> float:
    """Measured on tiles of a size of its own: a smaller copy has less of it."""
    tiles = plain_tiles(gray, max(4, SIDE >> level))
    photo = Rect.of_size(Size(pixels.shape[1], pixels.shape[0]))
    rects = [tile.enlarged_by(1 << level).intersected(photo) for tile in tiles]
    return noise_of([_gray(pixels, rect, LEVEL) for rect in rects])


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What a copy of the photo that is `level` times halved shows."""

    shown: Explanation
    level: int


def _look(pixels: PixelImage, gray: Gray, level: int, proceed: Proceed) -> _Look | None:
    """Look again, finer or coarser, until the blur is of a size that can be told well."""
    shown, now, seen = _explained(gray, proceed), level, {level}
    if shown is None:
        return None
    for _ in range(_LOOKS - 1):
        proceed()
        then = _next_level(shown.blur, now, Size(gray.shape[1], gray.shape[0]), level)
        if then in seen:
            break
        seen.add(then)
        if then > level:
            again = _explained(_halved(gray, then - level), proceed)
        else:
            again = _explained_finer(pixels, gray, level, then, proceed)
        if again is None:
            break
        now, shown = then, again
    return _Look(shown, now)


def _told(look: _Look, gray: Gray, level: int, proceed: Proceed) -> Blur:
    """The blur that was seen, in pixels of the photo, with a motion that half the size shows."""
    blur, halved = look.shown.blur, look.level - level + 1
    is_wide = blur.kind is BlurKind.DEFOCUS and blur.sigma >= _FINE_SIGMA
    if is_wide and halved > 0 and min(gray.shape) >> halved >= 2 * SMALLEST_TILE:
        proceed()
        half = _explained(_halved(gray, halved), proceed)
        blur = (slight_motion(look.shown, half) if half else None) or blur
    return blur.enlarged(1 << look.level)


def _next_level(found: Blur, now: int, copy: Size, first: int) -> int:
    """Where to look next; the same level when there is no need to."""
    is_small = found.sigma < _FINE_SIGMA and found.length < _FINE_LENGTH
    if is_small and now > 0:
        return 0 if found.kind is BlurKind.SHARP else now - 1
    is_wide = found.sigma > _WIDE_SIGMA or found.length > _WIDE_LENGTH
    if is_wide and min(copy) >> (now + 1 - first) >= 2 * SMALLEST_TILE:
        return now + 1
    return now


def _explained(gray: Gray, proceed: Proceed) -> Explanation | None:
    side = tile_side(Size(gray.shape[1], gray.shape[0]))
    padded = _padded(gray, side)
    tiles = [padded[rect.slices] for rect in detailed_tiles(padded, side)]
    spectrum = mean_log_spectrum(tiles, proceed)
    proceed()
    return explain(spectrum, side)


def _explained_finer(
    pixels: PixelImage, gray: Gray, level: int, finer: int, proceed: Proceed
) -> Explanation | None:
    """Look at the same places `level - finer` times halved less."""
    side = tile_side(Size(gray.shape[1], gray.shape[0]))
    places = detailed_tiles(gray, side >> (level - finer))
    photo = Rect.of_size(Size(pixels.shape[1], pixels.shape[0]))
    tiles = []
    for place in places:
        proceed()
        rect = place.enlarged_by(1 << level)
        # The copy's last column may stand for less than a whole square of the photo.
        inside = rect.translated(
            min(0, photo.right - rect.right), min(0, photo.bottom - rect.bottom)
        )
        tile = _gray(pixels, inside.intersected(photo), finer)
        if tile.shape[0] >= side and tile.shape[1] >= side:
            tiles.append(tile[:side, :side])
    if not tiles:
        return None
    return explain(mean_log_spectrum(tiles, proceed), side)


def _gray(pixels: PixelImage, rect: Rect, level: int) -> Gray:
    shown = display_pixels(pixels, rect, level)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_RGB2GRAY), np.float32)


def _halved(gray: Gray, times: int) -> Gray:
    size = (max(1, gray.shape[1] >> times), max(1, gray.shape[0] >> times))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.float32)


def _padded(gray: Gray, side: int) -> Gray:
    """A picture smaller than a tile, mirrored until it fills one."""
    height, width = gray.shape
    if height >= side and width >= side:
        return gray
    rows = np.pad(gray, ((0, max(0, side - height)), (0, 0)), mode="symmetric")
    return np.pad(rows, ((0, 0), (0, max(0, side - width))), mode="symmetric")
