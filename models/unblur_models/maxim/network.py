"""MAXIM, restoring a photograph in stages that each end in a full-size picture.

Each stage is a UNet over three scales. A later stage starts from what the one before
attended to, and each of its levels is gated by that stage's features.

The layers here are fewer than in the paper: `folding` says how they come about.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unblur_models.maxim.blocks import (
    CrossGating,
    Groups,
    ResidualConvs,
    ResidualDense,
    convolved,
)
from unblur_models.maxim.dense import dense, dense_plus
from unblur_models.maxim.folding import folded
from unblur_models.maxim.layout import Hyperparameters, checked, is_maxim
from unblur_models.maxim.rescale import enlarged, shrunk
from unblur_models.parameters import StateDict, shapes_of


@dataclass(frozen=True, slots=True)
class StageFeatures:
    """What a stage hands to the next, by level: of the encoder plus decoder, and attended."""

    levels: list[Tensor]
    attended: list[Tensor]


class Maxim(nn.Module):
    """The whole network. Pictures are (N, 3, H, W), RGB in [0, 1]."""

    def __init__(self, *, hyper: Hyperparameters) -> None:
        super().__init__()
        self.hyper = hyper
        self.stages = nn.ModuleList(
            Stage(hyper=hyper, is_first=number == 0, is_last=number == hyper.stages - 1)
            for number in range(hyper.stages)
        )

    @staticmethod
    def detect(state: StateDict) -> bool:
        """Whether these parameters are named as a MAXIM's."""
        return is_maxim(shapes_of(state))

    @classmethod
    def from_state_dict(cls, state: StateDict) -> Maxim:
        """The network with these published parameters, in float32. Raises ParametersDifferError."""
        hyper = checked(shapes_of(state))
        with torch.device("meta"):
            network = cls(hyper=hyper)
        network.load_state_dict(folded(state, hyper), strict=True, assign=True)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return network

    def forward(self, batch: Tensor, stages: int = 3) -> Tensor:
        """The picture at the end of stage `stages`, counted from 1: same shape, not clamped.

        Height and width are multiples of `hyper.size_multiple`.
        """
        source = batch.permute(0, 2, 3, 1).contiguous()
        pyramid = [source] + [
            source[:, 2 ** (i - 1) :: 2**i, 2 ** (i - 1) :: 2**i].contiguous()
            for i in range(1, self.hyper.depth)
        ]
        features: StageFeatures | None = None
        for number in range(stages - 1):
            features = self._stage(number).advance(pyramid, features)
        restored: Tensor = self._stage(stages - 1)(pyramid, features)
        return restored.permute(0, 3, 1, 2)

    def _stage(self, number: int) -> Stage:
        stage = self.stages[number]
        assert isinstance(stage, Stage)
        return stage


class Stage(nn.Module):
    """One UNet."""

    def __init__(self, *, hyper: Hyperparameters, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self.is_last = is_last
        levels = list(zip(hyper.widths, hyper.sides, strict=True))
        if not is_first:
            self.fuse = nn.ModuleList(Fusion(width=w, side=s) for w, s in levels)
        self.encoder = nn.ModuleList(
            EncoderLevel(hyper=hyper, level=i, is_first=is_first) for i in range(hyper.depth)
        )
        self.bottleneck = nn.ModuleList(
            Bottleneck(hyper=hyper, is_first=i == 0) for i in range(hyper.bottlenecks)
        )
        self.skip = nn.ModuleList(Skip(hyper=hyper, level=i) for i in range(hyper.depth))
        self.decoder = nn.ModuleList(DecoderLevel(hyper=hyper, level=i) for i in range(hyper.depth))
        if is_last:
            self.output = nn.Conv2d(hyper.features, 3, 3, padding=1)
        else:
            self.supervise = nn.ModuleList(Supervision(width=w) for w in hyper.widths)

    def forward(self, pyramid: list[Tensor], features: StageFeatures | None) -> Tensor:
        """The restored picture, (N, H, W, 3)."""
        _, decoded = self._features(pyramid, features)
        return convolved(self._output(), decoded[0]).add_(pyramid[0])

    def advance(self, pyramid: list[Tensor], features: StageFeatures | None) -> StageFeatures:
        """What the next stage needs of this one."""
        encoded, decoded = self._features(pyramid, features)
        attended = [
            supervision(x, picture)
            for supervision, x, picture in zip(self.supervise, decoded, pyramid, strict=True)
        ]
        levels = [e.add_(d) for e, d in zip(encoded, decoded, strict=True)]
        return StageFeatures(levels, attended)

    def _output(self) -> nn.Module:
        if self.is_last:
            return self.output
        supervision = self.supervise[0]
        assert isinstance(supervision, Supervision)
        return supervision.picture

    def _features(
        self, pyramid: list[Tensor], features: StageFeatures | None
    ) -> tuple[list[Tensor], list[Tensor]]:
        """By level, what the encoder and what the decoder makes of it."""
        entries = pyramid
        if features is not None:
            entries = [
                fuse(picture, attended)
                for fuse, picture, attended in zip(
                    self.fuse, pyramid, features.attended, strict=True
                )
            ]
        encoded: list[Tensor] = []
        for i, level in enumerate(self.encoder):
            before = None if features is None else features.levels[i]
            encoded.append(level(entries[i], encoded[-1] if encoded else None, before))
        x = encoded[-1]
        for bottleneck in self.bottleneck:
            x = bottleneck(x)
        return encoded, self._decoded(encoded, x)

    def _decoded(self, encoded: list[Tensor], x: Tensor) -> list[Tensor]:
        gate, skips = x, list(encoded)
        sources = Scales(encoded)
        for i in reversed(range(len(encoded))):
            skips[i], gate = self.skip[i](sources, gate)
        sources, decoded = Scales(skips), list(encoded)
        for i in reversed(range(len(encoded))):
            decoded[i] = x = self.decoder[i](sources, x)
        return decoded


class Fusion(nn.Module):
    """The start of a later stage at one scale: the picture, gated by what was attended to."""

    def __init__(self, *, width: int, side: int) -> None:
        super().__init__()
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        self.attended = nn.Linear(width, width)
        self.cross = CrossGating(width=width, side=side)

    def forward(self, picture: Tensor, attended: Tensor) -> Tensor:
        """(N, h, w, width)."""
        x, _ = self.cross(convolved(self.entry, picture), dense(self.attended, attended))
        fused: Tensor = x
        return fused


class EncoderLevel(nn.Module):
    """One level down: the scale's own input, what comes from above, the stage before."""

    def __init__(self, *, hyper: Hyperparameters, level: int, is_first: bool) -> None:
        super().__init__()
        width, side = hyper.widths[level], hyper.sides[level]
        self.entry = nn.Conv2d(3, width, 3, padding=1) if is_first else nn.Linear(width, width)
        if level > 0:
            self.down = nn.Conv2d(hyper.widths[level - 1], width, 4, stride=2, padding=1)
        self.groups = _groups(hyper, width, side, ResidualConvs)
        if not is_first:
            self.x = nn.Linear(width, width)
            self.y = nn.Linear(width, width)
            self.cross = CrossGating(width=width, side=side)

    def forward(self, entry: Tensor, above: Tensor | None, before: Tensor | None) -> Tensor:
        """(N, h, w, width) from this scale's input, the level above and the stage before."""
        x = _entered(self.entry, entry)
        if above is not None:
            x = x.add_(convolved(self.down, above))
        x = self.groups(x)
        if before is not None:
            x, _ = self.cross(dense(self.x, x), dense(self.y, before))
        encoded: Tensor = x
        return encoded


class Bottleneck(nn.Module):
    """Global and local mixing below the last level; the first one also halves the size."""

    def __init__(self, *, hyper: Hyperparameters, is_first: bool) -> None:
        super().__init__()
        width = hyper.widths[-1]
        self.entry = (
            nn.Conv2d(width, width, 4, stride=2, padding=1) if is_first else nn.Linear(width, width)
        )
        self.groups = _groups(hyper, width, hyper.sides[-1], ResidualDense)

    def forward(self, x: Tensor) -> Tensor:
        """(N, h, w, width)."""
        mixed: Tensor = self.groups(_entered(self.entry, x))
        return mixed


class Scales:
    """Pictures by level, each resized on demand; shrunk ones are kept for the next taker."""

    def __init__(self, levels: list[Tensor]) -> None:
        self._levels = levels
        self._shrunk: dict[tuple[int, int], Tensor] = {}

    def summed(self, layers: nn.ModuleList, level: int) -> Tensor:
        """All pictures at the size of `level`, each through its dense layer, summed."""
        first, *others = [level, *range(level), *range(level + 1, len(self._levels))]
        total = dense(_linear(layers, first), self._levels[first])
        for source in others:
            layer = _linear(layers, source)
            if source < level:
                total = dense_plus(layer, self._smaller(source, level), total)
            else:
                # The layer first: it commutes with resizing, and there are fewer pixels.
                total.add_(enlarged(dense(layer, self._levels[source]), 2 ** (source - level)))
        return total

    def _smaller(self, source: int, level: int) -> Tensor:
        key = (source, level)
        if key not in self._shrunk:
            self._shrunk[key] = shrunk(self._levels[source], 2 ** (level - source))
        return self._shrunk[key]


class Skip(nn.Module):
    """What the encoder hands to the decoder at one level, gated from below."""

    def __init__(self, *, hyper: Hyperparameters, level: int) -> None:
        super().__init__()
        self.level = level
        self.scales, self.up = _joints(hyper, level)
        self.cross = CrossGating(width=hyper.widths[level], side=hyper.sides[level])

    def forward(self, encoded: Scales, gate: Tensor) -> tuple[Tensor, Tensor]:
        """The skip signal, and the gate for the level above."""
        x, y = self.cross(encoded.summed(self.scales, self.level), convolved(self.up, gate))
        return x, y


class DecoderLevel(nn.Module):
    """One level up: the level below and the skips of all levels."""

    def __init__(self, *, hyper: Hyperparameters, level: int) -> None:
        super().__init__()
        self.level = level
        self.scales, self.up = _joints(hyper, level)
        self.groups = _groups(hyper, hyper.widths[level], hyper.sides[level], ResidualConvs)

    def forward(self, skips: Scales, below: Tensor) -> Tensor:
        """(N, h, w, width)."""
        x = skips.summed(self.scales, self.level)
        decoded: Tensor = self.groups(x.add_(convolved(self.up, below)))
        return decoded


class Supervision(nn.Module):
    """Looks at the picture so far, and says where the features deserve attention."""

    def __init__(self, *, width: int) -> None:
        super().__init__()
        self.features = nn.Conv2d(width, width, 3, padding=1)
        self.picture = nn.Conv2d(width, 3, 3, padding=1)
        self.attention = nn.Conv2d(3, width, 3, padding=1)

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """The attended features, same shape as `x`."""
        picture = convolved(self.picture, x).add_(source)
        attention = convolved(self.attention, picture).sigmoid_()
        return torch.addcmul(x, convolved(self.features, x), attention)


def _entered(layer: nn.Module, x: Tensor) -> Tensor:
    return dense(layer, x) if isinstance(layer, nn.Linear) else convolved(layer, x)


def _linear(layers: nn.ModuleList, index: int) -> nn.Linear:
    layer = layers[index]
    assert isinstance(layer, nn.Linear)
    return layer


def _joints(hyper: Hyperparameters, level: int) -> tuple[nn.ModuleList, nn.ConvTranspose2d]:
    width = hyper.widths[level]
    below = hyper.widths[min(level + 1, hyper.depth - 1)]
    scales = nn.ModuleList(nn.Linear(source, width) for source in hyper.widths)
    return scales, nn.ConvTranspose2d(below, width, 2, stride=2)


def _groups(
    hyper: Hyperparameters,
    width: int,
    side: int,
    residual: type[ResidualConvs] | type[ResidualDense],
) -> Groups:
    return Groups(
        width=width,
        side=side,
        groups=hyper.groups,
        reduction=hyper.reduction,
        residual=residual,
    )
