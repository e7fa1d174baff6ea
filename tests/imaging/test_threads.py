"""Files are read and written in the threads of a pool."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from unblur.document.document import Document
from unblur.imaging.codec import decode
from unblur.imaging.export import export

FILES = Path(__file__).parents[1] / "data" / "files"


def test_many_threads_read_and_write_what_one_does(
    tmp_path: Path, encoded: Callable[..., bytes], no_layers: Any
) -> None:
    samples = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    sources = []
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "AVIF"):
        sources.append(tmp_path / f"source.{kind.lower()}")
        sources[-1].write_bytes(encoded(samples, kind))
    sources.append(tmp_path / "cmyk.jpg")
    sources[-1].write_bytes(encoded(Image.fromarray(samples).convert("CMYK"), "JPEG"))
    sources += sorted(FILES.glob("*.heic"))
    alone = [decode(source).pixels for source in sources]

    def work(number: int) -> bool:
        source = number % len(sources)
        photo = decode(sources[source])
        suffix = ("png", "tif", "jpg", "webp")[number % 4]
        export(Document(photo), no_layers, tmp_path / f"{number}.{suffix}")
        return np.array_equal(photo.pixels, alone[source])

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(48)))
