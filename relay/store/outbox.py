"""The outbox: parcels, their segments, and the one way a segment changes its state.

The order of operations is the promise.  `claim` commits a segment as
`sending`, with its price in the ledger, before any octet of it reaches a
device; `settle` commits what became of it.  A segment that is found
`sending` at start may be out or not: it becomes `unknown`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from relay import delivery
from relay.store.database import Connection
from relay.values import Claim, Kind, NewParcel, State, Urgency


@dataclass(frozen=True, slots=True)
class Open:
    """A segment that may be out: one that a report could settle, or that is due once more."""

    parcel: int
    part: int
    gateway: str
    unknowns: int
    sending_ms: int
    expires_ms: int
    cancel: str | None
    reserve: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What a gateway may take from the queue at this moment.

    Attributes:
        reserved_only: the rest of its budget is for urgent bulletins and corrections.
        after: only parcels with a larger id; a locked node cannot open what is older.
    """

    medium: str
    gateway: str
    reserved_only: bool = False
    after: int = 0


_ROWS = (
    "SELECT id, medium, mask, kind, state, parts,"
    " (SELECT count(*) FROM segment WHERE parcel = parcel.id AND state IN ('sent', 'delivered')),"
    " (SELECT coalesce(sum(attempts), 0) FROM segment WHERE parcel = parcel.id),"
    " created_ms, expires_ms, coalesce(error, cancel),"
    " (SELECT number FROM bulletin JOIN parcel_bulletin ON bulletin.id = bulletin"
    "   WHERE parcel = parcel.id LIMIT 1), urgency, gateway FROM parcel"
)


class Outbox:
    """The messages that go out, and what they cost."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    # Queueing.

    def add(self, parcel: NewParcel, now_ms: int) -> int:
        """Queue one message; returns its id."""
        cursor = self._c.execute(
            "INSERT INTO parcel (medium, tag, recipient_sealed, mask, kind, urgency, reserve,"
            " ephemeral, parts, wide, gateway, state, ready, created_ms, not_before_ms, expires_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 1, ?, ?, ?)",
            [
                parcel.medium,
                parcel.tag,
                parcel.recipient_sealed,
                parcel.mask,
                parcel.kind.value,
                int(parcel.urgency),
                int(parcel.reserve),
                int(parcel.ephemeral),
                len(parcel.parts_sealed),
                int(parcel.wide),
                parcel.gateway,
                now_ms,
                now_ms,
                parcel.expires_ms,
            ],
        )
        number = int(cursor.lastrowid or 0)
        self._c.executemany(
            "INSERT INTO segment (parcel, part, state, text_sealed) VALUES (?, ?, 'queued', ?)",
            [(number, part, text) for part, text in enumerate(parcel.parts_sealed, 1)],
        )
        self._c.executemany(
            "INSERT OR IGNORE INTO parcel_bulletin VALUES (?, ?)",
            [(bulletin, number) for bulletin in parcel.bulletins],
        )
        return number

    def push(
        self, rendering: int, kind: Kind, topics: int, *, reserve: bool, volunteers: bool, now_ms: int
    ) -> int:
        """Queue a rendering for everybody active in its language and script who wants its topic.

        `volunteers`: only for them.
        """
        return self._fan_out(
            rendering,
            kind,
            "SELECT tag, number_sealed, mask, gateway FROM person"
            " WHERE state = 'active' AND language = ?1 AND script = ?2 AND topics & ?3"
            " AND volunteer >= ?4",
            [topics, int(volunteers)],
            reserve=reserve,
            now_ms=now_ms,
        )

    def tell_again(self, rendering: int, kind: Kind, chain: int, *, now_ms: int) -> int:
        """Queue a rendering for everybody who was sent an earlier edition, once each."""
        return self._fan_out(
            rendering,
            kind,
            "SELECT p.tag, p.recipient_sealed, p.mask, p.gateway FROM parcel p"
            " JOIN person ON person.tag = p.tag WHERE p.id IN ("
            "  SELECT max(parcel.id) FROM parcel JOIN parcel_bulletin ON parcel.id = parcel"
            "  JOIN bulletin ON bulletin.id = bulletin WHERE chain = ?3 AND ephemeral = 0"
            "  AND started_ms IS NOT NULL"
            "  AND EXISTS (SELECT 1 FROM segment WHERE segment.parcel = parcel.id"
            "   AND segment.state IN ('sending', 'sent', 'delivered', 'unknown', 'parked'))"
            "  GROUP BY parcel.tag)"
            " AND person.state != 'stopped' AND person.language = ?1 AND person.script = ?2",
            [chain],
            reserve=True,
            now_ms=now_ms,
        )

    def told_audiences(self, chain: int) -> list[tuple[str, str]]:
        """The languages and scripts of those who were sent an edition of this bulletin."""
        rows = self._c.query(
            "SELECT DISTINCT language, script FROM person JOIN parcel ON parcel.tag = person.tag"
            " JOIN parcel_bulletin ON parcel.id = parcel JOIN bulletin ON bulletin.id = bulletin"
            " WHERE chain = ?",
            [chain],
        )
        return [(language, script) for language, script in rows]

    def _fan_out(
        self,
        rendering: int,
        kind: Kind,
        audience: str,
        values: Sequence[Any],
        *,
        reserve: bool,
        now_ms: int,
    ) -> int:
        """Queue a rendering for an audience, all in SQL: it may be ten thousand people."""
        language, script, wide, bulletin, urgency, expires_ms = self._c.one(
            "SELECT language, script, wide, bulletin, urgency, expires_ms FROM rendering"
            " JOIN bulletin ON bulletin.id = bulletin WHERE rendering.id = ?",
            [rendering],
        ) or (None,) * 6
        parts = self._c.scalar("SELECT count(*) FROM rendering_part WHERE rendering = ?", [rendering])
        last = int(self._c.scalar("SELECT coalesce(max(id), 0) FROM parcel"))
        head = [language, script, *values]
        tail = [kind.value, urgency, int(reserve), rendering, parts, wide, now_ms, expires_ms]
        at = len(head)
        kind_, urgency_, reserve_, rendering_, parts_, wide_, now_, expires_ = (
            f"?{at + n}" for n in range(1, 9)
        )
        cursor = self._c.execute(
            "INSERT INTO parcel (medium, tag, recipient_sealed, mask, gateway, kind, urgency,"  # noqa: S608  # placeholders and our own SQL only
            " reserve, ephemeral, rendering, parts, wide, state, ready, created_ms, not_before_ms,"
            f" expires_ms) SELECT 'sms', tag, recipient, mask, gateway, {kind_}, {urgency_},"
            f" {reserve_}, 0, {rendering_}, {parts_}, {wide_}, 'queued', 1, {now_}, {now_},"
            f" {expires_} FROM (WITH audience(tag, recipient, mask, gateway) AS ({audience})"
            " SELECT * FROM audience)",
            [*head, *tail],
        )
        self._c.execute(
            "INSERT INTO segment (parcel, part, state) SELECT parcel.id, part, 'queued'"
            " FROM parcel JOIN rendering_part ON rendering_part.rendering = parcel.rendering"
            " WHERE parcel.id > ?",
            [last],
        )
        self._c.execute(
            "INSERT INTO parcel_bulletin SELECT ?, id FROM parcel WHERE id > ?", [bulletin, last]
        )
        return cursor.rowcount

    # Sending.

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
            "SELECT id, parts, wide, reference, recipient_sealed, expires_ms, urgency, rendering,"
            " tag FROM parcel WHERE ready = 1 AND medium = ?1 AND (gateway IS NULL OR gateway = ?2)"
            " AND cancel IS NULL AND not_before_ms <= ?3 AND expires_ms > ?3 AND reserve >= ?4"
            " AND id > ?5"
            # What somebody is being sent at this moment on another modem comes first: the
            # confirmation of a STOP must be the last that they get.
            " AND NOT EXISTS (SELECT 1 FROM segment s JOIN parcel q ON q.id = s.parcel"
            "  WHERE s.state = 'sending' AND q.tag = parcel.tag)"
            " ORDER BY urgency DESC, id LIMIT 1",
            [lane.medium, lane.gateway, now_ms, int(lane.reserved_only), lane.after],
        )

    def claim(self, lane: Lane, now_ms: int, meter_ms: int) -> Claim | None:
        """Take the next segment and commit it as `sending`, its price in the ledger."""
        row = self._next(lane, now_ms)
        if row is None:
            return None
        parcel, parts, wide, reference, recipient, expires_ms, urgency, rendering, tag = row
        part, attempts, sealed = self._c.one(
            "SELECT part, attempts, text_sealed FROM segment WHERE parcel = ? AND state = 'queued'"
            " ORDER BY part LIMIT 1",
            [parcel],
        ) or (0, 0, None)
        if reference is None:
            reference = self._reference(tag, parcel)
        text = None
        if rendering is not None:
            text = self._c.scalar(
                "SELECT text FROM rendering_part WHERE rendering = ? AND part = ?",
                [rendering, part],
            )
        self._c.execute(
            "UPDATE segment SET state = 'sending', attempts = attempts + 1, reference = NULL,"
            " sending_ms = ? WHERE parcel = ? AND part = ?",
            [now_ms, parcel, part],
        )
        self._c.execute(
            "UPDATE parcel SET gateway = ?, reference = ?, started_ms = coalesce(started_ms, ?),"
            " error = NULL WHERE id = ?",
            [lane.gateway, reference, now_ms, parcel],
        )
        self._c.execute("INSERT INTO spend VALUES (?, ?)", [lane.gateway, meter_ms])
        self._recount(parcel, now_ms)
        return Claim(
            parcel,
            part,
            parts,
            attempts + 1,
            bool(wide),
            reference,
            recipient,
            sealed,
            text,
            expires_ms,
            Urgency(urgency),
        )

    def _reference(self, tag: bytes, parcel: int) -> int:
        """The next concatenation reference towards a person: the 256 before it were others."""
        last = self._c.scalar(
            "SELECT reference FROM parcel WHERE tag = ? AND started_ms IS NOT NULL"
            " ORDER BY started_ms DESC, id DESC LIMIT 1",
            [tag],
        )
        return parcel % 256 if last is None else (int(last) + 1) % 256

    def settle(
        self, parcel: int, part: int, settled: delivery.Settled, now_ms: int, meter_ms: int
    ) -> None:
        """Commit what became of a segment that was `sending`."""
        self._c.execute(
            "UPDATE segment SET state = ?, reference = coalesce(?, reference),"
            " unknowns = unknowns + ? WHERE parcel = ? AND part = ?",
            [
                settled.state.value,
                settled.reference,
                int(settled.state is State.UNKNOWN),
                parcel,
                part,
            ],
        )
        if settled.refund:
            self._refund(parcel, meter_ms)
        self._c.execute(
            "UPDATE parcel SET error = ?, not_before_ms = ? WHERE id = ?",
            [settled.error, now_ms + int(settled.wait_s * 1000), parcel],
        )
        if settled.state is State.FAILED:
            self._drop_queued("id = ?", [parcel], settled.error or "failed", now_ms)
        self._after_cancel(parcel)
        self._recount(parcel, now_ms)

    def _refund(self, parcel: int, meter_ms: int) -> None:
        """What the network refused costs nothing: take the newest row of this modem back."""
        self._c.execute(
            "DELETE FROM spend WHERE rowid = (SELECT max(spend.rowid) FROM spend JOIN parcel"
            " ON spend.gateway = parcel.gateway WHERE parcel.id = ? AND meter_ms <= ?)",
            [parcel, meter_ms],
        )

    def _after_cancel(self, parcel: int) -> None:
        """A cancelled parcel's segments do not go back into the queue."""
        self._c.execute(
            "UPDATE segment SET state = 'dropped' WHERE parcel = ?1 AND state = 'queued'"
            " AND (SELECT cancel FROM parcel WHERE id = ?1) IS NOT NULL",
            [parcel],
        )

    def _recount(self, parcel: int, now_ms: int) -> None:
        """A parcel's state follows from its segments."""
        states = [
            State(name)
            for (name,) in self._c.query("SELECT state FROM segment WHERE parcel = ?", [parcel])
        ]
        if not states:
            return
        state = delivery.parcel_state(states)
        ended = state in delivery.ENDED
        self._c.execute(
            "UPDATE parcel SET state = ?, ready = ?, ended_ms = ? WHERE id = ?",
            [state.value, int(State.QUEUED in states), now_ms if ended else None, parcel],
        )
        if ended or state is State.SENT:
            self._c.execute("DELETE FROM parcel WHERE id = ? AND ephemeral = 1", [parcel])

    def newest(self) -> int:
        """The id of the newest parcel."""
        return int(self._c.scalar("SELECT coalesce(max(id), 0) FROM parcel"))

    # What may be out.

    def unfinished(self) -> dict[str, int]:
        """How many parcels are in each state that is not an end."""
        rows = self._c.query(
            "SELECT state, count(*) FROM parcel"
            " WHERE state IN ('queued', 'sending', 'unknown', 'parked') GROUP BY state"
        )
        return {state: int(n) for state, n in rows}

    def recover(self, now_ms: int) -> int:
        """At start: whatever is `sending` may be out.  Returns how many segments."""
        rows = self._c.query("SELECT parcel, part FROM segment WHERE state = 'sending'")
        for parcel, part in rows:
            self._c.execute(
                "UPDATE segment SET state = 'unknown', unknowns = unknowns + 1"
                " WHERE parcel = ? AND part = ?",
                [parcel, part],
            )
            self._recount(parcel, now_ms)
        return len(rows)

    def unknown(self) -> list[Open]:
        """Segments that may be out and that no report has settled yet."""
        return [
            Open(*row)
            for row in self._c.query(
                "SELECT s.parcel, s.part, p.gateway, s.unknowns, s.sending_ms, p.expires_ms,"
                " p.cancel, p.reserve FROM segment s JOIN parcel p ON p.id = s.parcel"
                " WHERE s.state = 'unknown'"
            )
        ]

    def resolve(self, parcel: int, part: int, state: State, error: str | None, now_ms: int) -> None:
        """End an unknown segment, or queue it once more."""
        self._c.execute(
            "UPDATE segment SET state = ? WHERE parcel = ? AND part = ?",
            [state.value, parcel, part],
        )
        self._c.execute(
            "UPDATE parcel SET error = ?, not_before_ms = ? WHERE id = ?", [error, now_ms, parcel]
        )
        self._recount(parcel, now_ms)

    def by_reference(self, gateway: str, tag: bytes, reference: int) -> tuple[int, int] | None:
        """The newest segment that went to this person under this reference."""
        row = self._c.one(
            "SELECT s.parcel, s.part FROM parcel p JOIN segment s ON s.parcel = p.id"
            " WHERE p.tag = ? AND p.gateway = ? AND s.reference = ?"
            " AND s.state IN ('sent', 'unknown', 'parked', 'delivered', 'failed')"
            " ORDER BY s.sending_ms DESC LIMIT 1",
            [tag, gateway, reference],
        )
        return None if row is None else (int(row[0]), int(row[1]))

    def by_time(self, gateway: str, tag: bytes, sent_ms: int) -> tuple[int, int] | None:
        """The segment whose reference was never read that went closest to that time."""
        row = self._c.one(
            "SELECT s.parcel, s.part FROM parcel p JOIN segment s ON s.parcel = p.id"
            " WHERE p.tag = ? AND p.gateway = ? AND s.reference IS NULL"
            " AND s.state IN ('unknown', 'parked') ORDER BY abs(s.sending_ms - ?) LIMIT 1",
            [tag, gateway, sent_ms],
        )
        return None if row is None else (int(row[0]), int(row[1]))

    def is_sending_to(self, gateway: str, tag: bytes) -> bool:
        """Whether a segment to this person is in the hands of `gateway` at this moment."""
        return (
            self._c.one(
                "SELECT 1 FROM segment s JOIN parcel p ON p.id = s.parcel"
                " WHERE s.state = 'sending' AND p.tag = ? AND p.gateway = ?",
                [tag, gateway],
            )
            is not None
        )

    def report(self, parcel: int, part: int, state: State, error: str | None, now_ms: int) -> None:
        """A delivery report has settled a segment; what was delivered stays so."""
        self._c.execute(
            "UPDATE segment SET state = ? WHERE parcel = ? AND part = ? AND state != 'delivered'",
            [state.value, parcel, part],
        )
        if error:
            self._c.execute("UPDATE parcel SET error = ? WHERE id = ?", [error, parcel])
        self._recount(parcel, now_ms)

    # Leaving the queue without having gone.

    def _drop_queued(self, where: str, values: Sequence[Any], reason: str, now_ms: int) -> int:
        found = self._c.query(
            f"SELECT id FROM parcel WHERE ({where}) AND ready = 1",  # noqa: S608  # our own conditions
            values,
        )
        for (parcel,) in found:
            self._c.execute(
                "UPDATE segment SET state = 'dropped' WHERE parcel = ? AND state = 'queued'",
                [parcel],
            )
            self._c.execute(
                "UPDATE parcel SET error = coalesce(error, ?) WHERE id = ?", [reason, parcel]
            )
            self._recount(parcel, now_ms)
        return len(found)

    def expire(self, now_ms: int) -> int:
        """Drop what is still queued past its time."""
        return self._drop_queued("expires_ms <= ?", [now_ms], "expired", now_ms)

    def cancel_person(self, tag: bytes, now_ms: int) -> None:
        """Nothing more goes to this person, not even what may be out once more."""
        self._cancel("tag = ?", [tag], "stopped", now_ms)

    def cancel_bulletin(self, bulletin: int, reason: str, now_ms: int) -> None:
        """Nothing that carries this edition goes on air any more."""
        where = "id IN (SELECT parcel FROM parcel_bulletin WHERE bulletin = ?)"
        self._cancel(where, [bulletin], reason, now_ms)

    def _cancel(self, where: str, values: Sequence[Any], reason: str, now_ms: int) -> None:
        self._c.execute(
            f"UPDATE parcel SET cancel = ? WHERE ({where}) AND cancel IS NULL"  # noqa: S608  # our own conditions
            " AND (ready = 1 OR state IN ('sending', 'unknown', 'parked'))",
            [reason, *values],
        )
        self._drop_queued(where, values, reason, now_ms)

    def release(self, gateways: Iterable[str]) -> int:
        """What waits for a modem that is not among `gateways` and has not begun may go by any."""
        names = list(gateways)
        marks = ",".join("?" * len(names))
        cursor = self._c.execute(
            f"UPDATE parcel SET gateway = NULL WHERE ready = 1 AND started_ms IS NULL"  # noqa: S608  # marks only
            f" AND gateway NOT IN ({marks})",
            names,
        )
        return cursor.rowcount

    # By the operator's hand.

    def why_not_again(self, parcel: int) -> str | None:
        """Why a parcel must never go again, None where it may."""
        cancel = self._c.scalar("SELECT cancel FROM parcel WHERE id = ?", [parcel])
        return None if cancel is None else str(cancel)

    def retry(self, parcel: int, now_ms: int, expires_ms: int) -> bool:
        """Queue again what was parked, failed or dropped of a parcel."""
        cursor = self._c.execute(
            "UPDATE segment SET state = 'queued', unknowns = 0 WHERE parcel = ?"
            " AND state IN ('parked', 'failed', 'dropped')",
            [parcel],
        )
        self._c.execute(
            "UPDATE parcel SET cancel = NULL, error = NULL, not_before_ms = ?,"
            " expires_ms = max(expires_ms, ?) WHERE id = ?",
            [now_ms, expires_ms, parcel],
        )
        self._recount(parcel, now_ms)
        return cursor.rowcount > 0

    def drop(self, parcel: int, now_ms: int) -> bool:
        """Give up what is queued, unknown or parked of a parcel."""
        cursor = self._c.execute(
            "UPDATE segment SET state = 'dropped' WHERE parcel = ?"
            " AND state IN ('queued', 'unknown', 'parked')",
            [parcel],
        )
        self._c.execute("UPDATE parcel SET error = 'by the operator' WHERE id = ?", [parcel])
        self._recount(parcel, now_ms)
        return cursor.rowcount > 0

    # Looking.

    def rows(self, limit: int = 1000, parcel: int | None = None) -> list[tuple[Any, ...]]:
        """The newest parcels, for the operator: masked."""
        if parcel is not None:
            return self._c.query(f"{_ROWS} WHERE id = ?", [parcel])
        return self._c.query(f"{_ROWS} ORDER BY id DESC LIMIT ?", [limit])

    def counts(self) -> dict[str, int]:
        """How many parcels are in each state."""
        rows = self._c.query("SELECT state, count(*) FROM parcel GROUP BY state")
        found = {state: int(n) for state, n in rows}
        return {state.value: found.get(state.value, 0) for state in State}

    def spent(self, gateway: str, since_ms: int) -> int:
        """How many segments this gateway was given after that time of the meter."""
        return int(
            self._c.scalar(
                "SELECT count(*) FROM spend WHERE gateway = ? AND meter_ms > ?",
                [gateway, since_ms],
            )
        )

    def spent_nth_ms(self, gateway: str, n: int) -> int | None:
        """When the nth newest segment of this gateway was given, by the meter."""
        value = self._c.scalar(
            "SELECT meter_ms FROM spend WHERE gateway = ? ORDER BY meter_ms DESC"
            " LIMIT 1 OFFSET ?",
            [gateway, n - 1],
        )
        return None if value is None else int(value)

    def purge(self, ended_before_ms: int, spent_before_ms: int) -> None:
        """Delete what ended long ago, and prices that no budget looks at any more."""
        self._c.execute(
            "DELETE FROM parcel WHERE ended_ms < ? AND state != 'parked'", [ended_before_ms]
        )
        self._c.execute("DELETE FROM spend WHERE meter_ms < ?", [spent_before_ms])


