"""How a bulletin reads on a phone: in a language, in a script, within so many parts.

Each message says what happened first, then where it comes from, how far it is
confirmed, as of when, and its number.  The latin and plain forms are made
here from the same words; nobody writes them.  What differs between SMS and the
mesh stands in `relay.forms`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.texts import Texts
from content.language import nearest
from content.latin import latin
from content.plain import plain
from content.shorten import shorten
from gateways.mesh.packets import PAGE_OCTETS, octets
from relay.forms import MESH, SMS, Cut, Form
from relay.values import Bulletin, Notice

YEAR_SHOWN_MS = 180 * 86_400_000
LEAST_WORDS_OCTETS = 60  # of a packet: place and source give way to what happened


def in_script(text: str, language: str, script: str) -> str:
    """The same words for a phone without Kazakh letters, or without Cyrillic."""
    if script == "latin":
        return latin(text, language)
    return plain(text) if script == "plain" else text


def _wider_place(place: str, most: int) -> str:
    """The place, or what it lies in: "Almaty, Bostandyk, Abay street" without its end."""
    parts = place.split(", ")
    wider = (", ".join(parts[:count]) for count in range(len(parts), 0, -1))
    fitting = (one for one in wider if octets(one) <= most)
    return next(fitting, "") or shorten(place, lambda text: octets(text) <= most)


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody reads."""

    language: str
    script: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the words of a bulletin; `language` is that of the words."""

    bulletin: Bulletin
    reader: Reader
    language: str
    place: str
    source: str


@dataclass(frozen=True, slots=True)
class Renderer:
    """What all messages of one node on one medium have in common.

    Attributes:
        owners: who stands behind each source, by the source's name.
        languages: of the node, the first serves where nothing nearer is there.
        max_segments: a bulletin takes no more, where its medium does not say otherwise.
        form: what messages of the medium look like.
        channel: the name of the node's own channel on the mesh.
    """

    texts: Texts
    owners: Mapping[str, str]
    languages: Sequence[str]
    zone: ZoneInfo
    max_segments: int
    form: Form = SMS
    channel: str = ""

    def say(self, key: str, reader: Reader, /, **values: object) -> str:
        """A sentence of the catalogue, as this medium says it and as `reader` reads it."""
        values = {"channel": self.channel, **values}
        said = self.texts.say(self.form.variants.get(key, key), reader.language, **values)
        return in_script(said, reader.language, reader.script)

    def cut(self, text: str) -> Cut:
        """A text as it goes on air."""
        return self.form.cut(text)

    def when(self, ms: int, near_ms: int | None = None) -> str:
        """A time as people read it: local, day first; with its year if far from `near_ms`."""
        far = near_ms is not None and abs(near_ms - ms) > YEAR_SHOWN_MS
        form = "%d.%m.%Y %H:%M" if far else "%d.%m %H:%M"
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(self.zone).strftime(form)

    def as_of(self, bulletin: Bulletin) -> str:
        """As of when a bulletin is true; old news must not look like this year's."""
        return self.when(bulletin.valid_from_ms, bulletin.expires_ms)

    # A bulletin.

    def segments(self, bulletin: Bulletin, reader: Reader) -> Cut:
        """A bulletin as it goes on air."""
        return self.cut(self.bulletin(bulletin, reader))

    def broadcast(self, bulletin: Bulletin, reader: Reader) -> str:
        """A bulletin to everybody on the mesh: one packet of at most 200 octets.

        It stands alone.  All of it is in one language: the reader's, else the nearest that
        the bulletin has.

        Raises:
            ValueError: it is an exercise, which is for volunteers alone.
        """
        if bulletin.exercise:
            raise ValueError(f"#{bulletin.number} is an exercise, which is never broadcast")
        language = nearest(reader.language, bulletin.texts, self.languages)
        mesh = replace(self, form=MESH)
        return mesh.bulletin(bulletin, replace(reader, language=language))

    def bulletin(self, bulletin: Bulletin, reader: Reader) -> str:
        """A bulletin as people read it; what does not fit is left to ask for by its number."""
        if bulletin.notice is Notice.WITHDRAWAL:
            when = self.as_of(bulletin)
            text = self.say("withdrawn_notice", reader, number=bulletin.number, when=when)
            return self._exercise(bulletin, reader, text)
        body, language = self.body(bulletin, reader)
        place = in_script(bulletin.place, reader.language, reader.script)
        frame = _Frame(bulletin, reader, language, place, self._source_said(bulletin, reader))
        if self.form.compact:
            frame = self._bounded(frame, body)
        most = self.most(self.form.bulletin_parts)
        return self.form.fitted(body, lambda text: self._framed(frame, text), most)

    def most(self, parts: int | None) -> int:
        """The most parts, where the form leaves it to the settings."""
        return self.max_segments if parts is None else parts

    def body(self, bulletin: Bulletin, reader: Reader) -> tuple[str, str]:
        """The words of a bulletin that serve `reader` best, and their language."""
        language = nearest(reader.language, bulletin.texts, self.languages)
        return in_script(bulletin.texts[language], language, reader.script), language

    def _bounded(self, frame: _Frame, body: str) -> _Frame:
        """The frame with a place and a source that leave a packet room for its words.

        A name is not cut: of a place the streets go first, more sources give way to the first
        one, and its name to what it is.
        """
        bulletin, reader = frame.bulletin, frame.reader
        bare = self._framed(replace(frame, source=""), "")
        room = PAGE_OCTETS - octets(bare) + octets(frame.place)
        room -= min(octets(body), LEAST_WORDS_OCTETS)
        names = (frame.source, *self._owners(bulletin)[:1], self.origin(bulletin, reader))
        *longer, origin = (in_script(name, reader.language, reader.script) for name in names)
        place = _wider_place(frame.place, room - octets(origin))
        fitting = (name for name in longer if octets(place + name) <= room)
        return replace(frame, place=place, source=next(fitting, origin))

    def _framed(self, frame: _Frame, text: str) -> str:
        bulletin, reader = frame.bulletin, frame.reader
        text = self.only_in(frame.language, reader) + text
        values = {
            "place": frame.place,
            "text": text if text.endswith((".", "!", "?")) else text + ".",
            "source": frame.source,
            "number": bulletin.number,
            **self._assured(bulletin, reader),
        }
        framed = self.say(self._frame_key(frame), reader, **values)
        if bulletin.notice is Notice.CORRECTION:
            framed = framed.removesuffix(f" #{bulletin.number}")
            framed = self.say("correction", reader, number=bulletin.number, text=framed)
        return self._exercise(bulletin, reader, framed)

    def _frame_key(self, frame: _Frame) -> str:
        if self.form.compact:
            return "bulletin_short" if frame.place else "bulletin_short_anywhere"
        return "bulletin" if frame.place else "bulletin_anywhere"

    def _assured(self, bulletin: Bulletin, reader: Reader) -> Mapping[str, str]:
        """How far a bulletin is confirmed, and as of when."""
        when = self.as_of(bulletin)
        if self.form.compact:
            level = self.texts.say(f"short_level.{bulletin.level}", reader.language)
            return {"level": level, "when": when}
        level = self.texts.say(f"level.{bulletin.level}", reader.language)
        return {"level": level, "when": self.texts.say("as_of", reader.language, when=when)}

    def _exercise(self, bulletin: Bulletin, reader: Reader, text: str) -> str:
        if not bulletin.exercise:
            return text
        word = self.say("exercise", reader)
        return f"{word}. {text} {word}"

    def only_in(self, language: str, reader: Reader) -> str:
        """What stands before words of a language that is not the reader's."""
        if language == reader.language:
            return ""
        named = self._named(language, reader)
        return self.texts.say("only_in", reader.language, language=named) + " "

    def _named(self, language: str, reader: Reader) -> str:
        return self.texts.say(f"language.{language}", reader.language)

    def _source_said(self, bulletin: Bulletin, reader: Reader) -> str:
        """Where a bulletin comes from, as its frame says it."""
        if self.form.compact:
            name = self.named_source(bulletin, reader)
            return in_script(name, reader.language, reader.script)
        return self.source_line(bulletin, reader)

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
        return ", ".join(self._owners(bulletin)) or self.origin(bulletin, reader)

    def _owners(self, bulletin: Bulletin) -> Sequence[str]:
        return sorted({self.owners.get(name, name) for name in bulletin.sources})

    def with_rest(self, head: str, bulletin: Bulletin, reader: Reader) -> str:
        """`head`, and as much of the bulletin's own words as may follow it."""
        body, _ = self.body(bulletin, reader)
        return self.form.fitted(body, lambda text: f"{head}\n{text}", self.form.answer_parts)
