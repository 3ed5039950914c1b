"""What a medium's messages look like: how long, cut how, and in which words.

A short message is paid for by the segment and its parts arrive as one; a packet
of the mesh shows up by itself, so that a bulletin there is one packet.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from content.shorten import shorten
from gateways.mesh import packets
from gateways.sms import segments


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as it goes on air: its parts, and whether SMS needs the wide alphabet for it."""

    parts: tuple[str, ...]
    wide: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What a medium's messages look like.

    Attributes:
        cost: how many parts a text takes.
        cut: the parts.
        beginning: of a text so many characters, seen to be cut.
        bulletin_parts: the most of one bulletin; None: what the settings say.
        digest_parts: the most of several bulletins at once; None: what the settings say.
        answer_parts: the most of one bulletin with all that is known of it.
        uncut_parts: the most where no cut leaves the words true.
        compact: bulletins stand in the short frame, that of one packet.
        variants: texts that this medium says in its own words, by the common key.
    """

    cost: Callable[[str], int]
    cut: Callable[[str], Cut]
    beginning: Callable[[str, int], str]
    bulletin_parts: int | None
    digest_parts: int | None
    answer_parts: int
    uncut_parts: int
    compact: bool
    variants: Mapping[str, str]

    def fitted(self, body: str, framed: Callable[[str], str], at_most: int) -> str:
        """The frame with as much of `body` as `at_most` parts hold.

        Words that no cut leaves true ("… is not lifted") may cost more; beyond what arrives
        whole they are cut all the same, and seen to be.
        """

        def fits(text: str) -> bool:
            return self.cost(framed(text)) <= at_most

        short = shorten(body, fits)
        if short:
            return framed(short)
        if self.cost(framed(body)) <= max(at_most, self.uncut_parts):
            return framed(body)
        # Cut behind a word where there is one; a giant word is cut all the same.
        room = bisect_left(
            range(len(body)), x=True, key=lambda n: not fits(self.beginning(body, n))
        )
        return framed(self.beginning(body, max(1, room - 1)))


def _segments(text: str) -> Cut:
    cut = segments.segment(text, segments.MOST_PARTS)
    return Cut(cut.parts, cut.encoding is segments.Encoding.UCS2)


def _first_words(text: str, characters: int) -> str:
    """Whole words, where the first one is whole."""
    start = text[:characters]
    return (start.rsplit(" ", 1)[0] if " " in start else start) + " ..."


def _pages(text: str) -> Cut:
    return Cut(packets.pages(text), wide=False)


def _page_count(text: str) -> int:
    if packets.octets(text) <= packets.PAGE_OCTETS:
        return 1
    # A page that a link was left out of is not all of the text.
    return max(2, len(packets.pages(text)))


def _first_of_page(text: str, characters: int) -> str:
    """Whole words, numbers and links, where the first one is whole."""
    return packets.beginning(text, packets.octets(text[:characters])) + " ..."


SMS = Form(
    cost=segments.cost,
    cut=_segments,
    beginning=_first_words,
    bulletin_parts=None,
    digest_parts=None,
    answer_parts=6,  # longer messages seldom arrive whole
    uncut_parts=6,
    compact=False,
    variants=MappingProxyType({}),
)

MESH = Form(
    cost=_page_count,
    cut=_pages,
    beginning=_first_of_page,
    bulletin_parts=1,
    digest_parts=2,
    answer_parts=3,
    uncut_parts=1,
    compact=True,
    variants=MappingProxyType(
        {
            "first_contact": "first_contact_mesh",
            "invite": "invite_mesh",
            "joined": "joined_mesh",
            "already_joined": "already_joined_mesh",
        }
    ),
)
