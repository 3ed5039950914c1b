"""What of a text is never parted between packets: words, numbers, links, characters.

A number is all that people read as one: "1 500", "23:00 - 07:00", "05.01 14:20",
"+7 (727) 250-00-00".  A character is what people see as one (a grapheme, Unicode
UAX 29, as far as the languages of the node and emoji need it).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

# No-break spaces part nothing.
_PARTS = re.compile(r"([^\s]|[\u00a0\u2007\u202f])+")
_ENDS_IN_NUMBER = re.compile(r"\d[^\w\s,;.!?]*$|[№#+~≈]$")
_BEGINS_NUMBER = re.compile(r"[^\w\s#№]*\d")
_DASH = re.compile(r"[-–—/+×]$")
_LINK = re.compile(r"://|^\W*www\.|@\w|\.\w+/")
_LEFT_OUT = "..."

_ZWJ, _ZWNJ = "\u200d", "\u200c"


@dataclass(frozen=True, slots=True)
class Atom:
    """What must stay together, and the space behind it: none inside of a word that is cut."""

    text: str
    gap: str


def octets(text: str) -> int:
    """How many octets of UTF-8 `text` is; half a surrogate pair is taken for three."""
    return len(text.encode("utf-8", "surrogatepass"))


def atoms(text: str, room: int) -> list[Atom]:
    """Part `text` into what must stay together, none of it longer than `room` octets.

    Longer numbers are parted at their spaces, longer words between characters,
    and longer links are left out.
    """
    words = [_shown(word, room) for word in _words(text)]
    return [atom for number in _numbers(words, room) for atom in _pieces(number, room)]


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters of `text` as people see them."""
    start = 0
    for at in range(1, len(text)):
        if not _belongs(text[start:at], text[at]):
            yield text[start:at]
            start = at
    yield text[start:]


def _words(text: str) -> Iterator[Atom]:
    spans = [*(match.span() for match in _PARTS.finditer(text)), (len(text), len(text))]
    for (start, end), (following, _) in pairwise(spans):
        yield Atom(text[start:end], text[end:following])


def _shown(word: Atom, room: int) -> Atom:
    """Leave a link out that does not fit: a part of it leads nowhere."""
    if octets(word.text) > room and _LINK.search(word.text):
        return replace(word, text=_LEFT_OUT)
    return word


def _numbers(words: list[Atom], room: int) -> Iterator[Atom]:
    """Join the words that are one number."""
    atom: Atom | None = None
    for word in words:
        if atom and _is_one_number(atom, word):
            joined = atom.text + atom.gap + word.text
            if octets(joined) <= room:
                atom = Atom(joined, word.gap)
                continue
        if atom:
            yield atom
        atom = word
    if atom:
        yield atom


def _is_one_number(atom: Atom, word: Atom) -> bool:
    if "\n" in atom.gap:
        return False
    if _ENDS_IN_NUMBER.search(atom.text):
        return bool(_BEGINS_NUMBER.match(word.text) or _DASH.match(word.text))
    # A dash belongs to the number before it and to the one behind it.
    return bool(_DASH.search(atom.text) and _BEGINS_NUMBER.match(word.text))


def _pieces(atom: Atom, room: int) -> Iterator[Atom]:
    """Part a word that is too long."""
    if octets(atom.text) <= room:
        yield atom
        return
    *pieces, last = _characters(atom.text, room)
    yield from (Atom(piece, "") for piece in pieces)
    yield Atom(last, atom.gap)


def _characters(text: str, room: int) -> Iterator[str]:
    """Yield what is seen as one, or code points where somebody heaped marks without end."""
    for grapheme in graphemes(text):
        if octets(grapheme) <= room:
            yield grapheme
        else:
            yield from grapheme


def _belongs(character: str, following: str) -> bool:
    """Whether `following` is still a part of what people see as one character."""
    last = character[-1]
    return (
        last == _ZWJ
        or following in {_ZWJ, _ZWNJ}
        or unicodedata.category(following).startswith("M")  # accents, variation selectors
        or "\U0001f3fb" <= following <= "\U0001f3ff"  # colours of skin
        or "\U000e0020" <= following <= "\U000e007f"  # tags, which make flags of regions
        or (_is_flag_letter(character) and _is_flag_letter(following))
        or ("\ud800" <= last <= "\udbff" and "\udc00" <= following <= "\udfff")
    )


def _is_flag_letter(text: str) -> bool:
    """Whether it is one regional indicator; two of them are a flag."""
    return len(text) == 1 and "\U0001f1e6" <= text <= "\U0001f1ff"
