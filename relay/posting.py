"""Messages that the operator sends to one person: plain ones, and invitations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from config.settings import Settings
from gateways.sms.numbers import NumberError, mask, normalise
from gateways.sms.segments import Encoding, TooManySegments, segment
from relay.keys import Keys, LockedError
from relay.render import Reader, Renderer
from relay.store import Store
from relay.values import Kind, NewParcel, Person, PersonState, Urgency

MOST_SEGMENTS = 6


class PostingError(ValueError):
    """This message cannot be sent to this person; the text says why, without the number."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain message to one person; `expires_s` from now."""

    to: str
    text: str
    urgency: Urgency
    expires_s: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom the operator wants to be told things.

    `consented`: they have said yes elsewhere.  `volunteer`: they also get drills.
    """

    number: str
    reader: Reader
    topics: frozenset[str]
    consented: bool
    volunteer: bool


@dataclass(frozen=True, slots=True)
class Post:
    """Queues messages from the operator's hand.

    Raises from each call:
        LockedError: the key is not here.
    """

    store: Store
    keys: Keys
    settings: Settings

    def number(self, raw: str) -> str:
        """A number as the network knows it, if it may be written to.

        Raises:
            PostingError: it may not.
        """
        node = self.settings.node
        try:
            number = normalise(raw, node.country_code, node.trunk_prefix)
        except NumberError as error:
            raise PostingError(str(error)) from None
        if not number.startswith(tuple(node.allowed_prefixes)):
            allowed = ", ".join(node.allowed_prefixes)
            raise PostingError(
                f"{mask(number)} is outside the allowed prefixes ({allowed}); see"
                " `allowed_prefixes` in the settings"
            )
        return number

    def send(self, letters: Iterable[Letter], now_ms: int) -> list[int]:
        """Queue plain messages, all or none; returns their ids.

        Raises:
            PostingError: one cannot be sent; it says which.
        """
        if self.keys.locked:
            raise LockedError
        with self.store.transaction():
            return [self._send(letter, at, now_ms) for at, letter in enumerate(letters, 1)]

    def _send(self, letter: Letter, at: int, now_ms: int) -> int:
        try:
            number = self.number(letter.to)
            tag = self._tag_unless_stopped(number)
            return self._queue(number, tag, letter, Kind.PLAIN, now_ms)
        except (PostingError, TooManySegments) as error:
            raise PostingError(f"message {at}: {error}") from None

    def _tag_unless_stopped(self, number: str) -> bytes:
        tag = self.keys.tag("person", number)
        known = self.store.people.find(tag)
        if known is not None and known.state is PersonState.STOPPED:
            raise PostingError(f"{known.mask} has sent STOP and is not written to")
        return tag

    def _queue(self, number: str, tag: bytes, letter: Letter, kind: Kind, now_ms: int) -> int:
        if not letter.text.strip():
            raise PostingError("the text is empty")
        cut = segment(letter.text, MOST_SEGMENTS)
        parcel = NewParcel(
            medium="sms",
            tag=tag,
            recipient_sealed=self.keys.seal("number", number),
            mask=mask(number),
            kind=kind,
            urgency=letter.urgency,
            parts_sealed=tuple(self.keys.seal("text", part) for part in cut.parts),
            wide=cut.encoding is Encoding.UCS2,
            expires_ms=now_ms + letter.expires_s * 1000,
            reserve=letter.urgency is Urgency.URGENT,
        )
        return self.store.outbox.add(parcel, now_ms)

    def enrol(self, newcomer: Newcomer, render: Renderer, now_ms: int) -> Person:
        """Invite a person by one message, or take them on where they have consented elsewhere.

        Raises:
            PostingError: they have stopped, or the number may not be written to.
        """
        if self.keys.locked:
            raise LockedError
        number = self.number(newcomer.number)
        tag = self.keys.tag("person", number)
        with self.store.transaction():
            known = self.store.people.find(tag)
            if known is None:
                return self._enrol_new(newcomer, number, tag, render, now_ms)
            return self._enrol_known(newcomer, known, number, render, now_ms)

    def _enrol_new(
        self, newcomer: Newcomer, number: str, tag: bytes, render: Renderer, now_ms: int
    ) -> Person:
        person = Person(
            id=0,
            tag=tag,
            medium="sms",
            mask=mask(number),
            state=PersonState.CONTACT,
            language=newcomer.reader.language,
            script=newcomer.reader.script,
            topics=newcomer.topics,
            # Whoever consented elsewhere was told there what this is.
            greeted=newcomer.consented,
            gateway=None,
            number_sealed=self.keys.seal("number", number),
            volunteer=newcomer.volunteer,
            chose_language=True,
        )
        person = replace(person, id=self.store.people.add(person, now_ms))
        return self._enrol_known(newcomer, person, number, render, now_ms)

    def _enrol_known(
        self, newcomer: Newcomer, known: Person, number: str, render: Renderer, now_ms: int
    ) -> Person:
        """Whoever has subscribed keeps what they chose; whoever has not is asked once."""
        if known.state is PersonState.STOPPED:
            raise PostingError(f"{known.mask} has sent STOP; only they can come back, by texting 1")
        person = replace(known, volunteer=known.volunteer or newcomer.volunteer)
        if known.state is not PersonState.ACTIVE:
            person = replace(
                person,
                state=PersonState.ACTIVE if newcomer.consented else PersonState.INVITED,
                language=newcomer.reader.language,
                script=newcomer.reader.script,
                topics=newcomer.topics,
                chose_language=True,
            )
        if person.state is PersonState.INVITED and not self.store.outbox.has_invited(person.tag):
            self._invite(person, number, render, now_ms)
            person = replace(person, greeted=True)
        self.store.people.save(person, now_ms)
        return person

    def _invite(self, person: Person, number: str, render: Renderer, now_ms: int) -> None:
        text = render.say("invite", Reader(person.language, person.script))
        letter = Letter(number, text, Urgency.ROUTINE, self.settings.outbox.expire_s)
        self._queue(number, person.tag, letter, Kind.INVITE, now_ms)
