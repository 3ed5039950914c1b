"""What came in and is committed, until it is handled: one transaction a message.

A text changes the person, queues its answers and is marked as handled all at
once, so that a crash either left no trace of it or left nothing to do.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateways.base import Heard, HeardNothing, HeardReport, HeardText
from gateways.sms.reassembly import Part, assemble
from gateways.sms.udh import Concat
from relay.clock import Clock, millis
from relay.commands.answers import Said, Turn
from relay.commands.conversation import is_reading
from relay.commands.library import Library
from relay.keys import Keys, LockedError, SealError
from relay.keywords import Command
from relay.media import Medium
from relay.reports import Match
from relay.store import Store, StoreError
from relay.store.inbox import Arrival
from relay.values import Kind, NewParcel, Person, PersonState, Urgency

log = logging.getLogger("jarshy.inbox")

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How often the node answers; `expire_s` is how long an answer is worth sending."""

    person_hour: int
    person_day: int
    unknown_day: int
    node_hour: int
    expire_s: int


@dataclass(frozen=True, slots=True)
class Reception:
    """Handles what came in.

    `media` by name; `library` is what there is to tell at a time.
    """

    store: Store
    keys: Keys
    clock: Clock
    media: Mapping[str, Medium]
    limits: Limits
    language: str
    library: Callable[[int], Library]

    def work(self) -> int:
        """Handle what is there; returns how many rows are done with."""
        done = 0
        for arrival in self.store.inbox.received():
            try:
                with self.store.transaction():
                    done += self._handle(arrival)
            except StoreError:
                raise
            except Exception:
                # Whatever we stumble on must not hold up all who wrote after it.
                log.exception("%s: message %d set aside", arrival.gateway, arrival.id)
                self._set_aside(arrival)
                done += 1
        return done

    def _set_aside(self, arrival: Arrival) -> None:
        with self.store.transaction():
            self.store.meta.count("quarantined")
            self.store.inbox.quarantine([arrival.id], "a mistake of ours, see the log")

    def _handle(self, arrival: Arrival) -> bool:
        """Handle one row; False where it is too early for that."""
        heard = self._heard(arrival)
        if heard is None:
            self.store.inbox.defer(arrival.id)
        elif isinstance(heard, HeardReport):
            return self._report(heard, arrival)
        elif isinstance(heard, HeardText):
            self._part(heard, arrival)
        else:
            self._nothing(heard, arrival)
        return True

    def _heard(self, arrival: Arrival) -> Heard | None:
        """What a row says; None where only the key could tell."""
        try:
            octets = self.keys.open("inbound", arrival.raw_sealed)
        except LockedError:
            return None
        except SealError as error:
            return HeardNothing(str(error), broken=True)
        return self.media[arrival.medium].interpret(octets)

    def _nothing(self, heard: HeardNothing, arrival: Arrival) -> None:
        if heard.broken:
            self.store.meta.count("quarantined")
            self.store.inbox.quarantine([arrival.id], heard.reason)
            log.warning("%s: message %d set aside: %s", arrival.gateway, arrival.id, heard.reason)
        else:
            self.store.meta.count("handled")
            self.store.inbox.handled([arrival.id])
            log.info("%s: message %d ignored: %s", arrival.gateway, arrival.id, heard.reason)

    def _report(self, heard: HeardReport, arrival: Arrival) -> bool:
        if heard.sent_at is not None:
            self.clock.witness(millis(heard.sent_at))
        tag = self.keys.tag("person", heard.recipient)
        settle = self.media[arrival.medium].settle
        match = settle(self.store, heard, tag, arrival, self.clock.now_ms())
        if match is Match.NOTHING and self.keys.locked:
            self.store.inbox.defer(arrival.id)
        elif match is Match.NOT_YET:
            self.store.inbox.postpone(arrival.id)
        else:
            self.store.inbox.handled([arrival.id])
        return match is not Match.NOT_YET

    # Texts.

    def _part(self, heard: HeardText, arrival: Arrival) -> None:
        if heard.sent_at is not None:
            self.clock.witness(millis(heard.sent_at))
        if heard.parts == 1:
            self._text(heard, [arrival.id], arrival)
            return
        key = f"{heard.sender}|{heard.reference}|{heard.wide}|{heard.parts}"
        rows = self.store.inbox.wait_for_rest(
            arrival.id, self.keys.tag("message", key), self.keys.tag("person", heard.sender)
        )
        for whole in assemble(self._as_part(row) for row in rows):
            used = [int(str(row)) for row in whole.used]
            if whole.text is not None:
                self._text(replace(heard, text=whole.text), used, arrival)

    def _as_part(self, row: Arrival) -> Part:
        heard = self._heard(row)
        if not isinstance(heard, HeardText):
            raise TypeError(f"row {row.id} is no part of a message")
        concat = Concat(heard.reference, heard.parts, heard.part, wide=heard.wide)
        received_at = datetime.fromtimestamp(row.received_ms / 1000, UTC)
        return Part(row.id, heard.sender, concat, heard.text, received_at)

    def _text(self, heard: HeardText, rows: list[int], arrival: Arrival) -> None:
        if heard.refusal is not None:
            log.info("%s: message %d not answered: %s", arrival.gateway, rows[0], heard.refusal)
        elif not self._answer(heard, arrival):
            for row in rows:
                self.store.inbox.defer(row)
            return
        self.store.meta.count("handled")
        self.store.inbox.handled(rows)

    def _answer(self, heard: HeardText, arrival: Arrival) -> bool:
        """Answer a person; False where that must wait until the node is unlocked."""
        conversation = self.media[arrival.medium].conversation
        command = conversation.understand(heard.text)
        if self.keys.locked and not is_reading(command):
            return False
        if self.keys.locked and command is None:
            return True  # who knows nobody offers no help: it may be somebody who has stopped
        if is_reading(command) and self._is_stale(heard):
            log.info("%s: message %d not answered: too old", arrival.gateway, arrival.id)
            return True
        now_ms = self.clock.now_ms()
        person = self._person(heard.sender, arrival)
        turn = conversation.turn(person, command, self.library(now_ms))
        allowed = self._allowed(turn, command, person.tag)
        if not allowed:
            # Who was not told what this is has still to be told.
            turn = replace(turn, person=replace(turn.person, greeted=person.greeted))
        if not self.keys.locked:
            self._remember(turn, now_ms)
        for said in turn.says if allowed else ():
            self._say(said, turn, heard.sender, arrival, now_ms)
        return True

    def _is_stale(self, heard: HeardText) -> bool:
        if heard.sent_at is None or not self.clock.is_trusted():
            return False
        return self.clock.now_ms() - millis(heard.sent_at) > self.limits.expire_s * 1000

    def _person(self, number: str, arrival: Arrival) -> Person:
        """Who this is; whoever stopped has no number here, so it is taken from the message."""
        tag = self.keys.tag("person", number)
        sealed = self.keys.seal("number", number)
        known = None if self.keys.locked else self.store.people.find(tag)
        if known is not None:
            return replace(known, number_sealed=sealed, gateway=arrival.gateway)
        return Person(
            id=0,
            tag=tag,
            medium=arrival.medium,
            mask=self.media[arrival.medium].mask(number),
            state=PersonState.CONTACT,
            language=self.language,
            script="cyrillic",
            topics=frozenset(),
            # A locked node knows nobody; it greets nobody rather than everybody each time.
            greeted=self.keys.locked,
            gateway=arrival.gateway,
            number_sealed=sealed,
            volunteer=False,
            chose_language=False,
        )

    def _remember(self, turn: Turn, now_ms: int) -> None:
        person = turn.person
        if turn.stop:
            self.store.outbox.cancel_person(person.tag, now_ms)
        if turn.erase:
            self.store.people.erase(person.tag)
            self.store.inbox.erase(person.tag)
        elif person.id:
            if person.state is PersonState.STOPPED:
                person = replace(person, number_sealed=None)
            self.store.people.save(person, now_ms)
        else:
            self.store.people.add(person, now_ms)

    def _allowed(self, turn: Turn, command: Command | None, tag: bytes) -> bool:
        """Whether the answers may go, and if so write down that they go."""
        if not turn.says:
            return False
        mine = self.keys.tag("answer", tag)
        meter_ms = self.clock.meter_ms()
        people, limits = self.store.people, self.limits
        within = (
            people.answers(mine, meter_ms - HOUR_MS) < limits.person_hour
            and people.answers(mine, meter_ms - DAY_MS) < limits.person_day
            and people.all_answers(meter_ms - HOUR_MS) < limits.node_hour
        )
        if command is None:
            today = people.answers(mine, meter_ms - DAY_MS, "unknown")
            within = within and today < limits.unknown_day
        # A STOP is confirmed whatever the limits say, as it is the last that they get; but once
        # a day, and to whom we ever wrote, or two words by turns could spend the budget.
        if turn.stop and turn.person.greeted:
            within = within or not people.answers(mine, meter_ms - DAY_MS, "stop")
        if not within:
            return False
        kind = "stop" if turn.stop else "unknown" if command is None else "answer"
        for _ in turn.says:
            people.answered(mine, kind, meter_ms)
        return True

    def _say(self, said: Said, turn: Turn, number: str, arrival: Arrival, now_ms: int) -> None:
        cut = self.media[arrival.medium].conversation.render.cut(said.text)
        self.store.outbox.add(
            NewParcel(
                medium=arrival.medium,
                tag=turn.person.tag,
                recipient_sealed=self.keys.seal("number", number),
                mask=turn.person.mask,
                kind=Kind.REPLY,
                urgency=Urgency.PRIORITY,
                parts_sealed=tuple(self.keys.seal("text", part) for part in cut.parts),
                wide=cut.wide,
                expires_ms=self._worth_until_ms(said, now_ms),
                gateway=arrival.gateway,
                ephemeral=turn.erase,
                bulletins=said.bulletins,
            ),
            now_ms,
        )

    def _worth_until_ms(self, said: Said, now_ms: int) -> int:
        """Until when an answer may go: no longer than what it tells is true."""
        ends = [self.store.bulletins.get(row).expires_ms for row in said.bulletins]
        return min([now_ms + self.limits.expire_s * 1000, *ends])
