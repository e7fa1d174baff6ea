"""Deconvolution in a network's place: the runner tiles it like any model."""

from __future__ import annotations

import torch
from torch import Tensor

from unblur.document.deconvolution import Deconvolution
from unblur.engine.cancel import CancelToken
from unblur.engine.choices import SolverFacts, solver_facts
from unblur.engine.psf_weights import weights_of
from unblur.errors import Cancelled, QualityUnknownError
from unblur_models.deconvolution.card import DECONVOLUTION, GLANCE
from unblur_models.deconvolution.deconvolve import Effort, Method, Settings, deconvolve
from unblur_models.deconvolution.errors import Stopped
from unblur_models.deconvolution.psf import Psf


class Deconvolver:
    """Solves with one PSF at one work scale, until `token` is cancelled.

    It is as quick to make as to throw away, so a dial that moves makes many.
    """

    def __init__(self, recipe: Deconvolution, factor: int, token: CancelToken) -> None:
        self._recipe = recipe
        self._token = token
        psf = Psf.normalised(torch.from_numpy(weights_of(recipe.blur)))
        self._psf = psf if factor == 1 else psf.resized(1 / factor)
        self.card: SolverFacts = solver_facts(recipe, factor)

    def __call__(self, batch: Tensor, quality: str) -> Tensor:
        """Solve for (N, 3, H, W) in [0, 1]; `quality` is the solver's name, or GLANCE.

        Raises Cancelled within a round of the solver, and QualityUnknownError.
        """
        effort = Effort.PREVIEW if quality == GLANCE else Effort.FULL
        try:
            method = Method.WIENER if quality == GLANCE else Method(quality)
        except ValueError as error:
            known = ", ".join(each.id for each in DECONVOLUTION.qualities)
            raise QualityUnknownError(DECONVOLUTION.id, known) from error
        recipe = self._recipe
        settings = Settings(method, effort, recipe.noise, is_linear=recipe.is_linear)
        try:
            return deconvolve(batch, self._psf, settings, lambda: self._token.is_cancelled)
        except Stopped:
            raise Cancelled from None

    def again(self, batch: Tensor, quality: str) -> Tensor:
        """The same: a solver has no more careful way."""
        return self(batch, quality)
