"""How a bulletin reads on a phone: in a language, in a script, within so many segments.

Each message says what happened first, then where it comes from, how far it is
confirmed, as of when, and its number.  The latin and plain forms are made
here from the same words; nobody writes them.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.texts import Texts
from content.language import nearest
from content.latin import latin
from content.plain import plain
from content.shorten import shorten
from gateways.sms.segments import MOST_PARTS, Segmented, cost, segment
from relay.values import Bulletin, Notice

# Weakest first: what a digest says of several must hold for each.
LEVELS = ("withdrawn", "refuted", "one_source", "two_independent", "confirmed_by_editor")


MOST_ANSWER_SEGMENTS = 6  # longer messages seldom arrive whole
YEAR_SHOWN_MS = 180 * 86_400_000


def in_script(text: str, language: str, script: str) -> str:
    """The same words for a phone without Kazakh letters, or without Cyrillic."""
    if script == "latin":
        return latin(text, language)
    return plain(text) if script == "plain" else text


def _cut(body: str, most: int) -> str:
    """The first `most` characters, seen to be cut: whole words, where the first one is whole."""
    start = body[:most]
    return (start.rsplit(" ", 1)[0] if " " in start else start) + " ..."


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody reads."""

    language: str
    script: str


@dataclass(frozen=True, slots=True)
class Digest:
    """Several bulletins in one message, and the rows of those whose words are in it."""

    text: str
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Renderer:
    """What all messages of one node have in common.

    Attributes:
        owners: who stands behind each source, by the source's name.
        languages: of the node, the first serves where nothing nearer is there.
        max_segments: a bulletin takes no more.
    """

    texts: Texts
    owners: Mapping[str, str]
    languages: Sequence[str]
    zone: ZoneInfo
    max_segments: int

    def say(self, key: str, reader: Reader, **values: object) -> str:
        """A sentence of the catalogue, as `reader` reads it."""
        return in_script(
            self.texts.say(key, reader.language, **values), reader.language, reader.script
        )

    def when(self, ms: int, near_ms: int | None = None) -> str:
        """A time as people read it: local, day first; with its year if far from `near_ms`."""
        far = near_ms is not None and abs(near_ms - ms) > YEAR_SHOWN_MS
        form = "%d.%m.%Y %H:%M" if far else "%d.%m %H:%M"
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(self.zone).strftime(form)

    def as_of(self, bulletin: Bulletin) -> str:
        """As of when a bulletin is true; old news must not look like this year's."""
        return self.when(bulletin.valid_from_ms, bulletin.expires_ms)

    # A bulletin.

    def segments(self, bulletin: Bulletin, reader: Reader) -> Segmented:
        """A bulletin as it goes on air."""
        return segment(self.bulletin(bulletin, reader), MOST_PARTS)

    def bulletin(self, bulletin: Bulletin, reader: Reader) -> str:
        """A bulletin as people read it; what does not fit is left to ask for by its number."""
        if bulletin.notice is Notice.WITHDRAWAL:
            when = self.as_of(bulletin)
            text = self.say("withdrawn_notice", reader, number=bulletin.number, when=when)
            return self._exercise(bulletin, reader, text)
        body, language = self._body(bulletin, reader)
        return self._fitted(
            body, lambda text: self._framed(bulletin, reader, text, language), self.max_segments
        )

    @staticmethod
    def _fitted(body: str, framed: Callable[[str], str], at_most: int) -> str:
        """The frame with as much of `body` as `at_most` segments hold.

        Words that no cut leaves true ("… is not lifted") may cost more; beyond what arrives
        whole they are cut all the same, and seen to be.
        """

        def fits(text: str) -> bool:
            return cost(framed(text)) <= at_most

        short = shorten(body, fits)
        if short:
            return framed(short)
        if cost(framed(body)) <= max(at_most, MOST_ANSWER_SEGMENTS):
            return framed(body)
        # Cut behind a word where there is one; a giant word is cut all the same.
        room = bisect_left(range(len(body)), x=True, key=lambda n: not fits(_cut(body, n)))
        return framed(_cut(body, max(1, room - 1)))

    def _body(self, bulletin: Bulletin, reader: Reader) -> tuple[str, str]:
        """The words of a bulletin that serve `reader` best, and their language."""
        language = nearest(reader.language, bulletin.texts, self.languages)
        return in_script(bulletin.texts[language], language, reader.script), language

    def _framed(self, bulletin: Bulletin, reader: Reader, text: str, language: str) -> str:
        text = self._only_in(language, reader) + text
        values = {
            "place": bulletin.place,
            "text": text if text.endswith((".", "!", "?")) else text + ".",
            "source": self.source_line(bulletin, reader),
            "level": self.texts.say(f"level.{bulletin.level}", reader.language),
            "when": self.texts.say("as_of", reader.language, when=self.as_of(bulletin)),
            "number": bulletin.number,
        }
        framed = self.say("bulletin" if bulletin.place else "bulletin_anywhere", reader, **values)
        if bulletin.notice is Notice.CORRECTION:
            framed = framed.removesuffix(f" #{bulletin.number}")
            framed = self.say("correction", reader, number=bulletin.number, text=framed)
        return self._exercise(bulletin, reader, framed)

    def _exercise(self, bulletin: Bulletin, reader: Reader, text: str) -> str:
        if not bulletin.exercise:
            return text
        word = self.say("exercise", reader)
        return f"{word}. {text} {word}"

    def _only_in(self, language: str, reader: Reader) -> str:
        """What stands before words of a language that is not the reader's."""
        if language == reader.language:
            return ""
        named = self._named(language, reader)
        return self.texts.say("only_in", reader.language, language=named) + " "

    def _named(self, language: str, reader: Reader) -> str:
        return self.texts.say(f"language.{language}", reader.language)

    def source_line(self, bulletin: Bulletin, reader: Reader) -> str:
        """Where a bulletin comes from, in the reader's language."""
        return self.texts.say("source_line", reader.language, source=self.source(bulletin, reader))

    def source(self, bulletin: Bulletin, reader: Reader) -> str:
        """Its owners and what they are, or only that where nobody is named."""
        origin = self.origin(bulletin, reader)
        name = self.named_source(bulletin, reader)
        if name == origin:
            return origin
        return self.texts.say("source_named", reader.language, name=name, origin=origin)

    def origin(self, bulletin: Bulletin, reader: Reader) -> str:
        """What kind of source it is."""
        return self.texts.say(f"origin.{bulletin.origin}", reader.language)

    def named_source(self, bulletin: Bulletin, reader: Reader) -> str:
        """Its owners by name, or what kind of source it is."""
        owners = sorted({self.owners.get(name, name) for name in bulletin.sources})
        return ", ".join(owners) or self.origin(bulletin, reader)

    def with_rest(self, head: str, bulletin: Bulletin, reader: Reader) -> str:
        """`head`, and as much of the bulletin's own words as may follow it."""
        body, _ = self._body(bulletin, reader)
        return self._fitted(body, lambda text: f"{head}\n{text}", MOST_ANSWER_SEGMENTS)

    # Several at once.

    def digest(self, bulletins: Sequence[Bulletin], reader: Reader) -> Digest:
        """Some bulletins in one message, each whole; those that do not fit, by number only.

        Source, level and time are said once and hold for all: the weakest level, the oldest
        time.  A single bulletin stands as it was broadcast.
        """
        shown: list[Bulletin] = []
        more: list[Bulletin] = []
        for bulletin in bulletins:
            text = self._listed([*shown, bulletin], [], reader)
            fits = cost(text) <= self.max_segments
            (shown if fits else more).append(bulletin)
        while len(shown) > 1 and cost(self._listed(shown, more, reader)) > self.max_segments:
            more.insert(0, shown.pop())
        if len(shown) <= 1:
            first = (shown or more)[0]
            return Digest(self.bulletin(first, reader), (first.id,))
        return Digest(self._listed(shown, more, reader), tuple(one.id for one in shown))

    def _listed(self, shown: Sequence[Bulletin], more: Sequence[Bulletin], reader: Reader) -> str:
        oldest = min(bulletin.valid_from_ms for bulletin in shown)
        header = self.say("news_header", reader, fresh=self.when(oldest))
        weakest = min((bulletin.level for bulletin in shown), key=LEVELS.index)
        sources = sorted({self.source(bulletin, reader) for bulletin in shown})
        source = self.say("source_line", reader, source=", ".join(sources))
        level = self.say(f"level.{weakest}", reader)
        lines = [header, *(self._entry(bulletin, reader) for bulletin in shown)]
        lines.append(f"{source}; {level}.")
        if more:
            lines.append("+ " + " ".join(f"#{bulletin.number}" for bulletin in more))
        return "\n".join(lines)

    def _entry(self, bulletin: Bulletin, reader: Reader) -> str:
        body, language = self._body(bulletin, reader)
        body = in_script(self._only_in(language, reader), reader.language, reader.script) + body
        place = in_script(bulletin.place, reader.language, reader.script)
        return f"#{bulletin.number} {place}: {body}" if place else f"#{bulletin.number} {body}"
