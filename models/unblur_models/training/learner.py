"""The network in training, its average and its optimizer: one step at a time."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn

from unblur_models.training.checkpoint import Checkpoint, Progress, Tensors
from unblur_models.training.config import RunConfig
from unblur_models.training.losses import loss
from unblur_models.training.networks import finished, in_training
from unblur_models.training.schedule import ema_decay, learning_rate
from unblur_models.training.teacher import Teacher


class Learner:
    """Trains on one device; in bfloat16 on an accelerator, in float32 on a CPU."""

    def __init__(self, config: RunConfig, device: torch.device, hardware: str) -> None:
        torch.manual_seed(config.seed)
        self._config = config
        self._device = device
        self.network = in_training(config.network).to(device)
        self._forward: nn.Module = self.network
        if config.compile:
            self._forward = torch.compile(self.network)  # type: ignore[assignment]
        self._parameters = dict(self.network.named_parameters())
        self._average = {name: each.detach().clone() for name, each in self._parameters.items()}
        options = config.optimizer
        self._optimizer = torch.optim.AdamW(
            self._parameters.values(),
            lr=options.rate,
            betas=options.betas,
            weight_decay=options.weight_decay,
            fused=True,
        )
        asked = config.distillation
        self._teacher = Teacher(asked, device) if asked is not None else None
        self.progress = Progress(config.name, 0, config.steps, 0, 0.0, 0, 0, (hardware,))

    def step(self, blurred: Tensor, sharp: Tensor, *masks: Tensor) -> Tensor:
        """One update from one batch. Returns the loss, still on the device.

        `masks` are the batch's masks alone, for a network that takes them.
        """
        progress, options = self.progress, self._config.optimizer
        rate = learning_rate(options, progress.step, progress.steps, progress.started)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        is_accelerated = self._device.type != "cpu"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=is_accelerated):
            restored = self._forward(blurred, *masks)
        value = loss(restored, sharp, self._config.loss)
        if self._teacher is not None:
            value = value + self._teacher(restored, blurred, sharp)
        self._optimizer.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters.values(), options.clip)
        self._optimizer.step()
        self._follow(ema_decay(options, progress.updates))
        self.progress = dataclasses.replace(
            progress,
            step=progress.step + 1,
            samples=progress.samples + len(blurred),
            updates=progress.updates + 1,
        )
        return value.detach()

    def spent(self, seconds: float) -> None:
        """Notes time that went by."""
        self.progress = dataclasses.replace(self.progress, seconds=self.progress.seconds + seconds)

    def averaged(self) -> nn.Module:
        """The network that a person would get: averaged weights, folded."""
        return finished(self._average).to(self._device)

    def checkpoint(self) -> Checkpoint:
        """Everything, on the device."""
        weights = {name: each.detach() for name, each in self._parameters.items()}
        states = {name: self._optimizer.state[each] for name, each in self._parameters.items()}
        first = {name: state["exp_avg"] for name, state in states.items() if state}
        second = {name: state["exp_avg_sq"] for name, state in states.items() if state}
        return Checkpoint(self.progress, weights, dict(self._average), first, second)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Goes on as if the run had never stopped; on other hardware, to the same schedule."""
        own = self.progress.hardware
        hardware = tuple(dict.fromkeys((*checkpoint.progress.hardware, *own)))
        self.progress = dataclasses.replace(
            checkpoint.progress, steps=self._config.steps, hardware=hardware
        )
        self._take(checkpoint.weights, checkpoint.average)
        for name, each in self._parameters.items():
            if name in checkpoint.first:
                self._optimizer.state[each] = {
                    "step": torch.tensor(float(self.progress.updates), device=self._device),
                    "exp_avg": torch.empty_like(each).copy_(checkpoint.first[name]),
                    "exp_avg_sq": torch.empty_like(each).copy_(checkpoint.second[name]),
                }

    def start_from(self, progress: Progress, average: Tensors) -> None:
        """Goes on from averaged weights, warming up again.

        In the same schedule (the same name and number of steps) at its step, in another one
        from its beginning; samples are never used twice.
        """
        own = self.progress
        is_same = (progress.name, progress.steps) == (own.name, own.steps)
        step = progress.step if is_same else 0
        self.progress = dataclasses.replace(
            progress,
            name=own.name,
            step=step,
            steps=own.steps,
            started=step,
            updates=0,
            hardware=tuple(dict.fromkeys((*progress.hardware, *own.hardware))),
        )
        self._take(average, average)

    def _take(self, weights: Tensors, average: Tensors) -> None:
        with torch.no_grad():
            for name, each in self._parameters.items():
                each.copy_(weights[name])
                self._average[name].copy_(average[name])

    def _follow(self, decay: float) -> None:
        with torch.no_grad():
            average = list(self._average.values())
            torch._foreach_lerp_(average, list(self._parameters.values()), 1 - decay)
