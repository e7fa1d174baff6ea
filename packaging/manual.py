"""The man page, written from the parsers, so that it says what the program does."""

from __future__ import annotations

import datetime

from options import Option, Verb

_ABOUT = """\
With photos or nothing on its command line it opens its window: the blurred and the restored photo
in one split view, of which the whole, a face, a person or a thing can be restored. With a verb it
works without a window. Nothing leaves the computer.
"""


def page(whole: Verb, version: str, day: datetime.date) -> str:
    """The page in the roff of man(7)."""
    lines = [
        f'.TH UNBLUR 1 "{day.isoformat()}" "Unblur {version}" "User Commands"',
        ".SH NAME",
        "unblur \\- make blurry photographs sharp",
        ".SH SYNOPSIS",
        ".B unblur",
        "[\\fIPHOTO\\fR ...]",
        ".br",
        ".B unblur",
        "\\fIVERB\\fR [\\fIOPTION\\fR ...]",
        ".SH DESCRIPTION",
        _escaped(_ABOUT.strip()),
    ]
    for verb in whole.flattened():
        if not verb.words:
            lines += [".SH OPTIONS", *_options(verb)]
        elif verb.options or not verb.verbs:
            lines += _section(verb)
    lines += [
        ".SH EXIT STATUS",
        "0: all done. 1: some photo failed. 2: unusable arguments. 130: stopped with Ctrl+C.",
        ".SH ENVIRONMENT",
        ".TP",
        ".B UNBLUR_HOME",
        "A folder that holds settings, saved edits and models instead of the person's own folders.",
        ".SH FILES",
        ".TP",
        ".I ~/.config/unblur, ~/.local/state/unblur, ~/.local/share/unblur",
        "Settings; the log, saved edits and recent files; models that were fetched or added.",
    ]
    return "\n".join(lines) + "\n"


def _section(verb: Verb) -> list[str]:
    title = " ".join(("unblur", *verb.words))
    lines = [f".SH {_escaped(title.upper())}"]
    if verb.help:
        text = verb.help[0].upper() + verb.help[1:]
        lines.append(_escaped(f"{text}."))
    return lines + _options(verb)


def _options(verb: Verb) -> list[str]:
    lines = []
    for option in verb.options:
        lines += [".TP", _term(option), _escaped(option.help or "See above.")]
    return lines


def _term(option: Option) -> str:
    value = f"\\fI{_escaped(option.value)}\\fR" if option.value else ""
    if not option.flags:
        return value
    flags = ", ".join(f"\\fB{_escaped(flag)}\\fR" for flag in option.flags)
    return f"{flags} {value}".rstrip()


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    # A line that begins with a full stop or a quote would be a command.
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in text.split("\n"))
