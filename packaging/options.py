"""The options of an argparse parser as plain values, for the manual and the completions."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One option or argument. `flags` is empty for an argument; `value` for a switch."""

    flags: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str
    takes_file: bool


@dataclass(frozen=True)
class Verb:
    """One command with what may follow it; `words` is empty for the program itself."""

    words: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    verbs: tuple[Verb, ...]

    def flattened(self) -> Iterator[Verb]:
        """This one and all below it."""
        yield self
        for verb in self.verbs:
            yield from verb.flattened()


# What argparse does not say: which values are files. Their metavars do.
_FILE_VALUES = {"IN", "OUT", "FILE", "DIR", "PHOTO", "FOLDER", "PAIRS", "PATH"}


def verb_of(
    parser: argparse.ArgumentParser, words: Sequence[str] = (), help_text: str = ""
) -> Verb:
    """`parser` with everything below it."""
    options: list[Option] = []
    verbs: list[Verb] = []
    # argparse has no public way to be read; these names have been there since Python 2.7.
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            described = action._choices_actions  # noqa: SLF001
            helps = {each.dest: each.help or "" for each in described}
            for name, below in action.choices.items():
                verbs.append(verb_of(below, (*words, name), helps.get(name, "")))
        elif action.help != argparse.SUPPRESS:
            options.append(_option(action))
    return Verb(tuple(words), help_text, tuple(options), tuple(verbs))


def _option(action: argparse.Action) -> Option:
    choices = tuple(str(choice) for choice in action.choices or ())
    value = ""
    if action.nargs != 0:
        metavar = action.metavar if isinstance(action.metavar, str) else None
        value = metavar or (f"{{{','.join(choices)}}}" if choices else action.dest.upper())
    return Option(
        tuple(action.option_strings),
        value,
        choices,
        (action.help or "") % {"default": action.default, "prog": "unblur"},
        value in _FILE_VALUES,
    )
