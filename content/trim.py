"""Trim a feed to the elements that are read, before it is parsed for good.

A title, a date and a text are a tenth of most feeds; the rest (media,
categories, authors) only offers ways to make a parser slow.  Elements are
cut out of the octets as they stand, so what is kept is kept unchanged.
"""

from dataclasses import dataclass
from xml.parsers import expat

MOST_DEPTH = 64  # levels; feeds with XHTML inside reach about 20
MOST_ELEMENTS = 40_000  # what is inside of cut ones aside; a feed of 1 MiB has about 15,000
MOST_ATTRIBUTES = 40  # of one element; a root with all its namespaces has 20
MOST_FIELDS = 40  # of one entry or feed

_ENTRIES = frozenset(("item", "entry"))
_CONTAINERS = frozenset(("rss", "rdf", "feed", "channel")) | _ENTRIES
_FIELDS = frozenset(
    (
        *("title", "link", "guid", "id", "language"),
        *("description", "summary", "content", "encoded", "body"),
        *("pubdate", "published", "updated", "date", "issued", "modified", "created"),
    )
)


class MarkupError(ValueError):
    """The bytes are no feed that may be parsed; the text says why."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A well-formed feed in UTF-8, from its root element on.

    Attributes:
        data: what to parse.
        entries: how many entries the feed had before.
    """

    data: bytes
    entries: int


def trimmed(octets: bytes, max_entries: int) -> Trimmed:
    """Cut out entries beyond `max_entries`, and all fields that nobody reads.

    Raises:
        expat.ExpatError: it is not well formed.
        MarkupError: it is made to be slow.
    """
    trimmer = _Trimmer(octets, max_entries)
    _read(octets, trimmer)
    data = trimmer.rest()
    _read(data, None)  # what is handed on is well formed, whatever was cut
    return Trimmed(data, trimmer.entries)


def _read(octets: bytes, trimmer: "_Trimmer | None") -> None:
    parser = expat.ParserCreate("utf-8", " ")
    if trimmer is not None:
        trimmer.parser = parser
        parser.StartElementHandler = trimmer.start
        parser.EndElementHandler = trimmer.end
    parser.Parse(octets, True)  # noqa: FBT003 - expat takes no keywords


class _Trimmer:
    """Hears where elements begin and end; notes which octets to cut."""

    parser: expat.XMLParserType

    def __init__(self, octets: bytes, max_entries: int) -> None:
        self.entries = 0
        self._octets = octets
        self._max_entries = max_entries
        self._spans: list[tuple[int, int]] = []
        self._fields = [0]  # so far, of each container that is open
        self._depth = 0
        self._inside = 0  # depth of the field, kept or cut, that we are in
        self._cut_from = -1
        self._elements = 0

    def rest(self) -> bytes:
        """Give the octets without those that were cut."""
        kept, position = [], 0
        for start, end in self._spans:
            kept.append(self._octets[position:start])
            position = end
        return b"".join((*kept, self._octets[position:]))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Decide on an element: look into it, keep it or cut it."""
        self._depth += 1
        self._check(attributes)
        if self._inside:
            return
        local = name.rpartition(" ")[2].lower()
        self.entries += local in _ENTRIES
        if local in _CONTAINERS and not (local in _ENTRIES and self.entries > self._max_entries):
            self._fields.append(0)
            return
        self._inside = self._depth
        self._fields[-1] += local in _FIELDS
        if local not in _FIELDS or self._fields[-1] > MOST_FIELDS:
            self._cut_from = self.parser.CurrentByteIndex

    def end(self, _name: str) -> None:
        """Close an element, and its cut if that began with it."""
        self._depth -= 1
        if not self._inside:
            self._fields.pop()
        elif self._depth < self._inside:
            self._inside = 0
            if self._cut_from >= 0:
                self._spans.append((self._cut_from, self._after_tag()))
                self._cut_from = -1

    def _check(self, attributes: dict[str, str]) -> None:
        self._elements += self._cut_from < 0
        if self._depth > MOST_DEPTH:
            raise MarkupError(f"nested deeper than {MOST_DEPTH} levels")
        if self._elements > MOST_ELEMENTS:
            raise MarkupError(f"more than {MOST_ELEMENTS} elements")
        if len(attributes) > MOST_ATTRIBUTES:
            raise MarkupError(f"an element with more than {MOST_ATTRIBUTES} attributes")

    def _after_tag(self) -> int:
        """Find where the cut element ends.

        Of `<a></a>` expat gives the start of the end tag, of `<a/>` the end
        of it all.
        """
        at = self.parser.CurrentByteIndex
        name = self._octets[self._cut_from + 1 : at].split(None, 1)[0].split(b">")[0].rstrip(b"/")
        if self._octets.startswith(b"</" + name, at):
            return self._octets.index(b">", at) + 1
        return at
