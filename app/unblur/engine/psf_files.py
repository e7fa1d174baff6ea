"""PSFs of an edit from and to files. No torch: the window and the command line both read them."""

from __future__ import annotations

from pathlib import Path

from unblur.document.deconvolution import Blur, PsfOrigin, PsfPicture, picture_of
from unblur.engine.psf_weights import weights_of
from unblur.errors import PsfUnreadableError, PsfWriteError
from unblur_models.deconvolution.errors import PsfFileError
from unblur_models.deconvolution.files import read_weights, write_weights


def read_blur(path: Path) -> PsfPicture:
    """The PSF in a grey PNG, centred where its middle pixel is. Raises PsfUnreadableError."""
    try:
        return picture_of(read_weights(path), PsfOrigin.FILE)
    except PsfFileError as error:
        raise PsfUnreadableError(path, error.detail) from error
    except ValueError as error:
        raise PsfUnreadableError(path, str(error)) from error


def write_blur(blur: Blur, path: Path) -> None:
    """Writes a PSF as a grey PNG of 16 bits, its brightest weight white. Raises PsfWriteError."""
    try:
        write_weights(weights_of(blur), path)
    except OSError as error:
        raise PsfWriteError(path, error.strerror or str(error)) from error
