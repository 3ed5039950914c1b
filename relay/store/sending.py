"""What the owner of a device does with the queue: claim, hand over, settle.

The order of operations is the promise.  `claim` commits a segment as
`sending`, with its price in the ledger, before any octet of it reaches a
device; `settle` commits what became of it.  A segment that is found
`sending` at start may be out or not: it becomes `unknown`.
"""

from dataclasses import asdict, dataclass
from typing import Any

from gateways.base import ON_CHANNEL
from relay import delivery
from relay.store.database import Connection
from relay.store.ledger import Charge, Ledger
from relay.store.parcels import drop_rest_of_failed, recount
from relay.values import Claim, Kind, State, Urgency

SEALED = 61  # octets that sealing adds (relay.keys)
REFERENCES = 256  # 3GPP TS 23.040 9.2.3.24.1: one octet


@dataclass(frozen=True, slots=True)
class Permit:
    """What a budget allows to go at this moment; `why` says what waits, empty where nothing does.

    Attributes:
        urgent: urgent bulletins and corrections to one person.
        answers: to who asked.
        others: anything else to one person.
        urgent_broadcasts: urgent bulletins and corrections to everybody.
        broadcasts: all others to everybody.
    """

    urgent: bool = True
    answers: bool = True
    others: bool = True
    urgent_broadcasts: bool = True
    broadcasts: bool = True
    why: str = ""

    def anything(self) -> bool:
        """Whether there is a point in looking at the queue."""
        return any(
            (self.urgent, self.answers, self.others, self.urgent_broadcasts, self.broadcasts)
        )


ALL = Permit()
RESERVED = Permit(answers=False, others=False, broadcasts=False)


@dataclass(frozen=True, slots=True)
class Lane:
    """What a gateway may take from the queue at this moment.

    Attributes:
        permit: what its budget allows.
        own_channel: whether the node's own channel is there to broadcast on.
        after: only parcels with a larger id; a locked node cannot open what is older.
        identity: names the segment if it has no name yet; 0 where the medium does that.
    """

    medium: str
    gateway: str
    permit: Permit = ALL
    own_channel: bool = True
    after: int = 0
    identity: int = 0


class Sending:
    """The queue as the gateways see it."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection
        self._ledger = Ledger(connection)

    def has_ready(self, lane: Lane, now_ms: int) -> bool:
        """Whether `claim` could find something; costs no write lock."""
        return self._next(lane, now_ms) is not None

    def next_due_ms(self, medium: str) -> int | None:
        """When the earliest of the queued parcels that wait may be tried."""
        due = self._c.scalar(
            "SELECT min(not_before_ms) FROM parcel WHERE ready = 1 AND medium = ?", [medium]
        )
        return None if due is None else int(due)

    def _next(self, lane: Lane, now_ms: int) -> tuple[Any, ...] | None:
        return self._c.one(
            "SELECT id, parts, wide, reference, recipient_sealed, expires_ms, rendering, tag,"
            " kind, urgency, mask FROM parcel"
            " WHERE ready = 1 AND medium = :medium AND (gateway IS NULL OR gateway = :gateway)"
            " AND cancel IS NULL AND not_before_ms <= :now_ms AND expires_ms > :now_ms"
            " AND CASE WHEN kind = 'broadcast' AND reserve THEN :urgent_broadcasts"
            "  WHEN kind = 'broadcast' THEN :broadcasts"
            "  WHEN reserve THEN :urgent WHEN kind = 'reply' THEN :answers ELSE :others END"
            " AND (id > :after OR kind = 'broadcast')"
            " AND (:own_channel OR mask != :channel)"
            # What somebody is being sent at this moment on another modem comes first: the
            # confirmation of a STOP must be the last that they get.
            " AND NOT EXISTS (SELECT 1 FROM segment s JOIN parcel q ON q.id = s.parcel"
            "  WHERE s.state = 'sending' AND q.tag = parcel.tag)"
            # Nothing goes to anybody while a message is unread: it may be their STOP.
            " AND NOT EXISTS (SELECT 1 FROM inbound WHERE inbound.state = 'received')"
            " ORDER BY urgency DESC, id LIMIT 1",
            {**asdict(lane), **asdict(lane.permit), "now_ms": now_ms, "channel": ON_CHANNEL},
        )

    def claim(self, lane: Lane, now_ms: int, meter_ms: int) -> Claim | None:
        """Take the next segment and commit it as `sending`, its price in the ledger."""
        found = self._next(lane, now_ms)
        if found is None:
            return None
        parcel, parts, wide, reference, recipient, expires_ms, rendering, tag, *more = found
        kind, urgency, mask = Kind(more[0]), Urgency(more[1]), more[2]
        queued = self._next_part(parcel)
        if queued is None:
            # It should not be marked as ready; what is wrong with one must not stop the others.
            recount(self._c, parcel, now_ms)
            return None
        part, attempts, sealed, unknowns, identity = queued
        text = self._rendered(rendering, part)
        if reference is None:
            reference = self._reference(tag, parcel)
        self._c.execute(
            "UPDATE segment SET state = 'sending', attempts = attempts + 1, reference = NULL,"
            " sending_ms = ?, identity = ? WHERE parcel = ? AND part = ?",
            [now_ms, identity or lane.identity or None, parcel, part],
        )
        self._c.execute(
            "UPDATE parcel SET gateway = ?, reference = ?, started_ms = coalesce(started_ms, ?),"
            " error = NULL WHERE id = ?",
            [lane.gateway, reference, now_ms, parcel],
        )
        self._ledger.charge(
            Charge(lane.gateway, parcel, part, kind is not Kind.BROADCAST), meter_ms
        )
        recount(self._c, parcel, now_ms)
        return Claim(
            parcel=parcel,
            part=part,
            parts=parts,
            attempts=attempts + 1,
            kind=kind,
            urgency=urgency,
            everybody=mask if kind is Kind.BROADCAST else "",
            identity=identity or lane.identity,
            again=unknowns > 0,
            wide=bool(wide),
            reference=reference,
            recipient_sealed=recipient,
            part_sealed=sealed,
            part_text=text,
            octets=len(text.encode()) if sealed is None and text else len(sealed or b"") - SEALED,
            expires_ms=expires_ms,
        )

    def is_wanted(self, parcel: int, now_ms: int) -> bool:
        """Whether a claimed parcel is still to go: not stopped, withdrawn or expired meanwhile."""
        return (
            self._c.one(
                "SELECT 1 FROM parcel WHERE id = ? AND cancel IS NULL AND expires_ms > ?",
                [parcel, now_ms],
            )
            is not None
        )

    def _next_part(self, parcel: int) -> tuple[Any, ...] | None:
        """The first queued segment of a parcel: its place, attempts, sealed text and names."""
        return self._c.one(
            "SELECT part, attempts, text_sealed, unknowns, identity FROM segment"
            " WHERE parcel = ? AND state = 'queued' ORDER BY part LIMIT 1",
            [parcel],
        )

    def _rendered(self, rendering: int | None, part: int) -> str | None:
        """The words of a segment of a bulletin, which are public and shared by many parcels."""
        text: str | None = self._c.scalar(
            "SELECT text FROM rendering_part WHERE rendering = ? AND part = ?", [rendering, part]
        )
        return text

    def _reference(self, tag: bytes, parcel: int) -> int:
        """The next concatenation reference towards a person that none of their messages has.

        Where all are taken it is the one after the last: the 255 before it were others.
        """
        last = self._c.scalar(
            "SELECT reference FROM parcel WHERE tag = ? AND started_ms IS NOT NULL"
            " ORDER BY started_ms DESC, id DESC LIMIT 1",
            [tag],
        )
        if last is None:
            return parcel % REFERENCES
        # By its time alone the last one is not known for sure: the clock may have gone back.
        rows = self._c.query("SELECT DISTINCT reference FROM parcel WHERE tag = ?", [tag])
        taken = {reference for (reference,) in rows}
        following = [(int(last) + step) % REFERENCES for step in range(1, REFERENCES + 1)]
        return next((one for one in following if one not in taken), following[0])

    def settle(self, parcel: int, part: int, settled: delivery.Settled, now_ms: int) -> None:
        """Commit what became of a segment that was `sending`."""
        self._c.execute(
            "UPDATE segment SET state = ?, reference = coalesce(?, reference),"
            " unknowns = unknowns + ?, attempts = attempts - ? WHERE parcel = ? AND part = ?",
            [
                settled.state.value,
                settled.reference,
                int(settled.state is State.UNKNOWN),
                int(settled.free),
                parcel,
                part,
            ],
        )
        if settled.refund:
            self._ledger.refund(parcel, part)
            self._rename(parcel, part)
        self._c.execute(
            "UPDATE parcel SET error = ?, not_before_ms = ? WHERE id = ?",
            [settled.error, now_ms + int(settled.wait_s * 1000), parcel],
        )
        if settled.state is State.QUEUED:
            self._not_begun(parcel)
        drop_rest_of_failed(self._c, parcel)
        self._after_cancel(parcel)
        recount(self._c, parcel, now_ms)

    def _rename(self, parcel: int, part: int) -> None:
        """What was refused must not go again under a name that the device may remember."""
        self._c.execute(
            "UPDATE segment SET identity = NULL WHERE parcel = ? AND part = ? AND unknowns = 0",
            [parcel, part],
        )

    def _not_begun(self, parcel: int) -> None:
        """Nothing of it can be out: it is bound to no modem that may die, and to no reference."""
        self._c.execute(
            "UPDATE parcel SET started_ms = NULL, reference = NULL WHERE id = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM segment WHERE parcel = ?1 AND (state != 'queued' OR unknowns > 0))",
            [parcel],
        )

    def _after_cancel(self, parcel: int) -> None:
        """A cancelled parcel's segments do not go back into the queue."""
        self._c.execute(
            "UPDATE segment SET state = 'dropped' WHERE parcel = ?1 AND state = 'queued'"
            " AND (SELECT cancel FROM parcel WHERE id = ?1) IS NOT NULL",
            [parcel],
        )

    def recover(self, now_ms: int) -> int:
        """At start: whatever is `sending` may be out.  Returns how many segments."""
        rows = self._c.query("SELECT parcel, part FROM segment WHERE state = 'sending'")
        for parcel, part in rows:
            self._c.execute(
                "UPDATE segment SET state = 'unknown', unknowns = unknowns + 1"
                " WHERE parcel = ? AND part = ?",
                [parcel, part],
            )
            drop_rest_of_failed(self._c, parcel)
            recount(self._c, parcel, now_ms)
        return len(rows)

    def newest(self) -> int:
        """The id of the newest parcel."""
        return int(self._c.scalar("SELECT coalesce(max(id), 0) FROM parcel"))
