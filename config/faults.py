"""What is wrong with a settings file: said in one line for each mistake.

A line may end up in a log or in a question to others, so no phone number and
no PIN is repeated in it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.locate import KeyPath

_SECRET_KEYS: Final = frozenset({"pin"})
_LONG_NUMBER: Final = re.compile(r"(?:\d[ ()-]*){5,}(?=(?:\d[ ()-]*){2}(?!\d))")
_MOST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake at `path`; `others` are the paths of values it was judged against."""

    path: KeyPath
    message: str
    others: tuple[KeyPath, ...] = ()


class SettingsError(ValueError):
    """A settings file says something that the node cannot follow: where, what, what would be right.

    `line` is 0 where no line can be named.
    """

    def __init__(self, file: Path, line: int, key: str, message: str) -> None:
        super().__init__(file, line, key, message)
        self.file = file
        self.line = line
        self.key = key
        self.message = message

    def __str__(self) -> str:
        line = f" line {self.line}" if self.line else ""
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}{line}: {key}{self.message}"


class SettingsErrors(SettingsError):
    """All that is wrong with a settings file, in the order of its lines.

    Its own facts are those of the first mistake; `str` has a line for each.
    """

    def __init__(self, errors: Sequence[SettingsError]) -> None:
        first = errors[0]
        super().__init__(first.file, first.line, first.key, first.message)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def key_of(path: KeyPath) -> str:
    """Write `path` as people count: the first modem's port is `modem[1].port`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step + 1}]"
        else:
            shown += f".{step}" if shown else step
    return _LONG_NUMBER.sub("...", shown)


def show(value: object, path: KeyPath = ()) -> str:
    """Write `value` as TOML does, on one line, short, and without secrets.

    Of a number long enough to be a phone's only the last two digits are shown.
    """
    if _SECRET_KEYS.intersection(path):
        return "this"
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = _LONG_NUMBER.sub("...", text)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
