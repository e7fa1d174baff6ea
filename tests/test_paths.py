from __future__ import annotations

import pytest

from unblur import paths
from unblur.errors import HomeMissingError
from unblur.messages import message_for


def test_a_person_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_words: object, **_more: object) -> None:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("UNBLUR_HOME")
    monkeypatch.setattr("platformdirs.user_state_path", find)
    with pytest.raises(HomeMissingError) as caught:
        paths.state_dir()
    assert "Set UNBLUR_HOME" in message_for(caught.value).as_line()
