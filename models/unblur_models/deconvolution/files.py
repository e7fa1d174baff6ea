"""PSFs on disk: a grey PNG of 16 bits, which any program shows and any editor changes.

The brightest weight is white and black is nothing; sides are odd, and the middle pixel is the
origin. `read_weights` and `write_weights` need no torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from unblur_models.deconvolution.errors import InvalidPsfError, PsfFileError
from unblur_models.deconvolution.outlines import MAX_SIDE, Weights
from unblur_models.deconvolution.png import PngError, decoded, encoded

if TYPE_CHECKING:
    from unblur_models.deconvolution.psf import Psf

_WHITE = 65535
_LARGEST_FILE = 16 * 2**20


def save_psf(psf: Psf, path: Path) -> None:
    """Writes the PSF: see `write_weights`."""
    write_weights(psf.weights.double().numpy(), path)


def load_psf(path: Path) -> Psf:
    """A PSF from a PNG of 8 or 16 bits, made to sum to one: see `read_weights`."""
    import torch

    from unblur_models.deconvolution.psf import Psf

    try:
        return Psf.normalised(torch.from_numpy(read_weights(path)))
    except InvalidPsfError as error:
        raise PsfFileError(path, error.detail) from error


def write_weights(weights: NDArray[np.floating], path: Path) -> None:
    """Writes weights (h, w), not all zero, with the brightest white.

    They are rounded to 1/65535 of the brightest. The file is written beside `path` and then
    renamed, so that an older one is whole or replaced. Raises OSError.
    """
    pixels = np.rint(weights / weights.max() * _WHITE).astype(np.uint16)
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(encoded(pixels))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_weights(path: Path) -> Weights:
    """Weights (h, w), not negative and not all zero, from a PNG of 8 or 16 bits.

    Colours are averaged and alpha is ignored, since editors add them. Raises PsfFileError for
    a file that cannot be read, is no such PNG, is black, or is over 1023 pixels wide or high.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise PsfFileError(path, "too large for a PSF")
        grey = decoded(path.read_bytes())
    except OSError as error:
        raise PsfFileError(path, error.strerror or str(error)) from error
    except PngError as error:
        raise PsfFileError(path, str(error)) from error
    if max(grey.shape) > MAX_SIDE:
        raise PsfFileError(path, f"{grey.shape[1]} × {grey.shape[0]} pixels are too many")
    if not grey.any():
        raise PsfFileError(path, "all weights are zero")
    return grey
