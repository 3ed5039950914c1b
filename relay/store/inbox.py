"""What came in, from the moment it is committed until it is handled.

A row is `received`, then `waiting` (a part of a longer message), `postponed`
(a report that came before its time), `deferred` (until the node is unlocked),
`handled` or `quarantined`.  While any row is `received` nothing is sent.  The sealed octets
go as soon as a row is handled; the fingerprint stays for a while, so that a
message that a device shows twice is taken once.
"""

from dataclasses import dataclass

from relay.store.database import Connection


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row that is not handled yet."""

    id: int
    gateway: str
    medium: str
    received_ms: int
    raw_sealed: bytes


class Inbox:
    """The messages that came in."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def keep(
        self, fingerprint: bytes, raw_sealed: bytes, gateway: str, medium: str, now_ms: int
    ) -> bool:
        """Commit what a device heard; False where it is here already."""
        cursor = self._c.execute(
            "INSERT OR IGNORE INTO inbound (fingerprint, gateway, medium, received_ms, raw_sealed,"
            " state) VALUES (?, ?, ?, ?, ?, 'received')",
            [fingerprint, gateway, medium, now_ms, raw_sealed],
        )
        return cursor.rowcount == 1

    def received(self, limit: int = 100) -> list[Arrival]:
        """What nobody has looked at yet, oldest first."""
        return [
            Arrival(*row)
            for row in self._c.query(
                "SELECT id, gateway, medium, received_ms, raw_sealed FROM inbound"
                " WHERE state = 'received' UNION ALL"
                " SELECT id, gateway, medium, received_ms, raw_sealed FROM inbound"
                " WHERE state = 'postponed' ORDER BY id LIMIT ?",
                [limit],
            )
        ]

    def wait_for_rest(self, arrival: int, message: bytes, person: bytes) -> list[Arrival]:
        """It is a part of `message` by `person`, keyed hashes; returns all parts that are here."""
        self._c.execute(
            "UPDATE inbound SET state = 'waiting', message = ?, person = ? WHERE id = ?",
            [message, person, arrival],
        )
        return [
            Arrival(*row)
            for row in self._c.query(
                "SELECT id, gateway, medium, received_ms, raw_sealed FROM inbound"
                " WHERE message = ? AND state = 'waiting' ORDER BY id",
                [message],
            )
        ]

    def postpone(self, arrival: int) -> None:
        """Look at it again later; it holds nothing up."""
        self._c.execute("UPDATE inbound SET state = 'postponed' WHERE id = ?", [arrival])

    def defer(self, arrival: int) -> None:
        """Leave it sealed until the node is unlocked."""
        self._c.execute("UPDATE inbound SET state = 'deferred' WHERE id = ?", [arrival])

    def undefer(self) -> None:
        """The node is unlocked: look at what was left, and at parts that came meanwhile."""
        # A part that came to a locked node waits under a name that only that process knew.
        self._c.execute(
            "UPDATE inbound SET state = 'received' WHERE state IN ('deferred', 'waiting')"
        )

    def handled(self, arrivals: list[int]) -> None:
        """Done: wipe what was in them."""
        self._end(arrivals, "handled", None)

    def erase(self, person: bytes) -> None:
        """Wipe the parts that wait for the rest of a message by this person."""
        self._c.execute(
            "UPDATE inbound SET state = 'handled', raw_sealed = NULL, message = NULL,"
            " person = NULL WHERE person = ? AND state = 'waiting'",
            [person],
        )

    def quarantine(self, arrivals: list[int], reason: str) -> None:
        """Nobody can read it; it stays, sealed, for the operator's support to see."""
        for arrival in arrivals:
            self._c.execute(
                "UPDATE inbound SET state = 'quarantined', reason = ?, message = NULL WHERE id = ?",
                [reason, arrival],
            )

    def _end(self, arrivals: list[int], state: str, reason: str | None) -> None:
        for arrival in arrivals:
            self._c.execute(
                "UPDATE inbound SET state = ?, reason = ?, raw_sealed = NULL, message = NULL,"
                " person = NULL WHERE id = ?",
                [state, reason, arrival],
            )

    def stale_parts(self, before_ms: int) -> list[tuple[int, ...]]:
        """Messages whose rest never came: the rows of each."""
        rows = self._c.query(
            "SELECT group_concat(id) FROM inbound WHERE state = 'waiting'"
            " GROUP BY message HAVING max(received_ms) < ?",
            [before_ms],
        )
        return [tuple(int(n) for n in ids.split(",")) for (ids,) in rows]

    def purge(self, before_ms: int) -> None:
        """Delete rows that ended long ago, fingerprints with them."""
        self._c.execute(
            "DELETE FROM inbound WHERE state IN ('handled', 'quarantined') AND received_ms < ?",
            [before_ms],
        )

    def deferred(self) -> int:
        """How many wait until the node is unlocked."""
        return int(self._c.scalar("SELECT count(*) FROM inbound WHERE state = 'deferred'"))

    def unfinished(self) -> int:
        """How many are not handled yet."""
        return int(
            self._c.scalar(
                "SELECT count(*) FROM inbound"
                " WHERE state IN ('received', 'waiting', 'postponed', 'deferred')"
            )
        )
