from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from unblur.document.document import Document
from unblur.document.geometry import Rect
from unblur.document.photo import Metadata, Photo
from unblur.document.region import ModelChoice, Region, RegionId, new_region_id
from unblur.document.shapes import Rectangle, Shape, WholePhoto
from unblur.imaging.export import export

BOX = Rectangle(Rect(10, 8, 30, 20))

Layer = tuple[NDArray[np.uint16], NDArray[np.float32]]


class FakeLayers:
    """Restored pixels over the whole photo, for every region alike."""

    def __init__(self, restored: NDArray[np.uint16], coverage: NDArray[np.float32]) -> None:
        self.restored = restored
        self.coverage = coverage

    def read(self, region_id: RegionId, rect: Rect) -> Layer | None:
        return self.restored[rect.slices], self.coverage[rect.slices]


class NoLayers:
    """Nothing is restored yet."""

    def read(self, region_id: RegionId, rect: Rect) -> Layer | None:
        return None


@pytest.fixture
def no_layers() -> NoLayers:
    return NoLayers()


@pytest.fixture
def layers() -> Callable[[Photo], FakeLayers]:
    """Random restored pixels for all of a photo."""

    def make(photo: Photo) -> FakeLayers:
        height, width = photo.pixels.shape[:2]
        restored = np.random.default_rng(1).integers(0, 65536, (height, width, 3), np.uint16)
        return FakeLayers(restored, np.ones((height, width), np.float32))

    return make


@pytest.fixture
def photo_of() -> Callable[..., Photo]:
    """A photo of random pixels: (width, height, dtype, with alpha, …)."""

    def make(
        width: int = 61,
        height: int = 47,
        dtype: Any = np.uint8,
        *,
        has_alpha: bool = False,
        metadata: Metadata | None = None,
        path: Path | None = None,
    ) -> Photo:
        samples = noise((height, width, 4), dtype)
        return Photo(
            pixels=np.ascontiguousarray(samples[..., :3]),
            fingerprint="random",
            path=path,
            alpha=np.ascontiguousarray(samples[..., 3]) if has_alpha else None,
            metadata=metadata or Metadata(),
        )

    return make


@pytest.fixture
def document_of() -> Callable[..., Document]:
    """A document with one region: (photo, shapes, strength, feather)."""

    def make(
        photo: Photo,
        *shapes: Shape,
        strength: float = 1.0,
        feather: float = 0.0,
    ) -> Document:
        region = Region(
            new_region_id(),
            "Region",
            shapes or (WholePhoto(),),
            ModelChoice("m", "q"),
            strength,
            feather,
        )
        return Document(photo, (region,))

    return make


@pytest.fixture
def asymmetric() -> NDArray[np.uint8]:
    """20 × 30 pixels in which no turn or flip looks like another, in blocks that survive JPEG."""
    picture = np.full((20, 30, 3), 128, np.uint8)
    picture[:8, :16] = (230, 30, 30)
    picture[12:, 22:] = (30, 30, 230)
    return picture


@pytest.fixture
def encoded() -> Callable[..., bytes]:
    """Samples as a file's bytes, through Pillow."""

    def make(samples: NDArray[Any] | Image.Image, kind: str, **options: Any) -> bytes:
        file = io.BytesIO()
        image = samples if isinstance(samples, Image.Image) else Image.fromarray(samples)
        image.save(file, kind, **options)
        return file.getvalue()

    return make


def noise(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """The same random samples every time."""
    generator = np.random.default_rng(0)
    if np.dtype(dtype) == np.float32:
        return generator.random(shape, np.float32)
    return generator.integers(0, np.iinfo(dtype).max + 1, shape, dtype)


@pytest.fixture
def document(photo_of: Callable[..., Photo], document_of: Callable[..., Document]) -> Document:
    return document_of(photo_of(), BOX, strength=0.8, feather=4.0)


@pytest.fixture
def restored(document: Document, layers: Callable[..., Any]) -> Any:
    return layers(document.photo)


@pytest.fixture
def opened(tmp_path: Path, document: Document, no_layers: Any) -> Document:
    """A document whose photo lies in a file."""
    path = tmp_path / "source.png"
    export(Document(document.photo), no_layers, path)
    return replace(document, photo=replace(document.photo, path=path))
