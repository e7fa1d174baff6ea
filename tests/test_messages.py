from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from unblur import errors, messages
from unblur.errors import AppError
from unblur.messages import Message, covered_types, message_for


def leaves(root: type[AppError]) -> Iterator[type[AppError]]:
    children = root.__subclasses__()
    for child in children:
        yield from leaves(child)
    if not children:
        yield root


LEAVES = sorted(
    {leaf for leaf in leaves(AppError) if leaf.__module__ == errors.__name__},
    key=lambda leaf: leaf.__name__,
)


def example(kind: type[AppError]) -> AppError:
    if issubclass(kind, errors.ImageError | errors.SettingsError | errors.RecoveryError):
        return kind(Path("my {odd} photo.jpg"), "the detail")
    if issubclass(kind, errors.ModelFileError):
        return kind(Path("my {odd} model.pth"), "the detail")
    if issubclass(kind, errors.PsfFileError | errors.DesktopWriteError):
        return kind(Path("a {odd} file"), "the detail")
    if issubclass(kind, errors.ModelError):
        return kind("maxim-3s.gopro", "the detail")
    if issubclass(kind, errors.DesktopUnsupportedError):
        return kind()
    assert issubclass(kind, errors.EngineError | errors.GpuError | errors.HomeMissingError)
    return kind("the detail")


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_has_its_own_words(kind: type[AppError]) -> None:
    assert kind in covered_types()
    message = message_for(example(kind))
    assert message.title
    assert message.sentence.endswith(".")
    assert message.hint.endswith(".")
    assert "\n" not in message.as_line()
    assert kind.__name__ not in message.as_line()


@pytest.mark.parametrize(
    "kind",
    [leaf for leaf in LEAVES if issubclass(leaf, errors.ImageError)],
    ids=lambda kind: kind.__name__,
)
def test_errors_about_a_photo_name_it(kind: type[AppError]) -> None:
    assert "my {odd} photo.jpg" in message_for(example(kind)).sentence


def test_no_words_are_kept_for_errors_that_cannot_happen() -> None:
    assert covered_types() == frozenset(LEAVES)


def test_templates_use_known_facts_only() -> None:
    for template in messages._TEMPLATES.values():
        names = {name for part in template for _, name, _, _ in string.Formatter().parse(part)}
        assert names <= {None, "name", "detail", "model"}


def test_a_pasted_picture_has_no_path_to_name() -> None:
    assert "The pasted picture" in message_for(errors.ImageUnsupportedError(None)).sentence


def test_an_unknown_error_still_gets_a_message() -> None:
    class OddError(AppError):
        """Has no words."""

    assert message_for(OddError("odd")) == Message("Something went wrong", "odd", "")
    del OddError
