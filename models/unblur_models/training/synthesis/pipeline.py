"""Pairs of blurred and sharp patches from sharp photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from unblur_models.training.draws import Draws
from unblur_models.training.light import Response
from unblur_models.training.synthesis.aperture import drawn_apertures, seen_through
from unblur_models.training.synthesis.config import SynthesisConfig
from unblur_models.training.synthesis.detection import detected
from unblur_models.training.synthesis.jpeg import MULTIPLE, compressed
from unblur_models.training.synthesis.masks import random_masks
from unblur_models.training.synthesis.motion import covered, exposed, exposed_layers, middle
from unblur_models.training.synthesis.paths import by_length, camera_path, object_paths
from unblur_models.training.synthesis.sensor import recorded

KINDS = ("shake", "object", "defocus", "mixture", "none")

# Squares of a cut-out, (N, 3, side, side), and where the thing is in them, (N, 1, side, side).
CutOuts = Callable[[Draws, str, int], tuple[Tensor, Tensor]]

# Encoded sharp squares (N, 3, side, side) in [0, 1] for some samples: (draws, name, side).
Crops = Callable[[Draws, str, int], Tensor]


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to each sample: positions of samples, on the CPU."""

    layered: Tensor
    single: Tensor
    defocused: Tensor
    moving: Tensor  # bool (N,)


class Synthesis:
    """Makes blur. `cut_outs` gives real things in front, where there are some."""

    def __init__(
        self, config: SynthesisConfig, *, cut_outs: CutOuts | None = None, gives_masks: bool = False
    ) -> None:
        self._config = config
        self._cut_outs = cut_outs
        self._gives_masks = gives_masks

    def __call__(self, draws: Draws, crops: Crops, patch: int) -> tuple[Tensor, ...]:
        """(blurred, sharp), each (N, 3, patch, patch), encoded, in [0, 1].

        If it gives masks, (N, 1, patch, patch) comes third: how much of each blurred pixel is
        the thing in front, as a detector finds it; zero where there is none.

        `patch` is a multiple of 16. Sample k is the same in every batch, up to rounding.
        """
        inner = patch + MULTIPLE  # the compression's grid may start anywhere
        side = inner + 2 * self._config.margin
        back = crops(draws, "back", side)
        device = back.device
        response = self._response(draws).to(device)
        back = self._boosted(response.decoded(back), draws)
        plan = self._plan(draws)
        front = self._front(draws.taken(plan.layered), crops, response, plan, (side, patch))
        sharp = middle(back, inner)
        if front is not None:
            rows = plan.layered.to(device)
            sharp = sharp.index_copy(0, rows, covered(sharp[rows], middle(front, inner)))
        light, presence = self._moved(
            *self._defocused(back, front, draws, plan), draws, plan, inner
        )
        developed = recorded(light, draws, self._config.sensor)
        blurred = self._compressed(response.encoded(developed), draws)
        sharp = response.encoded(sharp)
        shift = draws.uniform("jpeg grid", (0, MULTIPLE), 2).to(torch.int64)
        sides = [_rounded(blurred), sharp]
        if self._gives_masks:
            sides.append(detected(presence, draws, self._config.detection))
        return tuple(_cut(each, shift, patch) for each in sides)

    def kinds(self, draws: Draws) -> list[str]:
        """The kind of blur of each sample."""
        return [KINDS[kind] for kind in self._kind(draws).tolist()]

    def _kind(self, draws: Draws) -> Tensor:
        weights = self._config.kinds
        return draws.chosen("kind", [getattr(weights, name) for name in KINDS])

    def _plan(self, draws: Draws) -> Plan:
        shake, thing, defocus, mixture, _ = (self._kind(draws) == i for i in range(len(KINDS)))
        is_thing = thing | (mixture & draws.happens("mixture of layers", 0.4))
        is_deep = defocus & draws.happens("depth", self._config.defocus.layers_probability)
        layered = is_thing | is_deep
        return Plan(
            layered=layered.nonzero()[:, 0],
            single=(~layered).nonzero()[:, 0],
            defocused=(defocus | mixture).nonzero()[:, 0],
            moving=shake | thing | mixture,
        )

    def _response(self, draws: Draws) -> Response:
        ranges = self._config.response
        is_srgb = draws.happens("srgb", ranges.srgb_probability)[:, None]
        gamma = torch.where(is_srgb, 0.0, draws.uniform("gamma", ranges.gamma))
        contrast = draws.uniform("contrast", ranges.contrast)
        return Response(gamma[:, :, None, None], contrast[:, :, None, None])

    def _boosted(self, light: Tensor, draws: Draws) -> Tensor:
        """What is nearly white becomes brighter than white, as it was before the sensor."""
        ranges = self._config.highlights
        shape = (-1, 1, 1, 1)
        threshold = draws.uniform("threshold", ranges.threshold).reshape(shape).to(light.device)
        gain = draws.log_uniform("highlight gain", ranges.gain)[:, 0] - 1
        gain = gain * draws.happens("highlights", ranges.probability)
        peak = light.mean(1, keepdim=True)
        share = ((peak - threshold) / (1 - threshold)).clamp(0, 1)
        return light * (1 + gain.reshape(shape).to(light.device) * share.square())

    def _front(
        self, draws: Draws, crops: Crops, response: Response, plan: Plan, sides: tuple[int, int]
    ) -> Tensor | None:
        """What stands in front, for the layered samples: colours times mask, and the mask."""
        if not len(draws):
            return None
        if self._cut_outs is None:
            picture = crops(draws, "front", sides[0])
            mask = random_masks(draws, self._config.object, *sides, picture.device)
        else:
            picture, mask = self._cut_outs(draws, "front", sides[0])
        rows = plan.layered.to(picture.device)
        light = self._boosted(response.taken(rows).decoded(picture), draws)
        return torch.cat((light * mask, mask), 1)

    def _defocused(
        self, back: Tensor, front: Tensor | None, draws: Draws, plan: Plan
    ) -> tuple[Tensor, Tensor | None]:
        ranges = self._config.defocus
        if len(plan.defocused):
            rows = plan.defocused.to(back.device)
            lens = drawn_apertures(draws.taken(plan.defocused), "far", ranges, ranges.radius)
            back = back.index_copy(0, rows, seen_through(back[rows], lens))
        is_defocused = torch.isin(plan.layered, plan.defocused)
        if front is not None and is_defocused.any():
            positions = is_defocused.nonzero()[:, 0]
            part = draws.taken(plan.layered[positions])
            lens = drawn_apertures(part, "near", ranges, ranges.near)
            rows = positions.to(front.device)
            front = front.index_copy(0, rows, seen_through(front[rows], lens))
        return back, front

    def _moved(
        self, back: Tensor, front: Tensor | None, draws: Draws, plan: Plan, inner: int
    ) -> tuple[Tensor, Tensor]:
        """The light of the whole exposure, (N, 3, inner, inner).

        And for what part of it the thing in front was there, (N, 1, inner, inner).
        """
        config, device = self._config, back.device
        light = middle(back, inner).contiguous()
        presence = torch.zeros_like(light[:, :1])
        alone = plan.single[plan.moving[plan.single]]
        if len(alone):
            for chosen, paths in by_length(
                camera_path(draws.taken(alone), config.shake, config.steps)
            ):
                rows = alone[chosen].to(device)
                blurred = exposed(back[rows], paths[0].to(device), inner)
                light = light.index_copy(0, rows, blurred)
        if front is None:
            return light, presence
        rows = plan.layered.to(device)
        at_rest = middle(front, inner)
        light = light.index_copy(0, rows, covered(light[rows], at_rest))
        presence.index_copy_(0, rows, at_rest[:, 3:])
        positions = plan.moving[plan.layered].nonzero()[:, 0]
        if len(positions):
            moving = plan.layered[positions]
            for chosen, paths in by_length(*object_paths(draws.taken(moving), config)):
                rows, places = moving[chosen].to(device), positions[chosen].to(device)
                both = (paths[0].to(device), paths[1].to(device))
                together, share = exposed_layers(back[rows], front[places], both, inner)
                light = light.index_copy(0, rows, together)
                presence.index_copy_(0, rows, share)
        return light, presence

    def _compressed(self, picture: Tensor, draws: Draws) -> Tensor:
        ranges = self._config.jpeg
        rows = draws.happens("jpeg", ranges.probability).nonzero()[:, 0]
        if not len(rows):
            return picture
        part = draws.taken(rows)
        quality = part.uniform("quality", ranges.quality)[:, 0].round().to(picture.device)
        is_half = part.happens("subsampling", ranges.subsampling_probability).to(picture.device)
        on_device = rows.to(picture.device)
        return picture.index_copy(0, on_device, compressed(picture[on_device], quality, is_half))


def _rounded(picture: Tensor) -> Tensor:
    return (picture * 255).round_() / 255


def _cut(picture: Tensor, shift: Tensor, side: int) -> Tensor:
    """(N, C, side, side), each sample from its own corner `shift` (N, 2)."""
    corners = shift.tolist()
    parts = [
        each[:, top : top + side, left : left + side]
        for each, (top, left) in zip(picture, corners, strict=True)
    ]
    return torch.stack(parts)
