"""Which listed word a misspelt one was meant to be, if any.

Words are compared twice with rapidfuzz's ratio, by their skeletons and as
typed: the first forgives spelling by ear, the second a slip inside letters
that the skeleton joins ("ph", "ng").  Of short words a slip leaves little,
so the shorter the word, the less may differ.
"""

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from relay.folding import plain, skeleton
from relay.spellings import Spelling, indexed

LIKENESS = 75  # ratio from which a word may be a typo of another
SHORT, MIDDLING = 4, 6  # letters; shorter than SHORT a word has no typos


class Typos:
    """Finds words that read by what people mistyped."""

    def __init__(
        self, reading: Sequence[Spelling], acting: Sequence[Spelling], ordinary: Iterable[str]
    ) -> None:
        # Acting words are compared too: what is nearest to one of them is no word that reads.
        self._shelves = [_Shelf(fold, reading, acting) for fold in (skeleton, plain)]
        self._ordinary = frozenset(skeleton(word) for word in ordinary)

    def near(self, word: str, *, alone: bool) -> tuple[Spelling, ...]:
        """Return the spellings that `word` was meant for, or none.

        Args:
            word: What was typed, in one alphabet if possible.
            alone: Whether it is the whole message; short words must be.
        """
        if skeleton(word) in self._ordinary:
            return ()
        for shelf in self._shelves:
            key = shelf.fold(word)
            listed = shelf.nearest(key)
            if listed in shelf.acting:
                return ()
            if listed and _is_slip(key, listed, alone=alone):
                return shelf.reading[listed]
        return ()


class _Shelf:
    """The words by one fold."""

    def __init__(
        self, fold: Callable[[str], str], reading: Sequence[Spelling], acting: Sequence[Spelling]
    ) -> None:
        self.fold = fold
        self.reading = indexed(reading, fold)
        self.acting = indexed(acting, fold).keys() - self.reading.keys()
        keys = {*self.reading, *self.acting}
        self._keys = sorted(key for key in keys if len(key) >= SHORT and " " not in key)

    def nearest(self, key: str) -> str:
        """Return the listed form most like `key`, or nothing if none is like it."""
        if len(key) < SHORT:
            return ""
        best = process.extractOne(key, self._keys, scorer=fuzz.ratio, score_cutoff=LIKENESS)
        return best[0] if best else ""


def _is_slip(typed: str, listed: str, *, alone: bool) -> bool:
    shorter = min(len(typed), len(listed))
    if shorter > MIDDLING:
        return True
    if typed[0] != listed[0] and sorted(typed[:2]) != sorted(listed[:2]):
        return False
    if shorter > SHORT:
        return True
    return alone and OSA.distance(typed, listed) == 1
