"""The outbox as a list of messages: queued, taken back, retried by hand, looked at, purged.

How a message gets there for many people at once is in `fanout`, how it goes
out in `sending`, how its end is learned in `unsettled`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from relay.store.database import Connection
from relay.store.parcels import recount
from relay.values import NewParcel, State

BY_HAND = "by the operator"

_ROWS = (
    "SELECT id, medium, mask, kind, state, parts,"
    " (SELECT count(*) FROM segment WHERE parcel = parcel.id AND state IN ('sent', 'delivered')),"
    " (SELECT coalesce(sum(attempts), 0) FROM segment WHERE parcel = parcel.id),"
    " created_ms, expires_ms, coalesce(error, cancel),"
    " (SELECT number FROM bulletin JOIN parcel_bulletin ON bulletin.id = bulletin"
    "   WHERE parcel = parcel.id LIMIT 1), urgency, gateway FROM parcel"
)


class Outbox:
    """The messages that go out."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

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

    def has_invited(self, tag: bytes) -> bool:
        """Whether an invitation has gone to this person, or is about to."""
        return (
            self._c.one(
                "SELECT 1 FROM parcel WHERE tag = ? AND kind = 'invite'"
                " AND state NOT IN ('failed', 'dropped')",
                [tag],
            )
            is not None
        )

    def recipients(self, after: int) -> list[tuple[int, bytes]]:
        """The messages with a larger id than `after`, and to whom each goes, sealed."""
        return self._c.query(
            "SELECT id, recipient_sealed FROM parcel WHERE id > ? AND recipient_sealed != x''",
            [after],
        )

    def retag(self, parcel: int, tag: bytes) -> None:
        """It is known by now who its recipient is."""
        self._c.execute("UPDATE parcel SET tag = ? WHERE id = ?", [tag, parcel])

    def expire(self, now_ms: int) -> int:
        """Drop what is still queued past its time."""
        return self._drop_queued("expires_ms <= ?", [now_ms], "expired", now_ms)

    def cancel_person(self, tag: bytes, now_ms: int) -> None:
        """Nothing more goes to this person; their number and what they were told are wiped."""
        self._cancel("tag = ?", [tag], "stopped", now_ms)
        self._c.execute("UPDATE parcel SET recipient_sealed = x'' WHERE tag = ?", [tag])
        self._c.execute(
            "UPDATE segment SET text_sealed = NULL"
            " WHERE parcel IN (SELECT id FROM parcel WHERE tag = ?)",
            [tag],
        )

    def cancel_bulletin(self, bulletin: int, reason: str, now_ms: int) -> None:
        """Nothing that carries this edition goes on air any more."""
        where = "id IN (SELECT parcel FROM parcel_bulletin WHERE bulletin = ?)"
        self._cancel(where, [bulletin], reason, now_ms)

    def _cancel(self, where: str, values: Sequence[Any], reason: str, now_ms: int) -> None:
        self._c.execute(
            f"UPDATE parcel SET cancel = ? WHERE ({where}) AND cancel IS NULL"  # noqa: S608  # our own conditions
            " AND (ready = 1 OR state IN ('sending', 'unknown', 'parked') OR EXISTS"
            "  (SELECT 1 FROM segment WHERE parcel = parcel.id AND segment.state = 'unknown'))",
            [reason, *values],
        )
        self._drop_queued(where, values, reason, now_ms)

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
                "UPDATE parcel SET error = ? || coalesce('; ' || error, '') WHERE id = ?",
                [reason, parcel],
            )
            recount(self._c, parcel, now_ms)
        return len(found)

    def release(self, gateways: Iterable[str]) -> int:
        """What waits for a modem that is not among `gateways` and has not begun may go by any.

        On the mesh people and broadcasts belong to their radio: another one may be elsewhere.
        """
        names = list(gateways)
        marks = ",".join("?" * len(names))
        cursor = self._c.execute(
            f"UPDATE parcel SET gateway = NULL WHERE ready = 1 AND started_ms IS NULL"  # noqa: S608  # marks only
            f" AND medium = 'sms' AND gateway NOT IN ({marks})",
            names,
        )
        return cursor.rowcount

    def why_not_again(self, parcel: int) -> str | None:
        """Why a parcel must never go again, None where it may."""
        why = self._c.scalar(
            "SELECT coalesce(nullif(cancel, ?),"
            # Its recipient and words were wiped when they stopped, even if they are back.
            " CASE WHEN recipient_sealed = x'' AND kind != 'broadcast' THEN 'stopped' END,"
            " (SELECT state FROM person WHERE tag = parcel.tag AND state = 'stopped'),"
            " (SELECT bulletin.state FROM bulletin JOIN parcel_bulletin ON bulletin.id = bulletin"
            "   WHERE parcel = parcel.id AND notice != 'withdrawal'"
            "   AND bulletin.state IN ('superseded', 'withdrawn', 'expired') LIMIT 1))"
            " FROM parcel WHERE id = ?",
            [BY_HAND, parcel],
        )
        return None if why is None else str(why)

    def is_broadcast(self, parcel: int) -> bool:
        """Whether it goes to everybody, again and again."""
        return (
            self._c.one("SELECT 1 FROM parcel WHERE id = ? AND kind = 'broadcast'", [parcel])
            is not None
        )

    def retry(self, parcel: int, now_ms: int, expires_ms: int) -> bool:
        """Queue again what was parked, failed or dropped; no bulletin outlives itself."""
        cursor = self._c.execute(
            "UPDATE segment SET state = 'queued', unknowns = 0,"
            # A radio drops in silence what it knows by its name: only what may not have gone
            # keeps it.
            " identity = CASE state WHEN 'parked' THEN identity END WHERE parcel = ?"
            " AND state IN ('parked', 'failed', 'dropped')",
            [parcel],
        )
        if not cursor.rowcount:
            return False
        self._c.execute(
            "UPDATE parcel SET cancel = NULL, error = NULL, not_before_ms = ?1, expires_ms ="
            " max(expires_ms, min(?2, coalesce((SELECT min(bulletin.expires_ms) FROM bulletin"
            "  JOIN parcel_bulletin ON bulletin.id = bulletin WHERE parcel = parcel.id), ?2)))"
            " WHERE id = ?3",
            [now_ms, expires_ms, parcel],
        )
        recount(self._c, parcel, now_ms)
        return True

    def drop(self, parcel: int, now_ms: int, reason: str = BY_HAND) -> bool:
        """Give up what is queued, unknown or parked of a parcel, and what comes back of it."""
        cursor = self._c.execute(
            "UPDATE segment SET state = 'dropped' WHERE parcel = ?"
            " AND state IN ('queued', 'unknown', 'parked')",
            [parcel],
        )
        if not cursor.rowcount:
            return False
        self._c.execute(
            "UPDATE parcel SET error = ?1, cancel = coalesce(cancel, ?1) WHERE id = ?2",
            [reason, parcel],
        )
        recount(self._c, parcel, now_ms)
        return True

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

    def unfinished(self) -> dict[str, int]:
        """How many parcels are in each state that is not an end."""
        rows = self._c.query(
            "SELECT state, count(*) FROM parcel"
            " WHERE state IN ('queued', 'sending', 'unknown', 'parked') GROUP BY state"
        )
        return {state: int(n) for state, n in rows}

    def purge(self, ended_before_ms: int) -> None:
        """Delete what ended long ago."""
        # Whoever heard of a bulletin that still lives must be found for its correction.
        self._c.execute(
            "DELETE FROM parcel WHERE ended_ms < ? AND state != 'parked' AND NOT EXISTS"
            " (SELECT 1 FROM parcel_bulletin JOIN bulletin ON bulletin.id = bulletin"
            "  WHERE parcel = parcel.id AND chain IN"
            "   (SELECT chain FROM bulletin WHERE state = 'live'))",
            [ended_before_ms],
        )
