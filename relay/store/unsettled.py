"""Segments that may be out: which report settles them, and what becomes of the others."""

from dataclasses import dataclass

from relay.delivery import Settled
from relay.store.database import Connection
from relay.store.parcels import drop_rest_of_failed, recount
from relay.values import State


@dataclass(frozen=True, slots=True)
class Went:
    """A segment, and when it went by our clock."""

    parcel: int
    part: int
    sending_ms: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A segment that a gateway was given, and how it stands."""

    parcel: int
    part: int
    state: State
    sending_ms: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Open:
    """A segment that may be out: one that a report could settle, or that is due once more."""

    parcel: int
    part: int
    gateway: str
    kind: str
    unknowns: int
    sending_ms: int
    expires_ms: int
    cancel: str | None
    reserve: bool


class Unsettled:
    """What the network was given and has not answered for."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def unknown(self) -> list[Open]:
        """Segments that may be out and that no report has settled yet."""
        return self._open("s.state = 'unknown'")

    def awaited(self) -> list[Open]:
        """Packets to one person that their radio took and of which no word has come yet."""
        return self._open(
            "p.medium = 'mesh' AND p.state = 'sent' AND p.kind != 'broadcast' AND s.state = 'sent'"
        )

    def lose(self, parcel: int, part: int, now_ms: int) -> None:
        """No word came of it: the radio may have restarted with it in its queue."""
        self._c.execute(
            "UPDATE segment SET state = 'unknown', unknowns = unknowns + 1"
            " WHERE parcel = ? AND part = ?",
            [parcel, part],
        )
        recount(self._c, parcel, now_ms)

    def _open(self, where: str) -> list[Open]:
        rows = self._c.query(
            "SELECT s.parcel, s.part, p.gateway, p.kind, s.unknowns, s.sending_ms,"  # noqa: S608  # our own conditions
            " p.expires_ms, p.cancel, p.reserve FROM parcel p JOIN segment s ON s.parcel = p.id"
            f" WHERE {where}"
        )
        return [Open(*row) for row in rows]

    def resolve(self, parcel: int, part: int, state: State, error: str | None, now_ms: int) -> None:
        """End an unknown segment, or queue it once more."""
        self._c.execute(
            "UPDATE segment SET state = ? WHERE parcel = ? AND part = ?",
            [state.value, parcel, part],
        )
        self._c.execute(
            "UPDATE parcel SET error = ?, not_before_ms = ? WHERE id = ?", [error, now_ms, parcel]
        )
        drop_rest_of_failed(self._c, parcel)
        recount(self._c, parcel, now_ms)

    def by_reference(self, gateway: str, tag: bytes, reference: int) -> Went | None:
        """The newest segment that went to this person under this reference and may be reported.

        What was delivered is not: a modem counts to 255 and begins anew.
        """
        row = self._c.one(
            "SELECT s.parcel, s.part, s.sending_ms FROM parcel p"
            " JOIN segment s ON s.parcel = p.id"
            " WHERE p.tag = ? AND p.gateway = ? AND s.reference = ?"
            " AND s.state IN ('sent', 'unknown', 'parked') ORDER BY s.sending_ms DESC LIMIT 1",
            [tag, gateway, reference],
        )
        return None if row is None else Went(*row)

    def by_time(self, gateway: str, tag: bytes, sent_ms: int) -> Went | None:
        """The segment whose reference was never read that went closest to that time.

        One that was dropped meanwhile, or waits to go once more, is found too: else its
        report would be taken for that of another, which may never have gone.
        """
        row = self._c.one(
            "SELECT s.parcel, s.part, s.sending_ms FROM parcel p"
            " JOIN segment s ON s.parcel = p.id"
            " WHERE p.tag = ? AND p.gateway = ? AND s.reference IS NULL AND s.unknowns > 0"
            " AND s.state IN ('unknown', 'parked', 'queued', 'dropped', 'failed')"
            " ORDER BY abs(s.sending_ms - ?) LIMIT 1",
            [tag, gateway, sent_ms],
        )
        return None if row is None else Went(*row)

    def by_identity(self, gateway: str, identity: int, tag: bytes | None) -> Sent | None:
        """The segment that went under this identity, whose sender chose it.

        `tag`: only if it went to this person.
        """
        row = self._c.one(
            "SELECT s.parcel, s.part, s.state, s.sending_ms, s.attempts FROM segment s"
            " JOIN parcel p ON p.id = s.parcel WHERE s.identity = ? AND p.gateway = ?"
            " AND p.tag = coalesce(?, p.tag)",
            [identity, gateway, tag],
        )
        return None if row is None else Sent(row[0], row[1], State(row[2]), *row[3:])

    def again_later(self, parcel: int, part: int, settled: Settled, now_ms: int) -> None:
        """It is certainly not out, and goes again under another identity."""
        self._c.execute(
            "UPDATE segment SET identity = NULL WHERE parcel = ? AND part = ?", [parcel, part]
        )
        due_ms = now_ms + int(settled.wait_s * 1000)
        self.resolve(parcel, part, settled.state, settled.error, due_ms)

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
        # Why the rest of it was dropped stays true, whatever became of this segment.
        self._c.execute(
            "UPDATE parcel SET error = ?1 WHERE id = ?2 AND (?1 IS NOT NULL OR NOT EXISTS"
            " (SELECT 1 FROM segment WHERE parcel = ?2 AND state = 'dropped'))",
            [error, parcel],
        )
        drop_rest_of_failed(self._c, parcel)
        recount(self._c, parcel, now_ms)

    def accepted(self, parcel: int, part: int, reference: int, now_ms: int) -> None:
        """The network is still trying: whatever we thought of this segment, it is out."""
        self._c.execute(
            "UPDATE segment SET state = 'sent', reference = ? WHERE parcel = ? AND part = ?"
            " AND (state IN ('unknown', 'parked') OR state = 'queued' AND unknowns > 0)",
            [reference, parcel, part],
        )
        recount(self._c, parcel, now_ms)
