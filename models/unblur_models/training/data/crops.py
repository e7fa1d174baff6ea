"""Random squares out of packs, gathered on the device from one flat array of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from unblur_models.training.data.pack import CELL, Pack, Picture
from unblur_models.training.draws import Draws


@dataclass(frozen=True, slots=True)
class CropChoice:
    """How squares are chosen.

    Of `candidates` places the one with the most detail is taken, but the first one in
    `plain_share` of the samples: skies must come back smooth too. Pictures are shrunk by two
    with `half_probability`: that hides their compression and makes them sharper.
    """

    candidates: int
    plain_share: float
    half_probability: float


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPack:
    """Pictures of a pack, and its pixels (pixels, 3) on a device: mapped, or on the card."""

    pictures: tuple[Picture, ...]
    pixels: Tensor

    def taken(self, pictures: Sequence[Picture]) -> LoadedPack:
        """Those of its pictures that are among these, with the same pixels in memory."""
        wanted = {id(each) for each in pictures}
        return LoadedPack(tuple(each for each in self.pictures if id(each) in wanted), self.pixels)


def load(pack: Pack, device: torch.device) -> LoadedPack:
    """The pack on a device."""
    return LoadedPack(pack.pictures, torch.from_numpy(pack.pixels).to(device))


class CropSource:
    """Squares of the pictures of some packs, at least one picture in all."""

    def __init__(self, packs: Sequence[LoadedPack], choice: CropChoice) -> None:
        self._choice = choice
        self.device = packs[0].pixels.device
        self._chunks = [each.pixels for each in packs]
        self.pictures: tuple[Picture, ...] = tuple(p for each in packs for p in each.pictures)
        self._chunk = torch.tensor([i for i, each in enumerate(packs) for _ in each.pictures])
        self._offset = torch.tensor([each.offset for each in self.pictures])
        self._size = torch.tensor([(each.height, each.width) for each in self.pictures])
        areas = self._size.prod(1).to(torch.float64)
        self._share = areas.cumsum(0) / areas.sum()
        maps = [np.asarray(each.detail).ravel() for each in self.pictures]
        self._detail = torch.from_numpy(np.concatenate(maps).astype(np.float32))
        ends = np.cumsum([0, *(len(each) for each in maps)])
        self._map_offset = torch.from_numpy(ends[:-1].astype(np.int64))

    def __call__(self, draws: Draws, name: str, side: int) -> Tensor:
        """(N, 3, side, side) in [0, 1], turned and mirrored at random."""
        place = self._place(draws, name, side, can_halve=True)
        return self._gathered(place, self._offset[place.picture])

    def pairs(
        self, draws: Draws, name: str, side: int, *, can_halve: bool = False
    ) -> tuple[Tensor, Tensor]:
        """(blurred, sharp) squares at the same places, of packs that hold pairs.

        At full size unless they can be halved: half a picture has half the blur.
        """
        place = self._place(draws, name, side, can_halve=can_halve)
        offset = self._offset[place.picture]
        before = offset - self._size[place.picture].prod(1)
        return self._gathered(place, before), self._gathered(place, offset)

    def _place(self, draws: Draws, name: str, side: int, *, can_halve: bool) -> _Places:
        tries = self._choice.candidates
        fraction = draws.uniform(f"{name} picture", count=tries).to(torch.float64)
        picture = torch.searchsorted(self._share, fraction, right=True)
        picture = picture.clamp_(max=len(self.pictures) - 1)
        size = self._size[picture]  # (N, tries, 2)
        halved = draws.happens(f"{name} half", self._choice.half_probability if can_halve else 0)
        factor = 1 + (halved[:, None] & (size.amin(2) >= 2 * side)).to(torch.int64)
        free = size - side * factor[:, :, None]
        if (free < 0).any():
            raise ValueError(f"a picture is smaller than {side}")
        where = draws.uniform(f"{name} place", count=2 * tries).reshape(-1, tries, 2)
        corner = (where * (free + 1)).to(torch.int64).minimum(free)
        best = self._seen(picture, corner, side * factor).argmax(1)
        best = torch.where(draws.happens(f"{name} plain", self._choice.plain_share), 0, best)
        rows = torch.arange(len(best))
        turn = draws.uniform(f"{name} turn", (0, 8))[:, 0].to(torch.int64)
        return _Places(picture[rows, best], corner[rows, best], factor[rows, best], turn, side)

    def _seen(self, picture: Tensor, corner: Tensor, side: Tensor) -> Tensor:
        """(N, tries): detail in the middle half of the squares, from five cells."""
        total = torch.zeros(picture.shape)
        columns = -(-self._size[picture][:, :, 1] // CELL)
        for down, right in ((2, 2), (1, 1), (1, 3), (3, 1), (3, 3)):
            row = (corner[:, :, 0] + side * down // 4) // CELL
            column = (corner[:, :, 1] + side * right // 4) // CELL
            total += self._detail[self._map_offset[picture] + row * columns + column]
        return total

    def _gathered(self, place: _Places, offset: Tensor) -> Tensor:
        if len(self._chunks) == 1:
            rows = torch.arange(len(offset))
            width = self._size[place.picture, 1]
            return self._squares(0, place, rows, offset, width).permute(0, 3, 1, 2) / 255
        result = torch.empty(len(offset), place.side, place.side, 3, device=self.device)
        chunk = self._chunk[place.picture]
        for number in range(len(self._chunks)):
            rows = (chunk == number).nonzero()[:, 0]
            if not len(rows):
                continue
            width = self._size[place.picture[rows], 1]
            result[rows.to(self.device)] = self._squares(number, place, rows, offset[rows], width)
        return result.permute(0, 3, 1, 2) / 255

    def _squares(
        self, chunk: int, place: _Places, rows: Tensor, offset: Tensor, width: Tensor
    ) -> Tensor:
        """(rows, side, side, 3), 0 to 255: the mean of four pixels where it shrinks by two."""
        device, factor = self.device, place.factor[rows]
        axis = torch.arange(place.side, device=device)
        turn = place.turn[rows].to(device)
        down = torch.where((turn & 1).bool()[:, None], place.side - 1 - axis, axis)
        right = torch.where((turn & 2).bool()[:, None], place.side - 1 - axis, axis)
        step, stride = factor.to(device)[:, None], width.to(device)[:, None]
        corner = place.corner[rows].to(device)
        total: Tensor | None = None
        for shift in range(4 if int(factor.max()) > 1 else 1):
            y = corner[:, :1] + down * step + (shift // 2) * (step - 1)
            x = corner[:, 1:] + right * step + (shift % 2) * (step - 1)
            index = (offset.to(device)[:, None] + y * stride)[:, :, None] + x[:, None, :]
            index = torch.where((turn & 4).bool()[:, None, None], index.mT, index)
            pixels = self._chunks[chunk][index].to(torch.float32)
            total = pixels if total is None else total + pixels
        assert total is not None
        return total / (4 if int(factor.max()) > 1 else 1)


@dataclass(frozen=True, slots=True)
class _Places:
    picture: Tensor
    corner: Tensor
    factor: Tensor
    turn: Tensor
    side: int
