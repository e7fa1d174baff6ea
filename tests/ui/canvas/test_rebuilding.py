"""What is converted anew after a change, and above all what is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unblur.document.document import Document
from unblur.document.geometry import Rect, Size
from unblur.document.shapes import Rectangle
from unblur.ui.canvas.compare import CompareMode
from unblur.ui.canvas.levels import TileKey
from unblur.ui.canvas.source_tiles import SourceTile
from unblur.ui.canvas.tile_cache import TileCache
from unblur.ui.qimage import transparent_image

SIZE = Size(1600, 1200)


def conversions(stage) -> tuple[int, int]:
    """Steps of work done so far for the source and for all regions."""
    scene = stage.canvas.scene
    return scene.source.conversions, sum(t.conversions for t in scene.region_tiles.values())


@pytest.fixture
def shown(stage) -> Document:
    """A whole restored photo at 100 %, everything converted."""
    document = Document(stage.photo(SIZE), (stage.whole(),))
    stage.show(document)
    stage.look(CompareMode.RESULT, 1.0)
    stage.settle()
    return document


def test_strength_and_divider_convert_nothing(stage, shown) -> None:
    stage.canvas.set_compare(CompareMode.SPLIT_VERTICAL)
    stage.settle()
    before, reads = conversions(stage), len(stage.layers.reads)
    for step in range(10):
        region = replace(shown.regions[0], strength=step / 10)
        stage.show(shown.with_region(region))
        stage.canvas.move_divider(step / 10)
        stage.settle()
    assert conversions(stage) == before
    assert len(stage.layers.reads) == reads


def test_a_pan_converts_only_the_tiles_that_come_into_view(stage, shown) -> None:
    before = conversions(stage)
    stage.canvas.navigator.pan(-1, 0)
    stage.settle()
    assert conversions(stage) == before
    stage.canvas.navigator.pan(-300, 0)
    stage.settle()
    assert conversions(stage)[0] - before[0] <= 4


def test_a_restored_tile_is_read_where_it_arrived_and_nowhere_else(stage, shown) -> None:
    stage.layers.reads.clear()
    stage.canvas.restored_changed(shown.regions[0].id, Rect(70, 80, 90, 60))
    stage.settle()
    read = stage.layers.reads
    assert sum(rect.size.area for rect in read) <= 92 * 62
    assert all(Rect(69, 79, 92, 62).contains(rect) for rect in read)


def test_a_restored_tile_out_of_view_is_not_read(stage, shown) -> None:
    stage.layers.reads.clear()
    stage.canvas.restored_changed(shown.regions[0].id, Rect(1500, 1100, 90, 60))
    stage.settle()
    assert stage.layers.reads == []


def test_a_feather_rasterises_visible_tiles_and_reads_no_pixels(stage) -> None:
    region = stage.region(Rectangle(Rect(50, 50, 1400, 1000)))
    document = Document(stage.photo(SIZE), (region,))
    stage.show(document)
    stage.look(CompareMode.RESULT, 1.0)
    stage.settle()
    stage.layers.reads.clear()
    before = conversions(stage)
    stage.show(document.with_region(replace(region, feather=40.0)))
    stage.settle()
    after = conversions(stage)
    assert stage.layers.reads == []
    assert after[0] == before[0]
    assert 0 < after[1] - before[1] <= 4


def test_undo_brings_the_old_mask_back(stage) -> None:
    region = stage.region(Rectangle(Rect(20, 20, 100, 100)))
    document = Document(stage.photo(SIZE), (region,))
    stage.show(document)
    stage.look(CompareMode.RESULT, 1.0)
    before = stage.shot()
    stage.show(document.with_region(replace(region, shapes=(Rectangle(Rect(60, 50, 90, 120)),))))
    changed = stage.shot()
    stage.show(document)
    np.testing.assert_array_equal(stage.shot(), before)
    assert (changed != before).any()


def test_another_model_forgets_the_old_pixels(stage, shown) -> None:
    region = shown.regions[0]
    stage.layers.done[:] = False
    model = replace(region.model, quality="best")
    stage.show(shown.with_region(replace(region, model=model)))
    shot = stage.shot()
    area = stage.canvas.view.offset
    pixels = shown.photo.pixels
    np.testing.assert_array_equal(
        shot[int(area.y) :, int(area.x) :], pixels[: 300 - int(area.y), : 400 - int(area.x)]
    )


def test_the_cache_forgets_the_least_recently_used_but_nothing_on_the_screen() -> None:
    tile = SourceTile(transparent_image(256, 256))
    cache: TileCache[TileKey, SourceTile] = TileCache(budget=3 * tile.nbytes)
    keys = [TileKey(0, column, 0) for column in range(6)]
    for key in keys:
        cache.put(key, tile)
    cache.begin_frame()
    assert len(cache) == 6  # all of them were just painted
    for key in keys[3:]:
        cache.get(key)
    cache.begin_frame()
    cache.begin_frame()
    assert [key for key in keys if cache.get(key)] == keys[3:]


def test_the_first_paint_converts_a_few_tiles_and_shows_a_stand_in_for_the_rest(stage) -> None:
    photo = stage.flat(Size(5000, 4000), (250, 20, 180))
    stage.canvas.resize(1600, 1200)
    stage.show(Document(photo))
    stage.look(CompareMode.ORIGINAL, 0.99)
    stage.canvas._backlog.budget = 0.0
    stage.canvas.repaint()
    assert conversions(stage)[0] == 1
    image = stage.canvas.grab().toImage()
    assert image.pixelColor(1590, 1190).getRgb()[:3] == (250, 20, 180)
