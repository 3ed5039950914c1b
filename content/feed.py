"""Read RSS and Atom into items.

A feed is read as a whole or refused with one reason; an entry that cannot
be used is refused by itself.  feedparser only ever sees bytes that
`content.markup` found well formed and small, and none of its HTML work is
wanted: `content.clean` strips what is left.
"""

import calendar
import io
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit, urlunsplit

import feedparser  # type: ignore[import-untyped]  # it ships no types

from content.clean import clean
from content.item import Item, digest_of
from content.markup import safe_markup
from content.sentences import sentences
from content.trim import MarkupError

MOST_OCTETS = 1 << 20
MOST_AHEAD = timedelta(minutes=15)  # of our clock; a date beyond is not believed

# Characters before markup is stripped: what HTML parsers do beyond may cost
# quadratic time, and no message has room for a thousandth of it.
MOST_TITLE = 2_000
MOST_BODY = 20_000
MOST_KEY = 500

# feedparser runs a hundred handlers over what strangers wrote; these are the
# ways in which a handler fails on input that nobody thought of.
_HANDLER_FAILURES = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    RecursionError,
)  # fmt: skip


_Entry: TypeAlias = Mapping[str, object]


class FeedError(ValueError):
    """The bytes cannot be read as a feed; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed said.

    Attributes:
        title: of the feed, perhaps empty.
        items: in the feed's order, each key once.
        refused: one reason for each entry that was left out.
    """

    title: str
    items: tuple[Item, ...]
    refused: tuple[str, ...]


class _EntryError(ValueError):
    """This entry cannot be used; the text says why."""


def parse(
    data: bytes,
    *,
    content_type: str = "",
    base_url: str = "",
    now: datetime,
    max_items: int = 200,
) -> Feed:
    """Read a feed.

    Args:
        data: as fetched, in whatever encoding.
        content_type: the HTTP header, for its charset.
        base_url: what relative links start from.
        now: aware; an entry dated over 15 minutes later is refused.
        max_items: entries beyond are not read.

    Raises:
        FeedError: it is empty, over 1 MiB, not a feed, or broken; nothing
            else is raised, whatever the bytes.
    """
    if not data.strip():
        raise FeedError("empty")
    if len(data) > MOST_OCTETS:
        raise FeedError(f"{len(data)} octets long, at most {MOST_OCTETS} are read")
    try:
        markup = safe_markup(data, content_type=content_type, max_entries=max_items)
    except MarkupError as error:
        raise FeedError(str(error)) from None
    parsed = _parsed(markup.data)
    items, refused = _items(
        parsed.entries, _base(parsed.feed, base_url), _language(parsed.feed), now
    )
    if markup.entries > max_items:
        refused.append(
            f"{markup.entries - max_items} entries after the first {max_items}: not read"
        )
    return Feed(clean(_text(parsed.feed, "title")[:MOST_TITLE]), tuple(items), tuple(refused))


def _parsed(xml: bytes) -> feedparser.FeedParserDict:
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(xml),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _HANDLER_FAILURES as error:
        raise FeedError(f"feedparser failed on it: {type(error).__name__}") from error


def _items(
    entries: Iterable[_Entry], base: str, language: str | None, now: datetime
) -> tuple[list[Item], list[str]]:
    """Make items of entries; the newest entry of one key stands."""
    items: dict[str, Item] = {}
    refused = []
    for number, entry in enumerate(entries, start=1):
        try:
            item = _item(entry, base, language, now)
        except _EntryError as reason:
            refused.append(f"entry {number}: {reason}")
            continue
        if item.key not in items or _newer(item, items[item.key]):
            items[item.key] = item
    return list(items.values()), refused


def _item(entry: _Entry, base: str, language: str | None, now: datetime) -> Item:
    body = clean(_shortened(_body(entry), MOST_BODY))
    title = clean(_shortened(_text(entry, "title"), MOST_TITLE)) or next(sentences(body), "")
    if not title:
        raise _EntryError("neither title nor text")
    link = _link(base, _address(entry))
    published_at = _published_at(entry)
    if published_at and published_at > now + MOST_AHEAD:
        raise _EntryError(f"dated {published_at:%Y-%m-%d %H:%M} UTC, which is yet to come")
    digest = digest_of(title, body, link, published_at)
    key = clean(_text(entry, "id")[:MOST_KEY]) or link or digest
    return Item(key, title, body, link, published_at, _language(entry) or language, digest)


def _newer(item: Item, other: Item) -> bool:
    if item.published_at is None or other.published_at is None:
        return False
    return item.published_at > other.published_at


def _body(entry: _Entry) -> str:
    """Give the summary, or, where there is none, the longer content."""
    summary = _text(entry, "summary")
    if summary.strip():
        return summary
    contents = entry.get("content")
    first = contents[0] if isinstance(contents, list) and contents else {}
    return _text(first, "value")


def _text(entry: _Entry, field: str) -> str:
    value = entry.get(field)
    return value if isinstance(value, str) else ""


def _shortened(text: str, most: int) -> str:
    """Cut after a word, for a cut tag or entity would be taken for text."""
    return text if len(text) <= most else text[:most].rsplit(None, 1)[0]


def _published_at(entry: _Entry) -> datetime | None:
    for field in ("published_parsed", "updated_parsed"):
        parts = dict.get(entry, field) if isinstance(entry, dict) else None
        if isinstance(parts, time.struct_time):
            return _utc(parts)
    return None


def _utc(parts: time.struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _address(entry: _Entry) -> str:
    """Give the link; feedparser puts the id in its place, web address or not."""
    link = _text(entry, "link")
    return "" if link == _text(entry, "id") and "://" not in link else link


def _base(feed: _Entry, base_url: str) -> str:
    return base_url or _text(feed, "link")


def _link(base: str, link: str) -> str:
    """Make a link absolute; drop it unless it leads to the web."""
    if not link:
        return ""
    try:
        parts = urlsplit(urljoin(base, clean(link[:MOST_TITLE]).replace(" ", "%20")))
        host = parts.netloc.rpartition("@")[2]
        web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, *parts[2:])) if web else ""


def _language(entry: _Entry) -> str | None:
    """Give the primary subtag, such as `ru` of `ru-RU` (BCP 47)."""
    detail = entry.get("title_detail")
    named = _text(entry, "language") or (
        _text(detail, "language") if isinstance(detail, dict) else ""
    )
    primary = named.replace("_", "-").partition("-")[0].strip().lower()
    return primary if primary.isascii() and primary.isalpha() and len(primary) in {2, 3} else None
