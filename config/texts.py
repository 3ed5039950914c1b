"""The sentences that the node says, in each language that it speaks.

They stand in `config/texts/*.toml`, one file a language, all with the same
keys.  An entry is a text with fields in braces and the number of segments
that it may take on the air, or of pages where it is said on the mesh alone;
the law of segments is 3GPP TS 23.038 and 23.040, a page is a packet of 200
octets, and the tests apply both.

A field may ask for `:dative`: then a value that ends in a number gets the
ending that Kazakh spelling puts behind it ("14:20" becomes "14:20-ға").
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

DATIVE = "dative"
ROUND_ENDINGS = MappingProxyType(
    {"00": "ге", "10": "ға", "20": "ға", "30": "ға", "40": "қа", "50": "ге"}
    | {"60": "қа", "70": "ке", "80": "ге", "90": "ға"}
)
DIGIT_ENDINGS = MappingProxyType(
    {"0": "ге", "1": "ге", "2": "ге", "3": "ке", "4": "ке", "5": "ке"}
    | {"6": "ға", "7": "ге", "8": "ге", "9": "ға"}
)


class TextsError(ValueError):
    """The catalogue cannot say this: what is wrong, and what would be right."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of one language.

    Attributes:
        text: The text, with its fields in braces.
        segments: How many segments it may take with usual values; 0 if not said by SMS.
        pages: How many pages it may take where it is said on the mesh alone, else 0.
        fields: The names of its fields.
    """

    text: str
    segments: int
    pages: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Texts:
    """What the node can say, by language and key."""

    _entries: Mapping[str, Mapping[str, Entry]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a catalogue, sorted."""
        return tuple(sorted(self._entries))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, the same in each language, sorted."""
        return tuple(sorted(self._entries[self.languages[0]]))

    def entry(self, key: str, language: str) -> Entry:
        """Return the entry of `key` in `language`.

        Raises:
            TextsError: there is no such language or key.
        """
        if language not in self._entries:
            raise TextsError(f"no texts in {language!r}; there are {', '.join(self.languages)}")
        if key not in self._entries[language]:
            raise TextsError(f"no text {key!r} in {language}.toml")
        return self._entries[language][key]

    def say(self, key: str, language: str, /, **values: object) -> str:
        """Return the text of `key` in `language` with `values` filled in.

        Values that the text does not name are left out; a value is never
        read for fields itself, so braces in it are just braces.

        Raises:
            TextsError: there is no such text, or one of its values is missing.
        """
        entry = self.entry(key, language)
        missing = entry.fields - values.keys()
        if missing:
            raise TextsError(f"text {key!r} ({language}) needs {', '.join(sorted(missing))} too")
        return _Filler().vformat(entry.text, (), values)


def load_texts(folder: Traversable | None = None) -> Texts:
    """Read the catalogues: each `*.toml` in `folder` is one language.

    Args:
        folder: Where they are; by default those that come with the node.

    Raises:
        TextsError: a file is broken, or differs from the others in keys or fields.
    """
    texts = folder or files("config") / "texts"
    found = {
        file.name.removesuffix(".toml"): _catalogue(file)
        for file in texts.iterdir()
        if file.name.endswith(".toml")
    }
    if not found:
        raise TextsError("no catalogue of texts: at least one language.toml is needed")
    _check_alike(found)
    return Texts(MappingProxyType(found))


def dative(value: str) -> str:
    """Put the Kazakh dative ending behind `value`, as its last number is spoken.

    A round number is spoken by its tens (20: жиырма-ға), any other by its
    last digit (25: ... бес-ке), 00 as нөл-ге.  A value without a number at
    its end stays as it is.
    """
    ending = ROUND_ENDINGS.get(value[-2:]) or DIGIT_ENDINGS.get(value[-1:])
    return f"{value}-{ending}" if ending else value


class _Filler(string.Formatter):
    """Fills fields in; knows `:dative` and nothing else."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return `value` as text, with its ending where the field asks for it."""
        return dative(str(value)) if format_spec == DATIVE else str(value)


def _catalogue(file: Traversable) -> Mapping[str, Entry]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        return MappingProxyType(dict(_entries("", tables)))
    except ValueError as error:
        raise TextsError(f"{file.name}: {error}") from error


def _entries(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if not isinstance(value, dict):
            raise TextsError(f"{key!r} is no table; [{key}] with text and segments would be right")
        if isinstance(value.get("text"), str):
            yield key, _entry(key, value)
        else:
            yield from _entries(f"{key}.", value)


def _entry(key: str, table: Mapping[str, Any]) -> Entry:
    sizes = {name: size for name, size in table.items() if name != "text"}
    if sizes.keys() not in ({"segments"}, {"pages"}) or not all(map(_is_size, sizes.values())):
        raise TextsError(
            f"{key!r} needs text and segments (or pages, if for the mesh alone): a whole number"
            " from 1, and no more"
        )
    fields = frozenset(_fields(key, table["text"]))
    return Entry(table["text"], sizes.get("segments", 0), sizes.get("pages", 0), fields)


def _is_size(value: object) -> bool:
    return type(value) is int and value >= 1


def _fields(key: str, text: str) -> Iterator[str]:
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or conversion or spec not in {"", DATIVE}:
            raise TextsError(f"{key!r}: fields are plain names, as {{number}} or {{when:dative}}")
        yield name


def _check_alike(found: Mapping[str, Mapping[str, Entry]]) -> None:
    first, *others = sorted(found)
    for other in others:
        if odd := found[first].keys() ^ found[other].keys():
            raise TextsError(f"{first} and {other} must have the same keys; odd: {sorted(odd)}")
        for key, entry in found[first].items():
            if unlike := entry.fields ^ found[other][key].fields:
                raise TextsError(f"{key!r}: {first} and {other} differ in fields {sorted(unlike)}")
