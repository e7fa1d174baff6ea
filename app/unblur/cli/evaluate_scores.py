"""What was measured: of one picture, and of a set of them, as JSON and as lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

_SHORTEST_COLUMN = 12


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How near a picture is to the sharp one: PSNR in dB, and SSIM."""

    psnr: float
    ssim: float


@dataclass(frozen=True, slots=True)
class Score:
    """One picture before and after. `seconds` is restoring alone, without files.

    `setting` is what a method chose for this picture, empty where it has no choice. On
    `tiles_left` tiles the model failed, and the blurred picture stands there.
    """

    name: str
    blurred: Fidelity
    restored: Fidelity
    seconds: float
    megapixels: float
    setting: str = ""
    tiles_left: int = 0

    @property
    def gain(self) -> float:
        """What restoring adds to the PSNR, in dB."""
        return self.restored.psnr - self.blurred.psnr

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of a picture."""
        facts = {
            "name": self.name,
            "psnr_blurred": round(self.blurred.psnr, 4),
            "psnr": round(self.restored.psnr, 4),
            "ssim_blurred": round(self.blurred.ssim, 6),
            "ssim": round(self.restored.ssim, 6),
            "seconds": round(self.seconds, 6),
            "megapixels": round(self.megapixels, 6),
            "seconds_per_megapixel": round(self.seconds / self.megapixels, 6),
            "tiles_left": self.tiles_left,
        }
        return {**facts, "setting": self.setting} if self.setting else facts


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over the pictures of a set; each counts the same, whatever its size.

    `worst_gain` is the least gain of a single picture. Seconds per megapixel are of all
    pictures together.
    """

    pictures: int
    psnr_blurred: float
    psnr: float
    ssim_blurred: float
    ssim: float
    gain: float
    worst_gain: float
    seconds_per_megapixel: float

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of a set."""
        return {
            "pictures": self.pictures,
            "psnr": round(self.psnr, 4),
            "ssim": round(self.ssim, 6),
            "psnr_blurred": round(self.psnr_blurred, 4),
            "ssim_blurred": round(self.ssim_blurred, 6),
            "gain": round(self.gain, 4),
            "worst_gain": round(self.worst_gain, 4),
            "seconds_per_megapixel": round(self.seconds_per_megapixel, 6),
        }


def summary_of(scores: Sequence[Score]) -> Summary | None:
    """The means; None of no picture."""
    if not scores:
        return None
    return Summary(
        pictures=len(scores),
        psnr_blurred=fmean(each.blurred.psnr for each in scores),
        psnr=fmean(each.restored.psnr for each in scores),
        ssim_blurred=fmean(each.blurred.ssim for each in scores),
        ssim=fmean(each.restored.ssim for each in scores),
        gain=fmean(each.gain for each in scores),
        worst_gain=min(each.gain for each in scores),
        seconds_per_megapixel=sum(each.seconds for each in scores)
        / sum(each.megapixels for each in scores),
    )


class PictureTable:
    """The lines of one method's table: a picture each, then their mean."""

    def __init__(self, names: Sequence[str]) -> None:
        self._width = max(_SHORTEST_COLUMN, *(len(name) for name in names))

    @property
    def head(self) -> str:
        """What stands above the columns."""
        return f"{'picture':<{self._width}}{_HEAD}"

    def line(self, score: Score) -> str:
        """One picture."""
        numbers = _numbers(
            (score.blurred.psnr, score.restored.psnr, score.gain),
            (score.blurred.ssim, score.restored.ssim),
            score.seconds / score.megapixels,
        )
        notes = ", ".join(filter(None, (score.setting, _left(score.tiles_left))))
        return f"{score.name:<{self._width}}{numbers}  {notes}".rstrip()

    def foot(self, summary: Summary) -> str:
        """The means, and the least gain."""
        numbers = _numbers(
            (summary.psnr_blurred, summary.psnr, summary.gain),
            (summary.ssim_blurred, summary.ssim),
            summary.seconds_per_megapixel,
        )
        return f"{'mean':<{self._width}}{numbers}  worst gain {summary.worst_gain:+.2f} dB"


def side_by_side(summaries: Sequence[tuple[str, Summary]]) -> list[str]:
    """A table of several methods on the same pictures, a line each."""
    width = max(_SHORTEST_COLUMN, *(len(name) for name, _ in summaries))
    lines = [f"{'model':<{width}}    PSNR    gain   worst    SSIM     s/MP  pictures"]
    for name, each in summaries:
        lines.append(
            f"{name:<{width}}  {each.psnr:6.2f}  {each.gain:+6.2f}  {each.worst_gain:+6.2f}"
            f"  {each.ssim:6.4f}  {each.seconds_per_megapixel:7.3f}  {each.pictures:8}"
        )
    return lines


_HEAD = "   blurred    PSNR    gain  blurred    SSIM     s/MP"


def _left(tiles: int) -> str:
    if tiles == 0:
        return ""
    return "1 tile left as it was" if tiles == 1 else f"{tiles} tiles left as they were"


def _numbers(psnr: tuple[float, float, float], ssim: tuple[float, float], rate: float) -> str:
    decibels = f"  {psnr[0]:8.2f}  {psnr[1]:6.2f}  {psnr[2]:+6.2f}"
    return f"{decibels}   {ssim[0]:6.4f}  {ssim[1]:6.4f}  {rate:7.3f}"
