"""What a person's message asks for.

Words that change something (JOIN, STOP, FORGET, LANG, TELL) must match a
listed spelling exactly, but for case, alphabet and transliteration, and
all but TELL must stand alone: "stop" is a command, "please stop the car"
is not.  Words that only read may have typos and something behind them.
Single letters mean nothing.  Numbers are typed alike on every keypad and
in every alphabet.  The spellings are data: `config/keywords.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from config.keywords import Table
from relay.folding import (
    is_cyrillic,
    is_kazakh,
    is_mixed,
    plain,
    readings,
    skeleton,
    sounds,
    tidy,
    tokens,
)
from relay.spellings import (
    Action,
    Spelling,
    folded,
    indexed,
    language_of,
    named,
    phrases,
    spellings,
)
from relay.typos import Typos

__all__ = ["Action", "Command", "Grammar", "Script"]

Script = Literal["cyrillic", "plain", "latin"]

AT_MOST_WORDS = 3  # of a reading command; more is a sentence
LONGEST = 12  # words; a message with more is no command but TELL
READ_AT_MOST = 400  # characters of a message that are looked at for a command
NUMBERS = range(200, 1000)  # of bulletins, see design "Values"
_FIRST_WORD = re.compile(r"[\W_]*[^\W_]+(?:'[^\W_]+)*[\s:,.;!-]*")


@dataclass(frozen=True, slots=True)
class Command:
    """A message understood.

    Attributes:
        action: What is asked for.
        language: The language that the typed form shows; None where it shows
            none (a number) or several (ПРОКСИ).  With LANG, the one chosen.
        script: The alphabet that the typed form shows; None for numbers.
        argument: NUMBER: the number.  TELL: what is told.  TOPICS: names of
            topics to switch, LANG: the language or alphabet chosen, or
            nothing where only the list is asked for.  Else: the words behind.
    """

    action: Action
    language: str | None = None
    script: Script | None = None
    argument: str = ""


class Grammar:
    """Understands messages by a table of keywords."""

    def __init__(self, table: Table) -> None:
        entries = list(spellings(table))
        acts = {Action[keyword.action] for keyword in table.actions if keyword.acts}
        acting = [entry for entry in entries if entry.action in acts]
        reading = [entry for entry in entries if entry.action not in {*acts, Action.NUMBER}]
        self._exact = indexed(acting, plain)
        self._heard = indexed((entry for entry in acting if is_cyrillic(entry.listed)), sounds)
        self._reading = indexed(reading, skeleton)
        self._beside_number = frozenset(
            indexed((entry for entry in entries if entry.action is Action.NUMBER), skeleton)
        )
        self._typos = Typos(reading, acting, table.ordinary)
        self._digits = {d: Action[k.action] for k in table.actions for d in k.digits}
        self._topics = {choice.digits: choice.name for choice in table.topics}
        self._topic_words = named(table.topics)
        self._languages = {choice.digits: choice.name for choice in table.languages}
        self._polite = phrases(table.polite)
        self._filler = phrases(table.filler) | self._polite

    def parse(self, text: str) -> Command | None:
        """Return what `text` asks for, or None where that is not clear."""
        tidied = tidy(text[:READ_AT_MOST])
        words = tokens(tidied)
        if told := self._told(words, text):
            return told
        if not words or len(words) > LONGEST:
            return None
        words = _stripped(words, self._polite)
        return self._number(words) or self._acting(words) or self._read(words)

    def _told(self, words: Sequence[str], text: str) -> Command | None:
        command = self._acting(words[:1])
        if command is None or command.action is not Action.TELL:
            return None
        tidied = tidy(text)
        begun = _FIRST_WORD.match(tidied)
        rest = tidied[begun.end() :] if begun else ""
        return Command(Action.TELL, command.language, command.script, " ".join(rest.split()))

    def _number(self, words: Sequence[str]) -> Command | None:
        numbers = [word for word in words if word.isdigit()]
        others = [word for word in words if not word.isdigit()]
        if not numbers:
            return None
        if all(number in self._topics for number in numbers):
            return self._switched(numbers, others)
        if len(numbers) > 1:
            return None
        return self._lone(numbers[0], others)

    def _switched(self, numbers: Sequence[str], others: Sequence[str]) -> Command | None:
        names = [self._topics[number] for number in numbers]
        if any(self._topic_words.get(skeleton(word)) not in names for word in others):
            return None
        return Command(Action.TOPICS, argument=" ".join(dict.fromkeys(names)))

    def _lone(self, number: str, others: Sequence[str]) -> Command | None:
        said = self._acting(others) or self._read(others)
        if action := self._digits.get(number):
            if others and (said is None or said.action is not action):
                return self._acting([number, *others])  # as in "7 RU"
            return said or Command(action)
        if name := self._languages.get(number):
            fits = not others or (said is not None and said.argument == name)
            return Command(Action.LANG, language_of(name), argument=name) if fits else None
        if _is_bulletin(number) and all(skeleton(word) in self._beside_number for word in others):
            return Command(Action.NUMBER, argument=number)
        return None

    def _acting(self, words: Sequence[str]) -> Command | None:
        words = _once(words)
        for typed in (*_ways(words), tuple(words)):
            if found := self._exact.get(folded(typed, plain)) or self._by_ear(typed):
                return _command(found, " ".join(typed))
        return None

    def _by_ear(self, typed: Sequence[str]) -> tuple[Spelling, ...] | None:
        if any(is_cyrillic(word) and not is_mixed(word) for word in typed):
            return None  # pure Cyrillic is spelled out: тыл is not ТІЛ, though both sound til
        return self._heard.get(folded(typed, sounds))

    def _read(self, words: Sequence[str]) -> Command | None:
        words = _stripped(_once(words), self._filler)
        for typed in _ways(words):
            if found := self._reading.get(folded(typed, skeleton)):
                return _command(found, " ".join(typed))
        if not 0 < len(words) <= AT_MOST_WORDS:
            return None
        for first in readings(words[0]):
            exact = self._reading.get(skeleton(first))
            found = exact or self._typos.near(first, alone=len(words) == 1)
            if found:
                return _command(found, first, self._argument(found[0].action, words[1:]))
        return None

    def _argument(self, action: Action, rest: Sequence[str]) -> str:
        if action is not Action.TOPICS:
            return " ".join(rest)
        names = [self._topics.get(word) or self._topic_words.get(skeleton(word)) for word in rest]
        return " ".join(dict.fromkeys(name for name in names if name))


def _ways(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield `words` as they may have been meant, alphabet by alphabet."""
    if not words or len(words) > LONGEST:
        return
    each = [readings(word) for word in words]
    for way in range(max(len(ways) for ways in each)):
        yield tuple(ways[min(way, len(ways) - 1)] for ways in each)


def _once(words: Sequence[str]) -> list[str]:
    """Return `words`, one word said again and again as one ("stop stop")."""
    return list(words[:1]) if len({plain(word) for word in words}) == 1 else list(words)


def _stripped(words: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> list[str]:
    """Return `words` without any of `phrases` at either end."""
    left = [(word, skeleton(word)) for word in words]
    while left:
        keys = tuple(key for _, key in left)
        front = next((n for n in (2, 1) if keys[:n] in phrases), 0)
        back = next((n for n in (2, 1) if keys[-n:] in phrases), 0) if not front else 0
        if not front and not back:
            break
        left = left[front : len(left) - back]
    return [word for word, _ in left]


def _is_bulletin(number: str) -> bool:
    return len(number) == len(str(NUMBERS.start)) and int(number) in NUMBERS


def _command(found: Sequence[Spelling], typed: str, argument: str = "") -> Command:
    best = max(_closeness(entry, typed) for entry in found)
    near = [entry for entry in found if _closeness(entry, typed) == best]
    languages = {entry.language for entry in near}
    language = near[0].language if len(languages) == 1 else None
    if is_kazakh(typed) and "kk" in languages:
        language = "kk"
    script = _script(typed, near, language)
    return Command(near[0].action, language, script, argument or near[0].argument)


def _closeness(entry: Spelling, typed: str) -> int:
    """Rate how surely `typed` is this spelling rather than another language's."""
    if plain(entry.listed) == plain(typed):
        return 3
    if is_cyrillic(entry.listed) and sounds(entry.listed) == typed.casefold():
        return 2
    return int(is_cyrillic(entry.listed) == is_cyrillic(typed))


def _script(typed: str, near: Sequence[Spelling], language: str | None) -> Script | None:
    if not is_cyrillic(typed):
        return "latin" if any(char.isalpha() for char in typed) else None
    marked = all(is_kazakh(entry.listed) for entry in near)
    return "plain" if language == "kk" and marked and not is_kazakh(typed) else "cyrillic"
