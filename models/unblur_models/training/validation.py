"""How good a network is on pictures that it was never trained on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unblur_models.training.config import RunConfig, ValidationConfig
from unblur_models.training.data.pack import Pack, blurred_of, sharp_of
from unblur_models.training.samples import RunData, SampleSource

_SHOWN = 192  # side of the squares in the sample pictures, in pixels
_BATCH = 4


@dataclass(frozen=True, slots=True, eq=False)
class Restored:
    """One picture (3, H, W): blurred, restored and sharp. `group` is its sequence or kind."""

    group: str
    blurred: Tensor
    restored: Tensor
    sharp: Tensor

    @property
    def before(self) -> float:
        """PSNR of the blurred picture, in dB."""
        return psnr(self.blurred, self.sharp)

    @property
    def gain(self) -> float:
        """What the network adds to the PSNR, in dB."""
        return psnr(self.restored, self.sharp) - self.before


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the pictures of a group, in dB; `worst` is the least gain of a single one."""

    group: str
    pictures: int
    blurred: float
    psnr: float
    gain: float
    worst: float


def validate(network: nn.Module, data: RunData, config: RunConfig) -> list[Restored]:
    """All real pairs that the configuration asks for, and the made-up samples."""
    settings = config.validation
    restored = [each for pack in data.validation for each in _real(network, pack, settings)]
    return restored + _made(network, data.made, settings)


def scores(restored: Sequence[Restored]) -> list[Score]:
    """One a group, in the order of their first pictures."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in restored:
        groups[each.group].append((each.before, each.gain))
    return [_score(group, values) for group, values in groups.items()]


def shown(restored: Sequence[Restored], count: int = 8) -> list[list[Tensor]]:
    """Rows of blurred, restored and sharp squares for a person to look at."""
    chosen = restored[:: max(1, len(restored) // count)]
    rows = [[each.blurred, each.restored, each.sharp] for each in chosen]
    return [[_middle(picture, _SHOWN).cpu() for picture in row] for row in rows]


def psnr(picture: Tensor, sharp: Tensor) -> float:
    """Of RGB pictures in [0, 1] at 8 bits, in dB; at most 100."""
    error = (_rounded(picture) - _rounded(sharp)).square().mean().item()
    return 100.0 if error == 0 else min(100.0, -10 * float(torch.tensor(error).log10()))


def _real(network: nn.Module, pack: Pack, settings: ValidationConfig) -> list[Restored]:
    device = next(network.parameters()).device
    result = []
    count = min(settings.pictures, len(pack.pictures))
    for picture in (pack.pictures[i * len(pack.pictures) // count] for i in range(count)):
        blurred, sharp = (
            _middle(torch.from_numpy(side(pack, picture)).permute(2, 0, 1), settings.crop)
            .to(device)
            .float()
            / 255
            for side in (blurred_of, sharp_of)
        )
        height, width = (length - length % 64 for length in blurred.shape[1:])
        blurred, sharp = blurred[:, :height, :width], sharp[:, :height, :width]
        restored = _run(network, blurred[None])[0]
        result.append(Restored(picture.sequence, blurred, restored, sharp))
    return result


def _made(network: nn.Module, source: SampleSource, settings: ValidationConfig) -> list[Restored]:
    result = []
    for first in range(0, settings.made, _BATCH):
        indices = torch.arange(first, min(first + _BATCH, settings.made))
        blurred, sharp, *masks = source(indices, settings.patch)
        restored = _run(network, blurred, *masks)
        kinds = source.kinds(indices)
        rows = zip(kinds, blurred, restored, sharp, strict=True)
        result += [Restored(f"made: {kind}", *pictures) for kind, *pictures in rows]
    return result


def _run(network: nn.Module, *inputs: Tensor) -> Tensor:
    with torch.inference_mode():
        restored: Tensor = network(*inputs)
    return restored


def _score(group: str, values: Sequence[tuple[float, float]]) -> Score:
    before, gains = zip(*values, strict=True)
    blurred, gain = sum(before) / len(before), sum(gains) / len(gains)
    return Score(group, len(values), blurred, blurred + gain, gain, min(gains))


def _middle(picture: Tensor, side: int) -> Tensor:
    height, width = (min(side, length) for length in picture.shape[1:])
    top, left = (picture.shape[1] - height) // 2, (picture.shape[2] - width) // 2
    return picture[:, top : top + height, left : left + width]


def _rounded(picture: Tensor) -> Tensor:
    return (picture.clamp(0, 1) * 255).round().to(torch.float64) / 255
