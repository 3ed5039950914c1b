"""Where sentences end in Kazakh, Russian and English news.

A full stop ends a sentence unless it belongs to an abbreviation, an
initial, a list number or a number, as the next word tells.
"""

import re
from collections.abc import Iterator

from content.words import ABBREVIATIONS

_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s|$)")
_OPENERS = "\"'«“„‘([-–—"

_LONGEST_WORD = 40  # characters; one that is longer is no abbreviation


def sentence_ends(text: str) -> Iterator[int]:
    """Yield the index after each sentence; the end of the text is one."""
    last = 0
    for match in _END.finditer(text):
        if match.end() == len(text) or _ends(text, match):
            last = match.end()
            yield last
    if last < len(text):
        yield len(text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of `text`, none of them empty."""
    start = 0
    for end in sentence_ends(text):
        one = text[start:end].strip()
        start = end
        if one:
            yield one


def is_abbreviation(word: str) -> bool:
    """Say whether `word`, with its stop, needs the word after it."""
    if not word.endswith("."):
        return False
    stem = word[:-1].lstrip(_OPENERS)
    return (len(stem) == 1 and stem.isalpha()) or stem.lower() in ABBREVIATIONS


def _ends(text: str, match: re.Match[str]) -> bool:
    """Say whether the stop in the middle of `text` ends a sentence."""
    following = text[match.end() :].lstrip()[:2].lstrip(_OPENERS)[:1]
    if following.islower():
        return False
    if match.group() != ".":
        return True
    before = text[max(0, match.start() - _LONGEST_WORD) : match.end()]
    word = before.rsplit(None, 1)[-1]
    if word[:-1].isdecimal() and word == before.strip():
        return False  # "1. " opens a list
    return not is_abbreviation(word)
