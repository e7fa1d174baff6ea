"""The card of deconvolution: a model without weights. It says how to choose, and needs no torch."""

from __future__ import annotations

from unblur_models.card import ModelCard, Purpose, Quality

DECONVOLUTION = ModelCard(
    id="deconvolution",
    name="Deconvolution",
    architecture="deconvolution",
    family="deconvolution",
    purpose=Purpose.MIXED,
    weights_file="",
    licence="Apache-2.0",
    commercial=True,
    summary=(
        "Computes the sharp photo from the shape of its blur, without a network: for a shaken "
        "camera or a missed focus, the same all over the region. It invents nothing."
    ),
    qualities=(
        Quality("wiener", "Wiener", "Quickest; fine detail stays a little soft."),
        Quality(
            "richardson-lucy",
            "Richardson–Lucy",
            "With total variation: calm areas, and never darker than black.",
        ),
        Quality("hyper-laplacian", "Hyper-Laplacian", "Sharpest edges; the best of the three."),
    ),
)
"""Its qualities are the solvers, named as `deconvolve.Method` names them."""

BEST_SOLVER = DECONVOLUTION.qualities[-1].id
GLANCE = "glance"
"""What no card offers: Wiener in a single round, for what is seen while a dial moves."""
