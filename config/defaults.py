"""Read `defaults.toml`: each key's default, and the sentence that explains it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from config.locate import KeyPath, Place, places

_MEANING: Final = re.compile(r'(?<!\w)(?:0|""|false): [^.;]+')


@dataclass(frozen=True, slots=True)
class Defaults:
    """The text of `defaults.toml` and what it says.

    `values` holds a table for each section, for those in double brackets too:
    the one entry that stands there.  Paths leave out its place in the array.
    """

    text: str
    values: Mapping[str, Mapping[str, Any]]
    _places: Mapping[KeyPath, Place]

    def value(self, path: KeyPath) -> Any:
        """Return the default, or the example, at `path`; None if there is none."""
        found: Any = self.values
        for name in _names(path):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def sentence(self, path: KeyPath) -> str:
        """Return the comment above the key at `path`."""
        names = _names(path)
        place = self._places.get(names) or self._places.get((names[0], 0, *names[1:]))
        return place.comment if place else ""

    def special_meaning(self, path: KeyPath) -> str:
        """Return the clause of the sentence on a special value, e.g. "0: no limit"."""
        found = _MEANING.search(self.sentence(path))
        return found[0] if found else ""


@cache
def defaults() -> Defaults:
    """Read `defaults.toml`, once."""
    text = resources.files("config").joinpath("defaults.toml").read_text(encoding="utf-8")
    values = {
        name: section[0] if isinstance(section, list) else section
        for name, section in tomllib.loads(text).items()
    }
    return Defaults(text, values, places(text))


def _names(path: KeyPath) -> tuple[str, ...]:
    return tuple(name for name in path if isinstance(name, str))
