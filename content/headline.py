"""What of an item goes into one short message, without a language model.

The title says it, if it fits.  Where there is room, a whole sentence of
the body that says when, where or how many goes with it.
"""

import re
from collections.abc import Callable, Iterator

from content.item import Item
from content.sentences import sentences
from content.shorten import shorten

_SENTENCES_READ = 6  # what a news item opens with; further down is background
_REPEATED_SHARE = 0.7  # of a sentence's words in the title: it says nothing new
_WHOLE = re.compile(r"(?<!\.\.)[.!?][\"'»”)]*$")
_NUMBER = re.compile(r"\d")
_NAME = re.compile(r"(?<=\w[ ,;(«\"])[^\W\d_a-zа-яёәғқңөұүһі]\w{2,}")
_STEM = re.compile(r"\b\w{1,5}")  # endings differ between two wordings


def summary(item: Item, fits: Callable[[str], bool]) -> str:
    """Say what `item` says in a text that fits.

    Returns:
        The title, with a sentence of the body that gives a number, a time
        or a name if both fit; else what `shorten` leaves of the title.
    """
    if not fits(item.title):
        return shorten(item.title, fits)
    opening = item.title if item.title.endswith((".", "!", "?", "…")) else item.title + "."
    longer = (f"{opening} {sentence}" for sentence in _telling(item))
    return next((text for text in longer if fits(text)), item.title)


def _telling(item: Item) -> Iterator[str]:
    """Yield sentences that say more than the title, those with numbers first."""
    opening = [one for one, _ in zip(sentences(item.body), range(_SENTENCES_READ), strict=False)]
    whole = [one for one in opening if _WHOLE.search(one) and not _repeats(one, item.title)]
    yield from (one for one in whole if _NUMBER.search(one))
    yield from (one for one in whole if not _NUMBER.search(one) and _NAME.search(one))


def _repeats(sentence: str, title: str) -> bool:
    """Say whether the sentence's words stand in the title already."""
    told = set(_STEM.findall(title.lower()))
    words = set(_STEM.findall(sentence.lower()))
    return len(words & told) >= _REPEATED_SHARE * len(words)
