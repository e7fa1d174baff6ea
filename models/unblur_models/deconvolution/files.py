"""PSFs on disk: a grey PNG of 16 bits, which any program shows and any editor changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from unblur_models.deconvolution.errors import InvalidPsfError, PsfFileError
from unblur_models.deconvolution.png import PngError, decoded, encoded
from unblur_models.deconvolution.psf import MAX_SIDE, Psf

_WHITE = 65535
_LARGEST_FILE = 16 * 2**20


def save_psf(psf: Psf, path: Path) -> None:
    """Writes the PSF with its brightest weight white; black is nothing.

    Weights are rounded to 1/65535 of the brightest. The file is written beside `path` and
    then renamed, so that an older one is whole or replaced. Raises OSError.
    """
    pixels = np.rint(psf.picture().double().numpy() * _WHITE).astype(np.uint16)
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(encoded(pixels))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_psf(path: Path) -> Psf:
    """A PSF from a PNG of 8 or 16 bits, made to sum to one. Its middle pixel is the origin.

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
    try:
        return Psf.normalised(torch.from_numpy(grey))
    except InvalidPsfError as error:
        raise PsfFileError(path, error.detail) from error
