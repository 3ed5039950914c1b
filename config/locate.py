"""Find where in a TOML text each key stands, and what the comment above it says.

`tomllib` forgets both.  This scanner knows of TOML 1.0 only what separates one
statement from the next: strings, comments, brackets and newlines.  It is right
for texts that `tomllib` has accepted, and asks it to read the keys.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

# The way to a key: names, and places in arrays of tables counted from 0.
KeyPath = tuple[str | int, ...]

# Strings first: what looks like a comment or bracket in them is none.  The
# closing quotes of a multi-line string may follow one or two of its own.
_TOKEN: Final = re.compile(
    r'''
      (?P<string> """(?:\\.|[^\\])*?"{3,5} | \'\'\'.*?\'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
    | (?P<comment> \#[^\n]* )
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<newline> \n )
    | (?P<other> [^"'#\[\]{}\n]+ | . )
    ''',
    re.VERBOSE | re.DOTALL,
)

_PART: Final = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY: Final = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")


@dataclass(frozen=True, slots=True)
class Statement:
    """One key with its value, or one header of a table; or nothing but comments."""

    line: int
    text: str
    comment: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key or a table stands, and the comment lines right above it, joined."""

    line: int
    comment: str


def places(text: str) -> Mapping[KeyPath, Place]:
    """Return the place of each key and table of `text`, which `tomllib` accepts.

    Keys inside of inline tables and arrays are not listed: see `line_of`.
    """
    found: dict[KeyPath, Place] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for statement in statements(text):
        place = Place(statement.line, statement.comment)
        header = statement.text.strip("[] \t") if statement.text.startswith("[") else ""
        if statement.text.startswith("[["):
            path = table = _next_entry(_names(header), counts)
        elif header:
            path = table = _resolve(_names(header), counts)
        else:
            path = (*table, *_names(statement.text))
        for length in range(1, len(path)):
            found.setdefault(path[:length], place)  # tables that it opens on its way
        found[path] = place
    return MappingProxyType(found)


def line_of(path: KeyPath, found: Mapping[KeyPath, Place]) -> int:
    """Return the line of `path`, or of the nearest table around it; 0 if none is there."""
    for length in range(len(path), 0, -1):
        place = found.get(path[:length])
        if place is not None:
            return place.line
    return 0


def statements(text: str) -> Iterator[Statement]:
    """Cut `text` into statements; each carries the comment lines right above it."""
    above: list[str] = []
    for line, code, comment in _logical_lines(text):
        if code:
            yield Statement(line, code, " ".join(above))
            above = []
        elif comment:
            above.append(comment)
        else:
            above = []  # a blank line parts a comment from what follows


def _logical_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Join the lines that a bracket or a string spans; yield number, code, comment."""
    line = start = 1
    depth = 0
    code = comment = ""
    for token in _TOKEN.finditer(text.replace("\r\n", "\n") + "\n"):
        kind, piece = token.lastgroup, token[0]
        line += piece.count("\n")
        if kind == "newline" and depth == 0:
            yield start, code.strip(), comment
            start, code, comment = line, "", ""
        elif kind == "comment":
            comment = piece.lstrip("#").strip()
        else:
            depth += (kind == "open") - (kind == "close")
            code += piece


def _names(code: str) -> tuple[str, ...]:
    """Return the parts of the dotted key that `code` begins with."""
    key = next(_KEY.finditer(code))[0]
    tree: dict[str, Any] = tomllib.loads(f"{key} = 0")
    names = []
    while isinstance(tree, dict):
        ((name, tree),) = tree.items()
        names.append(name)
    return tuple(names)


def _resolve(names: tuple[str, ...], counts: Mapping[KeyPath, int]) -> KeyPath:
    """Return the path of a header: an array's name on the way means its newest entry."""
    path: KeyPath = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _next_entry(names: tuple[str, ...], counts: dict[KeyPath, int]) -> KeyPath:
    """Return the path of a new entry of an array of tables, and count it."""
    array = (*_resolve(names[:-1], counts), names[-1])
    counts[array] = counts.get(array, 0) + 1
    return (*array, counts[array] - 1)
