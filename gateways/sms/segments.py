"""Cut text into short messages: how long a text is, on the air.

Lengths are in septets (7 bits) for the GSM alphabet and in UCS-2 units
(16 bits) for anything else.  Both share the 140 octets of one message
(3GPP TS 23.040 9.2.3.24); a part of a longer text gives 6 of these to the
header that joins the parts (9.2.3.24.1), 7 where the header counts messages
with 16 bits (9.2.3.24.8).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from gateways.sms import gsm7, ucs2

MOST_PARTS = 255  # all that the header can count


class Encoding(Enum):
    """The alphabet that a whole message is written in."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
PART = {Encoding.GSM7: 153, Encoding.UCS2: 67}
PART_WIDE_REFERENCE = {Encoding.GSM7: 152, Encoding.UCS2: 66}


class TooManySegments(ValueError):
    """The text needs more segments than the caller allows."""

    def __init__(self, needed: int, allowed: int) -> None:
        super().__init__(f"text needs {needed} segments, {allowed} allowed")
        self.needed = needed
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text as it will go on air.

    Attributes:
        encoding: of every part.
        parts: joined they are the text.
        units: septets or UCS-2 units of the whole text, headers not counted.
    """

    encoding: Encoding
    parts: tuple[str, ...]
    units: int


def segment(text: str, at_most: int = 6, *, wide_reference: bool = False) -> Segmented:
    """Cut `text` into the texts of the messages that will carry it.

    No pair of an escape and its character, nor of surrogates, is cut in two.
    Cuts fall behind a space where that costs no further segment.

    Raises:
        TooManySegments: more than `at_most` are needed, or more than 255.
    """
    encoding, ends = _measure(text)
    if ends[-1] <= ALONE[encoding]:
        return Segmented(encoding, (text,), ends[-1])
    limit = (PART_WIDE_REFERENCE if wide_reference else PART)[encoding]
    needed, allowed = _count(ends, 0, limit), min(at_most, MOST_PARTS)
    if needed > allowed:
        raise TooManySegments(needed, allowed)
    return Segmented(encoding, _cut(text, ends, limit, needed), ends[-1])


def cost(text: str) -> int:
    """How many segments `text` takes, however many that are."""
    encoding, ends = _measure(text)
    return 1 if ends[-1] <= ALONE[encoding] else _count(ends, 0, PART[encoding])


def _measure(text: str) -> tuple[Encoding, Sequence[int]]:
    """The encoding, and how many units the first 0, 1, 2, … characters take."""
    if gsm7.is_gsm7(text):
        return Encoding.GSM7, list(accumulate(gsm7.lengths(text), initial=0))
    return Encoding.UCS2, list(accumulate(ucs2.lengths(text), initial=0))


def _count(ends: Sequence[int], start: int, limit: int) -> int:
    """How many parts the characters from `start` on take at least."""
    parts = 0
    while start < len(ends) - 1:
        start = _furthest(ends, start, limit)
        parts += 1
    return parts


def _furthest(ends: Sequence[int], start: int, limit: int) -> int:
    """Where the fullest part that begins at `start` ends."""
    return bisect_right(ends, ends[start] + limit, lo=start) - 1


def _cut(text: str, ends: Sequence[int], limit: int, needed: int) -> tuple[str, ...]:
    parts: list[str] = []
    start = 0
    while start < len(text):
        full = _furthest(ends, start, limit)
        spare = needed - len(parts) - 1
        end = _behind_a_space(text, start, full)
        if _count(ends, end, limit) > spare:
            end = full
        parts.append(text[start:end])
        start = end
    return tuple(parts)


def _behind_a_space(text: str, start: int, full: int) -> int:
    """The last place up to `full` where a word begins; `full` if there is none."""
    if full == len(text):
        return full
    space = max(text.rfind(" ", start, full), text.rfind("\n", start, full))
    return full if space < 0 else space + 1
