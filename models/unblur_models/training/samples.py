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
from unblur_models.training.synthesis.pipeline import Crops, Synthesis

_VALIDATION_SEED = 7  # the same made-up samples for every run, whatever its own seed


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
        cut_outs = _cut_outs(CropSource(masks, choice)) if masks else None
        self._synthesis = Synthesis(config.synthesis, masks=cut_outs)

    def __call__(self, indices: Tensor, patch: int) -> tuple[Tensor, Tensor]:
        """(blurred, sharp), each (N, 3, patch, patch) in [0, 1], of the samples (N,)."""
        draws = Draws(self.seed, indices)
        is_real = self._is_real(draws)
        device = self._sharp.device
        blurred = torch.empty(len(indices), 3, patch, patch, device=device)
        sharp = torch.empty_like(blurred)
        invented = self.made if self._stock is None else self._stocked
        for rows, make in ((is_real, self._real), (~is_real, invented)):
            chosen = rows.nonzero()[:, 0]
            if len(chosen):
                places = chosen.to(device)
                blurred[places], sharp[places] = make(indices[chosen], patch)
        return blurred, sharp

    def made(self, indices: Tensor, patch: int) -> tuple[Tensor, Tensor]:
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

    def _real(self, indices: Tensor, patch: int) -> tuple[Tensor, Tensor]:
        assert self._pairs is not None
        return self._pairs.pairs(Draws(self.seed, indices), "pair", patch)

    def _stocked(self, indices: Tensor, patch: int) -> tuple[Tensor, Tensor]:
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
        self.training = SampleSource(config, own, pairs, seed=config.seed, masks=masks, made=made)
        unseen = [each.taken(held) for each in sharp] if held else sharp
        self.made = SampleSource(config, unseen, (), seed=_VALIDATION_SEED, masks=masks)


def _pictures(packs: Sequence[LoadedPack]) -> tuple[Picture, ...]:
    return tuple(picture for each in packs for picture in each.pictures)


def _cut_outs(source: CropSource) -> Crops:
    """Masks are packed as grey pictures: one channel tells all."""
    return lambda draws, name, side: source(draws, name, side)[:, :1]
