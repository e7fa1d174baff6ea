"""Classical deconvolution: PSFs, their estimation, and the solvers, on torch's FFT.

    from unblur_models.deconvolution.deconvolve import Method, Settings, deconvolve
    from unblur_models.deconvolution.estimation import estimate_psf
    estimate = estimate_psf(picture)  # (3, H, W) in [0, 1]
    sharp = deconvolve(picture, estimate.psf, Settings(Method.HYPER_LAPLACIAN))

A PSF holds for a whole picture: a shaken camera, a missed focus. Where things move by
themselves a network does better. Solvers work on encoded pixels; `Settings.is_linear` takes
them to linear light and back. docs/deconvolution.md says what was measured.
"""
