from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from pytestqt.qtbot import QtBot

from unblur.ui.dialogs.about import AboutDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog(QIcon())
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def shown(dialog: AboutDialog) -> list[str]:
    rows = dialog.licences.list
    items = [rows.item(row) for row in range(rows.count())]
    return [item.text() for item in items if not item.isHidden()]


def test_everything_is_listed_and_the_first_is_shown(dialog: AboutDialog) -> None:
    assert shown(dialog)[0].startswith("Unblur")
    assert any("PySide6" in each for each in shown(dialog))
    assert any("YuNet" in each for each in shown(dialog))
    assert "Licence: Apache-2.0" in dialog.licences.page.toPlainText()


def test_a_search_looks_at_names_and_at_texts(dialog: AboutDialog) -> None:
    dialog.licences.search.setText("lesser general public")

    found = shown(dialog)
    assert any("PySide6" in each for each in found)
    assert not any("MAXIM" in each for each in found)
    assert dialog.licences.page.textCursor().selectedText().lower() == "lesser general public"

    dialog.licences.search.setText("yunet")
    assert [each for each in shown(dialog) if "YuNet" in each] == shown(dialog)


def test_a_search_without_a_result_says_so_and_ends_with_its_words(dialog: AboutDialog) -> None:
    everything = shown(dialog)

    dialog.licences.search.setText("no such thing anywhere")
    assert shown(dialog) == []
    assert dialog.licences.none.isVisible()

    dialog.licences.search.clear()
    assert shown(dialog) == everything
    assert not dialog.licences.none.isVisible()


def test_choosing_shows_the_text(dialog: AboutDialog, qtbot: QtBot) -> None:
    rows = dialog.licences.list
    row = next(i for i in range(rows.count()) if "numpy" in rows.item(i).text())

    rows.setCurrentRow(row)

    assert "NumPy Developers" in dialog.licences.page.toPlainText()
