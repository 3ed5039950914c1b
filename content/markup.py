"""Make feed bytes safe and cheap to parse.

feedparser guesses encodings, repairs what is broken and looks into every
element.  On hostile bytes that takes minutes, so it gets none: a feed must
have a feed's root, no document type declaration (entities are declared in
it, XML 1.0 4.2) and be well formed; a few slips that real feeds make are
mended.  Then it is trimmed to what is read.
"""

import html.entities
import re
from xml.parsers import expat

from content.encoding import decoded
from content.trim import MarkupError, Trimmed, trimmed

# What may stand before the root element (XML 1.0 2.8), the declaration of a type aside.
_ASIDES = (("<?", "?>"), ("<!--", "-->"))
_LEADING_SPACE = re.compile(r"[\s\ufeff]*")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ROOTS = frozenset(("rss", "rdf", "feed"))

# XML 1.0 2.2: what may not stand in a document at all.
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_REFERENCE = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(\w{2,31};)?")

MOST_PREFIXES = 20  # that are mended; no feed uses more

# Prefixes that feeds use and forget to declare.
_PREFIX = re.compile(r"</?([A-Za-z][\w.-]{0,30}):[A-Za-z]")
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


def safe_markup(data: bytes, *, content_type: str, max_entries: int) -> Trimmed:
    """Decode, inspect and trim a feed.

    Raises:
        MarkupError: it is no feed, declares a type or entities, is made to
            be slow, or is broken beyond stray ampersands and prefixes.
    """
    text = _from_root(decoded(data, content_type))
    try:
        return trimmed(text.encode(), max_entries)
    except expat.ExpatError:
        return _trimmed_or_reason(_mended(text).encode(), max_entries)


def _from_root(text: str) -> str:
    """Drop what precedes the root element; refuse what is no feed's root."""
    start = _prolog_end(text)
    if text.startswith("<!", start):
        kind = text[start : start + 40].lower()
        if kind.startswith("<!doctype html"):
            raise MarkupError("an HTML page, not a feed: give the address of the feed itself")
        raise MarkupError("declares a document type (DOCTYPE), which a feed has no need of")
    root = _ROOT.match(text, start)
    if root is None:
        raise MarkupError("no XML: a feed begins with <rss>, <rdf:RDF> or <feed>")
    if root.group(1).lower() not in _ROOTS:
        raise MarkupError(f"XML, but no feed: its root is <{root.group(1)[:40]}>")
    return _ILLEGAL.sub("", text[start:].rstrip())


def _prolog_end(text: str) -> int:
    """Find where white space, instructions and comments end."""
    position = 0
    while True:
        space = _LEADING_SPACE.match(text, position)
        position = space.end() if space else position
        closer = next((end for start, end in _ASIDES if text.startswith(start, position)), "")
        if not closer:
            return position
        closed = text.find(closer, position)
        if closed < 0:
            raise MarkupError(f"no XML: {closer!r} is missing before the root element")
        position = closed + len(closer)


def _trimmed_or_reason(octets: bytes, max_entries: int) -> Trimmed:
    try:
        return trimmed(octets, max_entries)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise MarkupError(f"broken XML at line {error.lineno}: {reason}") from None


def _mended(text: str) -> str:
    """Mend what feeds most often have wrong: entities of HTML, prefixes."""
    mended = _REFERENCE.sub(_in_xml, _ILLEGAL_REFERENCE.sub("", text))
    root = _ROOT.match(mended)
    if root is None:
        return mended
    opening = mended[: mended.find(">") + 1]
    used = set(_PREFIX.findall(mended)) - {"xml"}
    missing = [one for one in sorted(used)[:MOST_PREFIXES] if f"xmlns:{one}=" not in opening]
    declared = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, "urn:undeclared")}"' for prefix in missing
    )
    return mended[: root.end()] + declared + mended[root.end() :]


def _in_xml(match: re.Match[str]) -> str:
    """Write an entity of HTML as the character it is, and a bare `&` as XML does."""
    name = match.group(1)
    if name and name in html.entities.html5:
        return html.entities.html5[name]
    return "&amp;" + (name or "")
