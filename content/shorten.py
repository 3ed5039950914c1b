"""Cut a text where a reader is not misled.

The cut is after a sentence, else after a word.  It parts no number, time,
date, range or link, it never separates a negation from what it denies, and
it leaves no preposition hanging.  Whoever calls knows what fits: lengths
on the air are not this module's business.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import pairwise

from content.sentences import is_abbreviation, sentence_ends
from content.words import DENIALS, LEADING, MONTHS, NEGATIONS, TRAILING

_WORD = re.compile(r"\S+")
_WORDS_OF_A_SENTENCE = 3  # what is shorter is a label: "Attention!"

_HANGING = " ,;:-–—(«“\"'/"
_ENDS_IN_NUMBER = re.compile(r"\d[^\w\s,;!?)\]]*$|[№#+~≈]$")
_NUMBER_OPENS = re.compile(r"[^\w\s]*\d")
_HAS_DIGIT = re.compile(r"\d")
_RANGE_OPENS = re.compile(r"^\W*\d.*-?(?:ден|дан|тен|тан|нен|нан)$", re.IGNORECASE)
_JOINS = re.compile(r"^[-–—/+&=]+$")
_CLAUSE_ENDS = re.compile(r"[.,;:!?…]$")
_NEGATED = re.compile(r"^(?:не|ни)(?:-|$)|n['’]t$", re.IGNORECASE)


def shorten(text: str, fits: Callable[[str], bool]) -> str:
    """Give the longest beginning of `text` that fits and does not mislead.

    Args:
        text: what to cut.
        fits: says whether a text is short enough; what it says of a text
            holds for the text's beginnings too.  It is asked about as often
            as the number of words has binary digits.

    Returns:
        All of `text` where that fits; empty where no beginning does.
    """
    whole = text.strip()
    if not whole or fits(whole):
        return whole
    words = [match.span() for match in _WORD.finditer(whole)]
    room = bisect_left(words, x=True, key=lambda span: not fits(_tidy(whole[: span[1]])))
    for end in _cuts(whole, words, room):
        cut = _tidy(whole[:end])
        if cut and fits(cut):
            return cut
    return ""


def _cuts(whole: str, words: list[tuple[int, int]], room: int) -> Iterable[int]:
    """Yield where `whole` may be cut within its first `room` words, best first."""
    limit = words[room - 1][1] if room else 0
    ends = [end for end in sentence_ends(whole) if end <= limit and end < len(whole)]
    yield from (end for end in reversed(ends) if _is_sentence(whole[:end]))
    texts = [whole[start:end] for start, end in words]
    allowed = [i for i, pair in enumerate(pairwise(texts[: room + 1])) if _parts(*pair)]
    denied = _later_in_clause(texts, DENIALS)
    allowed = [i for i in allowed if not denied[i]]
    negated = _later_in_clause(texts, NEGATIONS)
    safe = [i for i in allowed if not negated[i]]
    if safe and 3 * (safe[-1] + 1) >= allowed[-1] + 1:
        allowed = safe
    yield from (words[i][1] for i in reversed(allowed))


def _is_sentence(text: str) -> bool:
    return len(text.split(None, _WORDS_OF_A_SENTENCE)) >= _WORDS_OF_A_SENTENCE


def _parts(word: str, following: str) -> bool:
    """Say whether a text may end with `word`, leaving `following` out."""
    bare, ahead = _bare(word), _bare(following)
    if bare in LEADING or _is_one(ahead, NEGATIONS) or ahead in TRAILING:
        return False
    if _JOINS.match(word) or _JOINS.match(following) or is_abbreviation(word):
        return False
    if _ENDS_IN_NUMBER.search(word) or _RANGE_OPENS.match(word):
        return False
    opens_number = _NUMBER_OPENS.match(following) and not word.endswith((",", ";", ".", "!", "?"))
    return not opens_number or not (bare in MONTHS or _HAS_DIGIT.search(word))


def _later_in_clause(words: list[str], wanted: frozenset[str]) -> list[bool]:
    """For each word: does one of `wanted` come further on in its clause?

    The predicate comes last in Kazakh and often in Russian, so a clause
    that is cut anywhere before its negation may read as its opposite.
    """
    later = [False] * len(words)
    for i in range(len(words) - 2, -1, -1):
        if not _CLAUSE_ENDS.search(words[i]):
            later[i] = later[i + 1] or _is_one(_bare(words[i + 1]), wanted)
    return later


def _is_one(bare: str, wanted: frozenset[str]) -> bool:
    return bare in wanted or (wanted is NEGATIONS and _NEGATED.search(bare) is not None)


def _bare(word: str) -> str:
    return word.strip(".,;:!?…()[]«»“”\"'").lower()


def _tidy(cut: str) -> str:
    return cut.rstrip(_HANGING)
