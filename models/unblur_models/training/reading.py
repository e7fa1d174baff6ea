"""From a TOML file to frozen dataclasses; a name that is missing or unknown is an error."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from unblur_models.training.errors import ConfigError

Config = TypeVar("Config")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(path), str(error)) from error


def read_config(kind: type[Config], table: Mapping[str, Any], where: str = "") -> Config:
    """One dataclass from a table with exactly its fields (those with defaults may be left out).

    Nested dataclasses are tables, tuples are arrays, paths are strings. Raises ConfigError.
    """
    fields = {each.name: each for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = set(table) - set(fields)
    missing = {
        name
        for name, each in fields.items()
        if name not in table
        and each.default is dataclasses.MISSING
        and each.default_factory is dataclasses.MISSING
    }
    for names, what in ((unknown, "unknown"), (missing, "missing")):
        if names:
            raise ConfigError(where or "the file", f"{what}: {', '.join(sorted(names))}")
    hints = typing.get_type_hints(kind)
    values = {
        name: _value(hints[name], value, f"{where}.{name}".lstrip("."))
        for name, value in table.items()
    }
    return kind(**values)


def _value(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(value):
        return value  # read already, by someone who knows which of several kinds it is
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        kind = next(each for each in typing.get_args(kind) if each is not type(None))
        return _value(kind, value, where)
    if dataclasses.is_dataclass(kind):
        return read_config(kind, _of(dict, value, where), where)  # type: ignore[arg-type]
    if origin is tuple:
        return _tuple(typing.get_args(kind), _of(list, value, where), where)
    if kind is Path:
        return Path(_of(str, value, where))
    if kind is float:
        return float(_of((int, float), value, where))
    return _of(kind, value, where)


def _tuple(kinds: tuple[Any, ...], values: list[Any], where: str) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(values)
    if len(kinds) != len(values):
        raise ConfigError(where, f"{len(kinds)} values, not {len(values)}")
    return tuple(_value(kind, value, where) for kind, value in zip(kinds, values, strict=True))


def _of(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ConfigError(where, f"{value!r} is of another kind")
    return value
