"""The spellings of `config/keywords.toml`, arranged for looking up.

Each is kept under a folded form (`relay.folding`), a phrase with one space
between its words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from config.keywords import Choice, Table
from config.topics import LANGUAGES
from relay.folding import skeleton, tidy, tokens


class Action(Enum):
    """What may be asked for."""

    JOIN = "join"
    NEWS = "news"
    DANGER = "danger"
    PHONES = "phones"
    PROXY = "proxy"
    TOPICS = "topics"
    LANG = "lang"
    STATUS = "status"
    MENU = "menu"
    STOP = "stop"
    NUMBER = "number"
    TELL = "tell"
    FORGET = "forget"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One listed way to write an action.

    Attributes:
        action: What it asks for.
        language: Whose word it is; None for the choice of an alphabet.
        listed: The word or phrase as it stands in the table.
        argument: The language or alphabet that it chooses, if it does.
    """

    action: Action
    language: str | None
    listed: str
    argument: str = ""


def spellings(table: Table) -> Iterator[Spelling]:
    """Yield every spelling of every action in `table`."""
    for keyword in table.actions:
        action = Action[keyword.action]
        for language, words in keyword.words.items():
            yield from (Spelling(action, language, word) for word in words)
        if action is Action.LANG:
            heads = [*keyword.digits, *(word for words in keyword.words.values() for word in words)]
            for choice in table.languages:
                yield from _choosing(choice, heads)


def _choosing(choice: Choice, heads: Sequence[str]) -> Iterator[Spelling]:
    """Yield what chooses `choice`: its words alone, and all it has behind a word for LANG."""
    said = (*choice.words, *choice.codes, choice.digits)
    behind = [f"{head} {word}" for head in heads for word in said]
    for listed in (*choice.words, *behind):
        yield Spelling(Action.LANG, language_of(choice.name), listed, choice.name)


def language_of(choice: str) -> str | None:
    """Return the language that `choice` is, or None if it is an alphabet."""
    return choice if choice in LANGUAGES else None


def indexed(
    entries: Iterable[Spelling], fold: Callable[[str], str]
) -> dict[str, tuple[Spelling, ...]]:
    """Return `entries` by their folded form; one form may stand for several."""
    found: dict[str, tuple[Spelling, ...]] = {}
    for entry in entries:
        key = folded(words_of(entry.listed), fold)
        found[key] = (*found.get(key, ()), entry)
    return found


def named(choices: Iterable[Choice]) -> dict[str, str]:
    """Return the names of `choices` by the skeletons of their words."""
    return {skeleton(word): choice.name for choice in choices for word in choice.words}


def phrases(listed: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Return the skeletons of the words of each phrase in `listed`."""
    return frozenset(tuple(skeleton(word) for word in words_of(phrase)) for phrase in listed)


def folded(words: Iterable[str], fold: Callable[[str], str]) -> str:
    """Return `words`, each folded, as one key."""
    return " ".join(fold(word) for word in words)


def words_of(text: str) -> Sequence[str]:
    """Return the words, numbers and meaningful signs of `text`."""
    return tokens(tidy(text))
