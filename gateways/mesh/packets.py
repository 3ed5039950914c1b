"""Cut text into packets of the mesh: how long a text is there, and where it may be parted.

A packet shows up by itself on every phone, in any order or not at all, so each
must read by itself: cuts fall between lines, else between sentences, else
between words.  Lengths are in octets of UTF-8.  What fits follows from the
frame of 255 octets (see `airtime.packet_octets`).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, count

from gateways.mesh.atoms import Atom, atoms, octets

__all__ = ["MOST_BROADCAST", "MOST_DIRECT", "PAGE_OCTETS", "beginning", "octets", "pages"]

MOST_BROADCAST = 232  # octets of a text to everybody
MOST_DIRECT = 220  # to one node, sealed with its public key
PAGE_OCTETS = 200  # the stock apps let people type no more
LEAST_OCTETS = 20  # a mark, and a character that people see as one

_ENDS_SENTENCE = re.compile(r"(?:(?:\w{4}|\d)\.|[!?…])[\"'»”)\]]*$")


def pages(text: str, most: int = PAGE_OCTETS) -> tuple[str, ...]:
    """Cut `text` into packets of at most `most` octets.

    Where there is more than one, each ends with its place among them, as
    " (1/2)", so that a reader sees what is missing.  There are no more of them
    than there must be.  No word, number or link is cut; but a word that is
    longer than a packet is cut between characters as people see them, and a
    link that is longer is left out.

    Raises:
        ValueError: so short a packet holds nothing.
    """
    if most < LEAST_OCTETS:
        raise ValueError(f"a packet of {most} octets holds nothing; {LEAST_OCTETS} are the least")
    if octets(text) <= most:
        return (text,)
    cut: list[str] = []
    for digits in count(1):
        widest = 10**digits - 1
        room = most - octets(_mark(widest, widest))
        cut = _cut(atoms(text, room), room)
        if len(cut) <= widest:
            break
    if len(cut) <= 1:
        return tuple(cut) or ("",)
    return tuple(page + _mark(at, len(cut)) for at, page in enumerate(cut, 1))


def beginning(text: str, most: int) -> str:
    """Give the longest beginning of `text` that `most` octets hold, cut where pages may be."""
    parts = atoms(text, most)
    return _page(parts[: _ends(parts, most)[0]]) if parts else ""


def _mark(at: int, of: int) -> str:
    return f" ({at}/{of})"


def _cut(parts: Sequence[Atom], room: int) -> list[str]:
    """Fill as few pages as can be, and cut each where it reads best."""
    ends = _ends(parts, room)
    needed = _needed(ends)
    ranks = [_rank(part) for part in parts]
    cut: list[str] = []
    start = 0
    while start < len(parts):
        open_ends = range(start + 1, ends[start] + 1)
        ends_well = [end for end in open_ends if needed[end] < needed[start]]
        end = max(ends_well, key=lambda end: (ranks[end - 1], end))
        cut.append(_page(parts[start:end]))
        start = end
    return cut


def _ends(parts: Sequence[Atom], room: int) -> list[int]:
    """For each part: before which part a page that begins with it must end at the latest."""
    begins = list(accumulate((octets(part.text + part.gap) for part in parts), initial=0))
    bare = [end - octets(part.gap) for end, part in zip(begins[1:], parts, strict=True)]
    return [
        max(at + 1, bisect_right(bare, begin + room, lo=at)) for at, begin in enumerate(begins[:-1])
    ]


def _needed(ends: Sequence[int]) -> list[int]:
    """How many pages the parts from each one on take at least."""
    needed = [0] * (len(ends) + 1)
    for at in range(len(ends) - 1, -1, -1):
        needed[at] = 1 + needed[ends[at]]
    return needed


def _rank(part: Atom) -> int:
    """How well a page reads that ends with this part; larger is better."""
    if not part.gap:
        return 0  # inside of a word
    if "\n" in part.gap:
        return 3
    return 2 if _ENDS_SENTENCE.search(part.text) else 1


def _page(parts: Sequence[Atom]) -> str:
    return "".join(part.text + part.gap for part in parts[:-1]) + parts[-1].text
