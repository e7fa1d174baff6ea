"""PSFs on disk, and files that are none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unblur_models.deconvolution.errors import PsfFileError
from unblur_models.deconvolution.files import load_psf, save_psf
from unblur_models.deconvolution.psf import identity_psf
from unblur_models.deconvolution.shapes import drawn_psf


def test_a_psf_comes_back_to_a_16_bit_step(tmp_path: Path) -> None:
    psf = drawn_psf([(0, 0), (9, 4), (4, 12), (14, 15)])
    save_psf(psf, tmp_path / "shake.png")
    loaded = load_psf(tmp_path / "shake.png")
    step = float(psf.weights.max()) / 65535
    torch.testing.assert_close(loaded.weights, psf.weights, rtol=1e-3, atol=step)


def test_a_point_is_kept(tmp_path: Path) -> None:
    save_psf(identity_psf(), tmp_path / "point.png")
    assert torch.equal(load_psf(tmp_path / "point.png").weights, torch.ones(1, 1))


def test_other_programs_see_a_grey_picture_of_16_bits(tmp_path: Path) -> None:
    psf = drawn_psf([(0, 0), (9, 4)])
    save_psf(psf, tmp_path / "shake.png")
    with Image.open(tmp_path / "shake.png") as image:
        assert image.mode == "I;16"
        pixels = np.asarray(image)
    np.testing.assert_allclose(pixels / 65535, psf.picture().numpy(), atol=1 / 65535)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("noisy", [False, True])
def test_what_an_editor_saves_is_read(tmp_path: Path, mode: str, *, noisy: bool) -> None:
    # Smooth and noisy pictures make the encoder choose different filters for its rows.
    random = np.random.default_rng(3)
    ramp = np.add.outer(np.arange(21), np.arange(31)).astype(np.uint8) * 4
    pixels = random.integers(0, 255, (21, 31)).astype(np.uint8) if noisy else ramp
    Image.fromarray(pixels).convert(mode).save(tmp_path / "drawn.png", optimize=True)
    expected = pixels / pixels.sum(dtype=np.float64)
    np.testing.assert_allclose(
        load_psf(tmp_path / "drawn.png").weights.numpy(), expected, atol=1e-6
    )


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_of_the_standard_is_undone(tmp_path: Path, kind: int) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (4, 7)).astype(int)
    (tmp_path / "rows.png").write_bytes(_png(7, 4, _filtered(pixels, kind)))
    expected = np.pad(pixels, ((0, 1), (0, 0))) / pixels.sum()
    np.testing.assert_allclose(load_psf(tmp_path / "rows.png").weights.numpy(), expected, atol=1e-6)


def _png(width: int, height: int, rows: bytes | None, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    packed = b"junk" if rows is None else zlib.compress(rows)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def _files() -> dict[str, tuple[bytes, str]]:
    sound = _png(3, 3, bytes([0, 9, 9, 9] * 3))
    return {
        "empty": (b"", "not a PNG"),
        "a text": (b"a kernel", "not a PNG"),
        "cut": (sound[:-20], "cut short|damaged"),
        "a flipped bit": (sound[:45] + bytes([sound[45] ^ 1]) + sound[46:], "damaged"),
        "too few rows": (_png(3, 3, bytes(4)), "pixels are missing"),
        "an unknown filter": (_png(1, 1, bytes([7, 1])), "damaged"),
        "a palette": (_png(1, 1, bytes([0, 1]), colour=3), "only 8 or 16"),
        "a bomb": (_png(60_000, 60_000, bytes(2)), "too many"),
        "black": (_png(1, 1, bytes(2)), "zero"),
        "a photo": (_png(1100, 1, bytes(1101)), "too many"),
        "not deflated": (_png(1, 1, None), "damaged"),
    }


@pytest.mark.parametrize("name", _files())
def test_a_file_that_is_no_psf_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    data, reason = _files()[name]
    (tmp_path / "psf.png").write_bytes(data)
    with pytest.raises(PsfFileError, match=reason) as caught:
        load_psf(tmp_path / "psf.png")
    assert caught.value.path == tmp_path / "psf.png"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PsfFileError):
        load_psf(tmp_path / "none.png")


def test_a_failed_saving_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "psf.png"
    save_psf(identity_psf(), path)
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save_psf(drawn_psf([(0, 0), (5, 5)]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def _filtered(pixels: np.ndarray, kind: int) -> bytes:
    """Rows (H, W) of bytes under one filter, by the words of the standard."""
    padded = np.pad(pixels, ((1, 0), (1, 0)))
    left, above, corner = padded[1:, :-1], padded[:-1, 1:], padded[:-1, :-1]
    estimate = left + above - corner
    distances = np.stack([abs(estimate - each) for each in (left, above, corner)])
    paeth = np.choose(distances.argmin(0), (left, above, corner))
    expected = (0, left, above, (left + above) // 2, paeth)[kind]
    rows = ((pixels - expected) % 256).astype(np.uint8)
    return b"".join(bytes([kind]) + row.tobytes() for row in rows)
