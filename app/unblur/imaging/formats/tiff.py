"""TIFF, read by OpenImageIO at every depth, compression and layout.

OpenImageIO rebuilds metadata and loses some, so the blocks are taken from the file's own
directory instead; the tags that describe the photo become an EXIF block.
"""

from __future__ import annotations

import contextlib
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import OpenImageIO
from PIL import Image

from unblur.document.buffer import full_scale
from unblur.document.geometry import Size
from unblur.document.photo import Metadata
from unblur.errors import ImageTruncatedError, ImageUnsupportedError
from unblur.imaging import exif, profiles
from unblur.imaging.decoded import Decoded, Samples
from unblur.imaging.limits import check_size

NAME = "TIFF"
XMP_TAG, IPTC_TAG, ICC_TAG = 700, 33723, 34675
X_RESOLUTION_TAG, Y_RESOLUTION_TAG, RESOLUTION_UNIT_TAG = 282, 283, 296
_NAMES = (269, 270, 271, 272, 285, 305, 306, 315, 316, 18246, 18249, 33432)
_PLACES = (33550, 33922, 34264, 34735, 34736, 34737)
_WINDOWS = (40091, 40092, 40093, 40094, 40095)
DESCRIPTIVE_TAGS = frozenset((*_NAMES, *_PLACES, *_WINDOWS))
"""Tags of the first directory that describe the photo, not how it is stored."""

_BIG_HEADS = (b"II+\0", b"MM\0+")
_CM_PER_INCH = 2.54
_PHOTOMETRIC = "tiff:PhotometricInterpretation"
_CIELAB = (8, 9, 10)
_SEPARATED = 5
_INCH_UNIT, _CM_UNIT = 2, 3
_SUBFILE_TAG, _SUBDIRECTORIES_TAG, _DNG_TAG = 254, 330, 50706
_CANON_MARK = b"CR"
# OpenImageIO's sample types that pass as they are; whole numbers of other sizes become uint16.
_KINDS = {"uint8": "uint8", "half": "float", "float": "float", "double": "float"}


def matches(head: bytes) -> bool:
    """Whether a file begins like this format, also in its form for large files."""
    return head[:4] in (b"II*\0", b"MM\0*", *_BIG_HEADS)


def decode(data: bytes, path: Path | None) -> Decoded:
    """Read the first picture of `data`, which is the file at `path` if there is one.

    Raises ImageErrors without a path.
    """
    _refuse_raw(data)
    with _on_disk(data, path) as file:
        picture = _read(file)
    metadata = replace(_metadata(data), icc=picture.icc)
    if not picture.is_cmyk:
        return Decoded(picture.samples, NAME, metadata, picture.orientation)
    inks = Image.fromarray(np.ascontiguousarray(picture.samples[..., :4]), "CMYK")
    converted, icc = profiles.rgb_from_cmyk(inks, picture.icc)
    metadata = replace(metadata, icc=icc)
    return Decoded(np.asarray(converted), NAME, metadata, picture.orientation)


@contextlib.contextmanager
def _on_disk(data: bytes, path: Path | None) -> Iterator[Path]:
    """A file with these bytes, because OpenImageIO reads files only."""
    if path is not None and _is_unicode(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="unblur-") as folder:
        file = Path(folder) / "photo.tif"
        file.write_bytes(data)
        yield file


def _is_unicode(path: Path) -> bool:
    """Whether OpenImageIO can be told this name; on Linux some are just bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_raw(data: bytes) -> None:
    """Cameras' raw files are TIFFs whose first picture is a small preview: not the photo."""
    directory = _directory(data)
    if directory is None:
        return
    kind = exif.number(directory.values.get(_SUBFILE_TAG), exif.byte_order(data)) or 0
    is_preview = bool(kind & 1) and _SUBDIRECTORIES_TAG in directory.values
    if is_preview or _DNG_TAG in directory.values or data[8:10] == _CANON_MARK:
        raise ImageUnsupportedError(None, "a raw file")


def _directory(data: bytes) -> exif.Directory | None:
    try:
        return exif.parsed(data)
    except ValueError:
        return None  # the large form, or damage that the decoder will find


class _Picture(NamedTuple):
    samples: Samples
    is_cmyk: bool
    orientation: int
    icc: bytes | None


def _read(file: Path) -> _Picture:
    source = _opened(file, is_raw=False)
    spec = source.spec()
    check_size(Size(spec.width, spec.height), spec.nchannels * 4)
    photometric = spec.get_int_attribute(_PHOTOMETRIC, 2)
    if photometric in _CIELAB:
        raise ImageUnsupportedError(None, "L*a*b* colours")
    is_cmyk = photometric == _SEPARATED
    if is_cmyk:
        source.close()
        source = _opened(file, is_raw=True)
        spec = source.spec()
    kind = "uint8" if is_cmyk else _KINDS.get(str(spec.format), "uint16")
    samples = source.read_image(0, 0, 0, spec.nchannels, kind)
    problem = source.geterror()
    source.close()
    if samples is None or problem:
        raise ImageTruncatedError(None, problem)
    samples = np.asarray(samples).reshape(spec.height, spec.width, spec.nchannels)
    icc = spec.getattribute("ICCProfile")
    return _Picture(
        samples if is_cmyk else _known_channels(samples, spec),
        is_cmyk,
        spec.get_int_attribute("Orientation", 1),
        None if icc is None else bytes(icc),
    )


def _opened(file: Path, *, is_raw: bool) -> Any:
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    config.attribute("oiio:RawColor", int(is_raw))
    source = OpenImageIO.ImageInput.open(str(file), config)
    if source is None:
        raise ImageTruncatedError(None, OpenImageIO.geterror())
    return source


def _known_channels(samples: Samples, spec: Any) -> Samples:
    """Grey or RGB with alpha if there is any; further channels are dropped."""
    colors = 1 if spec.nchannels < 3 else 3
    if spec.alpha_channel < colors:
        return samples[..., :colors]
    alpha = samples[..., spec.alpha_channel, None]
    color = samples[..., :colors]
    if not spec.get_int_attribute("oiio:UnassociatedAlpha", 0):
        color = _unmultiplied(color, alpha)
    return np.concatenate((color, alpha), axis=2)


def _unmultiplied(color: Samples, alpha: Samples) -> Samples:
    """Colours that were stored multiplied by alpha, as they were before."""
    scale = full_scale(color.dtype)
    values = np.zeros(color.shape, np.float64)
    np.divide(color * scale, alpha, out=values, where=alpha > 0)
    if color.dtype == np.float32:
        return values.astype(np.float32)
    return np.rint(np.clip(values, 0, scale)).astype(color.dtype)


def _metadata(data: bytes) -> Metadata:
    directory = _directory(data)
    if directory is None:
        return Metadata()
    order = exif.byte_order(data)
    blocks = {
        tag: directory.values[tag].content.rstrip(b"\0") if tag in directory.values else None
        for tag in (XMP_TAG, IPTC_TAG)
    }
    described = exif.Directory(
        {tag: value for tag, value in directory.values.items() if tag in DESCRIPTIVE_TAGS},
        directory.children,
    )
    has_any = bool(described.values or described.children)
    return Metadata(
        exif=exif.block_of(described, order) if has_any else None,
        xmp=blocks[XMP_TAG] or None,
        iptc=blocks[IPTC_TAG] or None,
        dpi=_dpi(directory, order),
    )


def _dpi(directory: exif.Directory, order: str) -> tuple[float, float] | None:
    unit = exif.number(directory.values.get(RESOLUTION_UNIT_TAG), order) or _INCH_UNIT
    found = []
    for tag in (X_RESOLUTION_TAG, Y_RESOLUTION_TAG):
        value = directory.values.get(tag)
        if value is None or len(value.content) < 8 or unit not in (_INCH_UNIT, _CM_UNIT):
            return None
        above, below = struct.unpack_from(order + "II", value.content)
        if not above or not below:
            return None
        found.append(above / below * (_CM_PER_INCH if unit == _CM_UNIT else 1.0))
    return found[0], found[1]
