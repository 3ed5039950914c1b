"""The words that people may send, as data: `config/keywords.toml`.

This module reads and checks the table; what a text means by it is decided
in `relay.keywords`.  Each spelling keeps the case and the alphabet in which
it stands in the file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from config.topics import LANGUAGES

SECTIONS = frozenset({"actions", "topics", "languages", "manners"})
MANNERS = ("polite", "filler", "ordinary")


class KeywordsError(ValueError):
    """The table is wrong: where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """What stands for one action.

    Attributes:
        action: Its name in capitals.
        acts: Whether it changes something, and so must match exactly.
        digits: Numbers that stand for it.
        words: Words and phrases by language; the first is the one shown.
    """

    action: str
    acts: bool
    digits: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: a topic, a language or an alphabet.

    Attributes:
        name: What the relay calls it.
        digits: The number that chooses it.
        words: Words that choose it.
        codes: Words that choose it only behind the word for the choice.
    """

    name: str
    digits: str
    words: tuple[str, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All of `keywords.toml`.

    Attributes:
        actions: What people may ask for.
        topics: What TOPICS offers.
        languages: What LANG offers, alphabets among them.
        polite: Words around any command that change nothing.
        filler: Words around a reading word that change nothing.
        ordinary: Words that look like a misspelt keyword and are none.
    """

    actions: tuple[Keyword, ...]
    topics: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    polite: tuple[str, ...]
    filler: tuple[str, ...]
    ordinary: tuple[str, ...]


def load_keywords(file: Traversable | None = None) -> Table:
    """Read the table of keywords, by default the one that comes with the node.

    Raises:
        KeywordsError: the table is not as described in `keywords.toml`.
    """
    source = file or files("config") / "keywords.toml"
    try:
        tables = tomllib.loads(source.read_text(encoding="utf-8"))
    except ValueError as error:
        raise KeywordsError(f"{source.name}: {error}") from error
    _expect("the file", tables, SECTIONS)
    _expect("[manners]", tables["manners"], frozenset(MANNERS))
    table = Table(
        actions=tuple(_keyword(name, entry) for name, entry in tables["actions"].items()),
        topics=tuple(_choice(name, entry) for name, entry in tables["topics"].items()),
        languages=tuple(_choice(name, entry) for name, entry in tables["languages"].items()),
        **{name: _words(f"manners.{name}", tables["manners"][name]) for name in MANNERS},
    )
    _check_digits(table)
    return table


def _keyword(name: str, entry: Mapping[str, Any]) -> Keyword:
    _expect(f"[actions.{name}]", entry, frozenset(LANGUAGES), frozenset({"acts", "digits"}))
    acts = entry.get("acts", False)
    if not isinstance(acts, bool):
        raise KeywordsError(f"actions.{name}.acts: true or false would be right")
    return Keyword(
        action=name,
        acts=acts,
        digits=_words(f"actions.{name}.digits", entry.get("digits", [])),
        words={key: _words(f"actions.{name}.{key}", entry[key]) for key in LANGUAGES},
    )


def _choice(name: str, entry: Mapping[str, Any]) -> Choice:
    _expect(f"[{name}]", entry, frozenset({"digits", "words"}), frozenset({"codes"}))
    if not isinstance(entry["digits"], str):
        raise KeywordsError(f'{name}.digits: one number in quotes would be right, as "61"')
    words = _words(f"{name}.words", entry["words"])
    return Choice(name, entry["digits"], words, _words(f"{name}.codes", entry.get("codes", [])))


def _words(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise KeywordsError(f'{where}: a list of words in quotes would be right, as ["NEWS"]')
    return tuple(value)


def _expect(
    where: str,
    table: Mapping[str, Any],
    needed: frozenset[str],
    allowed: frozenset[str] = frozenset(),
) -> None:
    if missing := needed - table.keys():
        raise KeywordsError(f"{where} lacks {', '.join(sorted(missing))}")
    if odd := table.keys() - needed - allowed:
        raise KeywordsError(f"{where} has unknown keys: {', '.join(sorted(odd))}")


def _check_digits(table: Table) -> None:
    digits = [number for keyword in table.actions for number in keyword.digits]
    digits += [choice.digits for choice in (*table.topics, *table.languages)]
    twice = sorted({number for number in digits if digits.count(number) > 1})
    if twice:
        raise KeywordsError(f"numbers stand for two things: {', '.join(twice)}")
    if wrong := [number for number in digits if not (number.isascii() and number.isdigit())]:
        raise KeywordsError(f"numbers may have digits only: {', '.join(wrong)}")
