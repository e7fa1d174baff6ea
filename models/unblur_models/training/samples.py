"""The endless row of training samples: sample k is a function of the seed and k."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from unblur_models.training.config import RunConfig
from unblur_models.training.data.crops import CropChoice, CropSource, LoadedPack, load
from unblur_models.training.data.leaks import check_no_leak, split
from unblur_models.training.data.pack import Picture, open_pack
from unblur_models.training.data.stock import check_stock, origin
from unblur_models.training.draws import Draws
from unblur_models.training.errors import ConfigError
from unblur_models.training.networks import takes_mask
from unblur_models.training.synthesis.pipeline import CutOuts, Synthesis

_VALIDATION_SEED = 7  # the same made-up samples for every run, whatever its own seed
_OUTLINES = 8  # places of a cut-out that are looked at, for the one that shows most of its outline


class SampleSource:
    """Blurred and sharp patches, made up or real, on the device of the packs."""

    def __init__(
        self,
        config: RunConfig,
        sharp: Sequence[LoadedPack],
        pairs: Sequence[LoadedPack],
        *,
        seed: int,
        masks: Sequence[LoadedPack] = (),
        made: Sequence[LoadedPack] = (),
    ) -> None:
        data = config.data
        choice = CropChoice(data.candidates, data.plain_share, data.half_probability)
        self.seed = seed
        self._sharp = CropSource(sharp, choice)
        self._pairs = CropSource(pairs, choice) if pairs else None
        self._stock = CropSource(made, choice) if made else None
        self._real_share = data.real_share if pairs else 0.0
        self._gives_masks = takes_mask(config.network)
        if self._gives_masks and made:
            raise ConfigError("data.made", "a stock has no masks for a network that takes them")
        self._synthesis = Synthesis(
            config.synthesis,
            cut_outs=_cut_outs(masks, data.half_probability) if masks else None,
            gives_masks=self._gives_masks,
        )

    def __call__(self, indices: Tensor, patch: int) -> tuple[Tensor, ...]:
        """(blurred, sharp), each (N, 3, patch, patch) in [0, 1], of the samples (N,).

        For a network that takes masks, (N, 1, patch, patch) comes third: where something moves
        by itself; zeros where nothing does, and for real pairs, of which nobody knows.
        """
        draws = Draws(self.seed, indices)
        is_real = self._is_real(draws)
        device = self._sharp.device
        blurred = torch.empty(len(indices), 3, patch, patch, device=device)
        sides = [blurred, torch.empty_like(blurred)]
        if self._gives_masks:
            sides.append(torch.zeros_like(blurred[:, :1]))
        invented = self.made if self._stock is None else self._stocked
        for rows, make in ((is_real, self._real), (~is_real, invented)):
            chosen = rows.nonzero()[:, 0]
            if len(chosen):
                places = chosen.to(device)
                for side, part in zip(sides, make(indices[chosen], patch), strict=False):
                    side[places] = part
        return tuple(sides)

    def made(self, indices: Tensor, patch: int) -> tuple[Tensor, ...]:
        """The samples (N,) as if all of them were made-up blur, blurred now."""
        return self._synthesis(Draws(self.seed, indices), self._sharp, patch)

    @property
    def made_of(self) -> str:
        """A name for the photographs that blur is made of."""
        return origin(self._sharp.pictures)

    def kinds(self, indices: Tensor) -> list[str]:
        """What each sample is: "real", or a kind of made-up blur."""
        draws = Draws(self.seed, indices)
        kinds = self._synthesis.kinds(draws)
        is_real = self._is_real(draws).tolist()
        return ["real" if real else kind for real, kind in zip(is_real, kinds, strict=True)]

    def of_kind(self, kind: str | None, first: int, count: int) -> Tensor:
        """Indices of the first samples of a kind, from sample `first` on."""
        indices = torch.arange(first, first + 100 * count)
        chosen = [each for each, own in enumerate(self.kinds(indices)) if kind in (None, own)]
        return indices[chosen[:count]]

    def _is_real(self, draws: Draws) -> Tensor:
        return draws.happens("real", self._real_share)

    def _real(self, indices: Tensor, patch: int) -> tuple[Tensor, ...]:
        assert self._pairs is not None
        return self._pairs.pairs(Draws(self.seed, indices), "pair", patch)

    def _stocked(self, indices: Tensor, patch: int) -> tuple[Tensor, ...]:
        assert self._stock is not None
        return self._stock.pairs(Draws(self.seed, indices), "stock", patch)


class RunData:
    """All pictures of a run: to train on, and never to train on.

    `training` and `made` (blur made of held-out photographs) are endless; `validation` are
    real pairs. Raises PackError, and LeakError where the sides share pictures.
    """

    def __init__(self, config: RunConfig, device: torch.device) -> None:
        sharp = [load(open_pack(each), device) for each in config.data.sharp]
        pairs = [load(open_pack(each), device) for each in config.data.pairs]
        masks = [load(open_pack(each), device) for each in config.data.masks]
        made = [load(open_pack(each), device) for each in config.data.made]
        if not sharp:
            raise ConfigError("data.sharp", "no packs")
        self.validation = tuple(open_pack(each) for each in config.validation.pairs)
        kept, held = split(_pictures(sharp), config.data.held_out)
        seen = (*kept, *_pictures(pairs))
        check_no_leak(seen, (*held, *(p for each in self.validation for p in each.pictures)))
        check_stock(_pictures(made), origin(kept))
        own = [each.taken(kept) for each in sharp]
        # Cut-outs of a photograph go where it goes, and nowhere when it is a copy of one held out.
        hidden = _sequences(_pictures(sharp)) - _sequences(kept)
        seen_masks = _of(masks, _sequences(_pictures(masks)) - hidden)
        self.training = SampleSource(
            config, own, pairs, seed=config.seed, masks=seen_masks, made=made
        )
        unseen = [each.taken(held) for each in sharp] if held else sharp
        self.made = SampleSource(
            config, unseen, (), seed=_VALIDATION_SEED, masks=_of(masks, _sequences(held))
        )


def _pictures(packs: Sequence[LoadedPack]) -> tuple[Picture, ...]:
    return tuple(picture for each in packs for picture in each.pictures)


def _sequences(pictures: Sequence[Picture]) -> set[str]:
    return {each.sequence for each in pictures}


def _of(packs: Sequence[LoadedPack], sequences: set[str]) -> list[LoadedPack]:
    """What is of these sequences, without packs of which nothing is left."""
    taken = [each.taken([p for p in each.pictures if p.sequence in sequences]) for each in packs]
    return [each for each in taken if each.pictures]


def _cut_outs(packs: Sequence[LoadedPack], half_probability: float) -> CutOuts:
    """Photographs and their masks, mostly squares that the outline goes through."""
    source = CropSource(packs, CropChoice(_OUTLINES, 0.1, half_probability))

    def squares(draws: Draws, name: str, side: int) -> tuple[Tensor, Tensor]:
        photograph, mask = source.pairs(draws, name, side, can_halve=True)
        return photograph, mask[:, :1]

    return squares
