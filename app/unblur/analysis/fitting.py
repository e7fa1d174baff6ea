"""Fits a picture's spectrum by a power law, a blur and a noise floor.

Two steps. A linear search over all blurs of a kind, where the spectrum stands above the noise,
finds where to begin; from there the whole model, noise included, is fitted by Levenberg and
Marquardt's method with Huber's loss. What is left over says which kind of blur it is.

    log P(f, φ) = log(exp(S(f, φ)) + exp(n + n₄ cos 4φ))
    S = c − α log f + a cos 2φ + b sin 2φ + d cos 4φ − (2πf)² σ² + log |K|²
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unblur.analysis.kernels import Blur
from unblur.analysis.spectrum import Floats, PolarGrid
from unblur.imaging.opencv import cv2

# The parameters in order: the trend (c, α, a, b, d), σ², n, n₄, and those of the blur.
_TREND, _SLOPE_OF_TREND, _VARIANCE, _NOISE, _NOISE_TURN, _BLUR = 5, 1, 5, 6, 7, 8

# Pictures in general: the power falls by about the 2.4th power of the frequency, a little
# differently across and along.
_SLOPE = 2.4
_HUBER = 0.5
_STEPS = 20
_ENOUGH = 2e-4  # of the loss: a step that gains less is the last
_LEAST_VARIANCE = 0.01
_LEAST_SIGNAL = 0.004  # of the samples, by weight: less is an empty picture


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model. `loss` is the mean Huber loss; `blur` are the parameters of the shape.

    The power of the scene falls by the frequency to the power of `slope`.
    """

    loss: float
    slope: float
    variance: float
    blur: tuple[float, ...]


class _State(NamedTuple):
    """What the model gives at some parameters; `share` is the signal's, against the noise."""

    loss: float
    misfit: Floats
    share: Floats


class SpectrumFitter:
    """One spectrum, searched and fitted under several hypotheses."""

    def __init__(self, spectrum: Floats, grid: PolarGrid) -> None:
        frequency, angle = grid.frequency, grid.angle
        self._grid = grid
        self._values = spectrum
        self._trend = np.stack(
            [
                np.ones_like(frequency),
                -np.log(frequency),
                np.cos(2 * angle),
                np.sin(2 * angle),
                np.cos(4 * angle),
            ],
            axis=1,
        )
        self._gaussian = -((2 * np.pi * frequency) ** 2)
        self._weights = frequency / frequency.sum()
        rings = spectrum.reshape(grid.shape)
        self.floor = float(np.median(rings[-rings.shape[0] // 5 :]))
        self._above = self._weights * _above_floor(rings, self.floor).ravel()
        total = float(self._above.sum())
        self.has_signal = total > _LEAST_SIGNAL
        self._above /= total or 1.0

    def search(self, templates: Floats, *, given: Floats | None = None) -> Floats:
        """For each row of `templates`, how much of the misfit it explains beyond the trend.

        Without `given`, a Gaussian belongs to the trend; `given` is a blur that is there.
        """
        columns, prior, pull = self._linear(with_gaussian=given is None)
        roots = np.sqrt(self._above)
        rows = np.vstack([columns * roots[:, None], np.diag(pull)]).astype(np.float32)
        target = self._values if given is None else self._values - given
        values = np.concatenate([target * roots, pull * prior]).astype(np.float32)
        basis: Floats = np.linalg.qr(rows)[0]
        unexplained = values - basis @ (basis.T @ values)
        weighted = templates * roots.astype(np.float32)
        count = len(roots)
        inside = weighted @ basis[:count]
        power = (weighted * weighted).sum(axis=1) - (inside * inside).sum(axis=1) + 1e-4
        product = weighted @ unexplained[:count] - inside @ (basis.T @ unexplained)
        amount = np.clip(product / power, 0.0, 1.0)
        return np.asarray(2 * amount * product - amount * amount * power)

    def fit(self, blur: Blur | None = None, start: tuple[float, ...] = ()) -> Fit:
        """The whole model, with `blur` from the parameters `start` on."""
        with_gaussian = blur is None or not blur.has_disc  # a disc and a Gaussian are much alike
        columns, prior, pull = self._linear(with_gaussian=with_gaussian)
        roots = np.sqrt(self._above)
        rows = np.vstack([columns * roots[:, None], np.diag(pull)])
        target = self._values - self._log_power(blur, start)
        values = np.concatenate([target * roots, pull * prior])
        begin = np.linalg.lstsq(rows, values, rcond=None)[0]
        variance = max(float(begin[_VARIANCE]), 0.05) if with_gaussian else 0.2
        first = np.array([*begin[:_TREND], variance, self.floor - 0.2, 0.0, *start])
        return self._descend(blur, first)

    def _log_power(self, blur: Blur | None, values: Sequence[float] | Floats) -> Floats | float:
        return 0.0 if blur is None else blur.log_power(self._grid, *values)

    def _linear(self, *, with_gaussian: bool) -> tuple[Floats, Floats, Floats]:
        """Columns of the linear model, what their factors are expected to be, and how surely."""
        prior = np.array([0.0, _SLOPE, 0.0, 0.0, 0.0, 0.5])
        pull = np.sqrt([1e-6, 0.02, 0.05, 0.05, 0.05, 1e-5])
        if with_gaussian:
            return np.column_stack([self._trend, self._gaussian]), prior, pull
        return self._trend, prior[:_TREND], pull[:_TREND]

    def _descend(self, blur: Blur | None, values: Floats) -> Fit:
        damping = 1e-2
        state = self._state(blur, values)
        for _ in range(_STEPS):
            curvature, slope = self._curvature(blur, values, state)
            for _attempt in range(6):
                damped = curvature + damping * np.diag(np.diag(curvature) + 1e-9)
                moved = _within_limits(values - np.linalg.solve(damped, slope), blur)
                after = self._state(blur, moved)
                if after.loss < state.loss:
                    break
                damping *= 4.0
            else:
                break
            is_done = state.loss - after.loss < _ENOUGH * state.loss
            values, state, damping = moved, after, max(damping / 4.0, 1e-7)
            if is_done:
                break
        found = tuple(values.tolist())
        return Fit(state.loss, found[_SLOPE_OF_TREND], found[_VARIANCE], found[_BLUR:])

    def _state(self, blur: Blur | None, values: Floats) -> _State:
        signal = self._trend @ values[:_TREND] + self._gaussian * values[_VARIANCE]
        signal = signal + self._log_power(blur, values[_BLUR:])
        noise = values[_NOISE] + values[_NOISE_TURN] * self._trend[:, -1]
        misfit = np.logaddexp(signal, noise) - self._values
        size = np.abs(misfit)
        loss = np.where(size < _HUBER, misfit * misfit, _HUBER * (2 * size - _HUBER))
        pull, prior = _expected(len(values))
        total = float(self._weights @ loss + pull @ (values - prior) ** 2)
        return _State(total, misfit, 1.0 / (1.0 + np.exp(np.clip(noise - signal, -50.0, 50.0))))

    def _curvature(self, blur: Blur | None, values: Floats, state: _State) -> tuple[Floats, Floats]:
        """The normal equations of a step, weighted as Huber's loss asks for."""
        jacobian = self._jacobian(blur, values, state.share)
        size = np.abs(state.misfit)
        weights = self._weights * np.where(size < _HUBER, 1.0, _HUBER / np.maximum(size, 1e-9))
        pull, prior = _expected(len(values))
        curvature = jacobian.T @ (jacobian * weights[:, None]) + np.diag(pull)
        return curvature, jacobian.T @ (weights * state.misfit) + pull * (values - prior)

    def _jacobian(self, blur: Blur | None, values: Floats, share: Floats) -> Floats:
        columns = np.empty((len(share), len(values)))
        columns[:, :_TREND] = self._trend * share[:, None]
        columns[:, _VARIANCE] = self._gaussian * share
        columns[:, _NOISE] = 1.0 - share
        columns[:, _NOISE_TURN] = (1.0 - share) * self._trend[:, -1]
        here = self._log_power(blur, values[_BLUR:])
        for index in range(_BLUR, len(values)):
            moved = values.copy()
            step = 1e-3 * max(abs(values[index]), 0.1)
            moved[index] += step
            columns[:, index] = (self._log_power(blur, moved[_BLUR:]) - here) / step * share
        return columns


def _above_floor(rings: Floats, floor: float) -> Floats:
    """How far each sample or a neighbour stands above the noise, 0 to 1.

    A zero of a blur lies between samples that do, and is what is looked for.
    """
    smooth = cv2.blur(rings.astype(np.float32), (3, 3))
    envelope = cv2.dilate(smooth, np.ones((5, 3), np.uint8))
    return np.asarray(np.clip(envelope - floor - 0.7, 0.0, 1.0), np.float64)


def _expected(count: int) -> tuple[Floats, Floats]:
    """How surely, and at what value, each parameter is expected before looking."""
    pull, prior = np.zeros(count), np.zeros(count)
    pull[_SLOPE_OF_TREND], prior[_SLOPE_OF_TREND] = 0.016, _SLOPE
    pull[[2, 3, 4, _NOISE_TURN]] = 0.044
    return pull, prior


def _within_limits(values: Floats, blur: Blur | None) -> Floats:
    values[_VARIANCE] = max(values[_VARIANCE], _LEAST_VARIANCE)
    for index, (low, high) in enumerate(blur.limits if blur is not None else ()):
        values[_BLUR + index] = min(max(values[_BLUR + index], low), high)
    return values
