"""Judge each value of a settings file by itself: known, of its kind, within its bounds.

The kinds stand in `config.sections`; `msgspec` decides whether a value is of
its kind, this module says so in words.
"""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeGuard, get_args, get_origin

import msgspec
from msgspec import inspect

from config import durations
from config.defaults import Defaults
from config.faults import Fault, show
from config.locate import KeyPath
from config.sections import MUST_BE_SET, Section, Settings

Kinds = Mapping[str, Any]  # the kind of each key of a section
Table = Mapping[str, Any]

_WORDS: Final = {
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.StrType: "text",
    inspect.CustomType: "path",
    inspect.VarTupleType: "list",
    inspect.UnionType: "name or small number",
}


def sections() -> Mapping[str, type[Section]]:
    """Return the struct of each section, by its name in the file."""
    return {
        field.encode_name: get_args(field.type)[0] if is_array(field.type) else field.type
        for field in msgspec.structs.fields(Settings)
    }


def arrays() -> frozenset[str]:
    """Return the names of the sections that stand in double brackets."""
    return frozenset(
        field.encode_name for field in msgspec.structs.fields(Settings) if is_array(field.type)
    )


def kinds(section: type[Section]) -> Kinds:
    """Return the kind of each key of `section`."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(section)}


def is_array(kind: object) -> bool:
    """Tell whether `kind` is a tuple of any length."""
    return get_origin(kind) is tuple


def read(tables: Table) -> Settings:
    """Return `tables`, in which no key is missing or wrong, as settings.

    Raises:
        msgspec.ValidationError: a key is.
    """
    return msgspec.convert(tables, Settings, dec_hook=_as_path)


def faults(given: Table, known: Defaults) -> Iterator[Fault]:
    """Yield what is wrong with single keys and values of the file's tables."""
    shapes = sections()
    for name, value in given.items():
        if name not in shapes:
            yield Fault((name,), _stray_section(name, value, shapes))
        elif name in arrays():
            yield from _array_faults(name, value, known)
        elif isinstance(value, dict):
            yield from _table_faults((name,), value, kinds(shapes[name]), known)
        else:
            yield Fault((name,), f"stands once, in single brackets; write [{name}]")


def _array_faults(name: str, value: object, known: Defaults) -> Iterator[Fault]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        yield Fault((name,), f"may stand several times, so in double brackets; write [[{name}]]")
        return
    shape = kinds(sections()[name])
    for index, entry in enumerate(value):
        path = (name, index)
        yield from _table_faults(path, entry, shape, known)
        for key in shape:
            if key in MUST_BE_SET[name] and key not in entry:
                example = show(known.value((*path, key)))
                yield Fault((*path, key), f"is missing; e.g. {key} = {example}")


def _table_faults(path: KeyPath, table: Table, shape: Kinds, known: Defaults) -> Iterator[Fault]:
    for key, value in table.items():
        if key in shape:
            yield from _value_faults((*path, key), value, shape[key], known)
        else:
            yield Fault((*path, key), _stray_key(key, shape))


def _value_faults(path: KeyPath, value: object, kind: object, known: Defaults) -> Iterator[Fault]:
    if get_origin(kind) is Mapping and isinstance(value, dict):
        names, item_kind = get_args(kind)
        yield from _table_faults(path, value, dict.fromkeys(get_args(names), item_kind), known)
    elif is_array(kind) and isinstance(value, list):
        yield from _list_faults(path, value, get_args(kind)[0], known)
    elif not _is_of_kind(value, kind):
        yield Fault(path, _wording(path, value, kind) + _hint(path, value, kind, known))


def _list_faults(path: KeyPath, items: list[Any], kind: object, known: Defaults) -> Iterator[Fault]:
    if not items:
        yield Fault(path, f"is empty{_hint(path, items, list, known)}")
    for index, item in enumerate(items):
        here = (*path, index)
        if not _is_of_kind(item, kind):
            yield Fault(here, _wording(here, item, kind) + _hint(path, item, kind, known))
        elif item in items[:index]:
            yield Fault(here, f"{show(item)} stands twice; keep one")


def _is_of_kind(value: object, kind: object) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False  # TOML knows inf and nan; nobody can wait for them
    try:
        msgspec.convert(value, kind, dec_hook=_as_path)
    except msgspec.ValidationError:
        return False
    return True


def _as_path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str) and "\0" not in value:
        return Path(value)
    raise ValueError  # msgspec turns it into its ValidationError


def _wording(path: KeyPath, value: object, kind: object) -> str:
    """Say why `value` is not of `kind`."""
    info = inspect.type_info(kind)
    noun = ""
    if isinstance(info, inspect.Metadata):
        noun = (info.extra_json_schema or {}).get("description", "")
        info = info.type
    if isinstance(info, inspect.IntType | inspect.FloatType) and _is_number(value):
        return _beyond(value, info)
    if isinstance(info, inspect.LiteralType):
        return _none_of(value, get_args(kind))
    if isinstance(info, inspect.BoolType):
        return f"{show(value, path)} is neither true nor false"
    return f"{show(value, path)} is no {noun or _WORDS.get(type(info), 'table')}"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _beyond(value: float, info: inspect.IntType | inspect.FloatType) -> str:
    if isinstance(info, inspect.IntType) and isinstance(value, float):
        return f"{value} is no whole number"
    if info.ge is not None and value < info.ge:
        return f"{value} is less than {info.ge}"
    if info.gt is not None and value <= info.gt:
        return f"{value} is not more than {info.gt}"
    if info.le is not None and value > info.le:
        return f"{value} is more than {info.le}"
    return f"{value} is no number to count with"


def _none_of(value: object, names: tuple[str, ...]) -> str:
    return f"{show(value)} is none of {', '.join(names)}{_meant(value, names)}"


def _hint(path: KeyPath, value: object, kind: object, known: Defaults) -> str:
    """Say what would be right: the default or the example, and what a special value means."""
    if get_origin(kind) is Literal:
        return ""  # all that would be right is listed already
    if isinstance(value, str) and str(path[-1]).endswith("_s"):
        try:
            return f"; write {durations.parse(value)}"
        except durations.DurationError:
            pass
    default = known.value(path)
    meaning = known.special_meaning(path)
    if default in ("", None) or isinstance(default, dict):
        return f"; {meaning}" if meaning else ""
    return f"; e.g. {show(default)}" + (f" ({meaning})" if meaning else "")


def _stray_section(name: str, value: object, shapes: Mapping[str, type[Section]]) -> str:
    if not isinstance(value, dict | list):
        homes = _homes(name)
        return f"stands outside of a section{homes or '; put it below its [section]'}"
    return f"is no section{_meant(name, shapes) or '; sections are ' + ', '.join(shapes)}"


def _stray_key(key: str, shape: Kinds) -> str:
    meant = _meant(key, shape) or _homes(key)
    return f"is no such key{meant or '; keys here are ' + ', '.join(shape)}"


def _meant(name: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name).lower(), known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _homes(key: str) -> str:
    """Name the sections that know `key`: it may only stand in the wrong place."""
    doubled = arrays()
    homes = [
        f"[[{name}]]" if name in doubled else f"[{name}]"
        for name, section in sections().items()
        if key in kinds(section)
    ]
    return f"; it belongs to {' or '.join(homes)}" if homes else ""
