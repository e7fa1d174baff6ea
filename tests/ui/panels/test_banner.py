from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from unblur import paths
from unblur.errors import ImageEmptyError
from unblur.ui.icons import IconSet
from unblur.ui.panels.banner import BannerArea, Kind, Notice
from unblur.ui.theme import DARK


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[BannerArea]:
    host = QWidget()
    host.resize(900, 600)
    qtbot.addWidget(host)
    host.show()
    yield BannerArea(host, IconSet(paths.resources_dir() / "icons"), DARK)
    host.close()


def words(area: BannerArea) -> list[str]:
    return [label.text() for b in area.banners for label in b.findChildren(QLabel)]


def test_an_error_gets_its_title_sentence_and_hint(area: BannerArea) -> None:
    area.show_error(ImageEmptyError(Path("/photos/a.png")))
    assert words(area)[0] == "The file is empty"
    assert "“/photos/a.png” has no content" in words(area)[1]
    assert area.isVisible()


def test_the_same_notice_is_counted_and_others_stack_up_to_three(area: BannerArea) -> None:
    for name in "aab":
        area.tell(Notice(Kind.INFO, name))
    assert words(area) == ["a (2 times)", "b"]
    for name in "cd":
        area.tell(Notice(Kind.INFO, name))
    assert words(area) == ["b", "c", "d"]


def test_a_choice_acts_and_the_banner_goes(area: BannerArea) -> None:
    chosen: list[str] = []
    area.tell(Notice(Kind.INFO, "Question", "", (("Yes", lambda: chosen.append("yes")),)))
    area.banners[0].findChild(QPushButton).click()
    assert chosen == ["yes"]
    assert area.banners == []
    assert not area.isVisible()


def test_markup_in_a_file_name_stays_text(area: BannerArea) -> None:
    area.show_error(ImageEmptyError(Path("/photos/<b>bold</b>.png")))
    assert "<b>bold</b>" in words(area)[1]


@pytest.mark.parametrize("count", [2, 3, 5])  # those beyond the third push the first ones out
def test_every_banner_has_room_for_its_words_and_its_button(
    area: BannerArea, qtbot: QtBot, count: int
) -> None:
    for number in range(count):
        choice = ("Show in Folder", lambda: None)
        area.tell(Notice(Kind.SUCCESS, f"Saved {number}", choices=(choice,)))
        qtbot.wait(30)  # as the loop turns between two exports
    assert len(area.banners) == min(count, 3)
    for banner in area.banners:
        assert banner.height() >= banner.sizeHint().height()
