"""Bulletins on the air of the mesh, to everybody at once: each airing is a row in the outbox."""

from dataclasses import dataclass
from typing import ClassVar

from relay.store.database import Connection
from relay.store.outbox import BY_HAND
from relay.values import Kind, Urgency

_INSERT = """
INSERT INTO parcel (medium, tag, recipient_sealed, mask, gateway, kind, urgency, reserve,
  ephemeral, rendering, parts, wide, state, ready, created_ms, not_before_ms, expires_ms)
VALUES ('mesh', ?, x'', ?, ?, ?, ?, ?, 0, ?, 1, 0, 'queued', 1, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Airing:
    """One packet to everybody on a channel of a radio.

    `reserve`: it may use what is kept for urgent bulletins and corrections.  `FORM` is what its
    rendering is known by.
    """

    FORM: ClassVar = "broadcast"

    radio: str
    channel: str
    urgency: Urgency
    reserve: bool
    not_before_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Aired:
    """How often a bulletin went on air, when last, and whether it waits to go now."""

    times: int
    last_ms: int
    waits: bool


class Airings:
    """What the radios broadcast.

    The tag of such a parcel is the name of its radio, so that it blocks no person's messages.
    """

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def add(self, airing: Airing, rendering: int, now_ms: int) -> None:
        """Queue a rendering of a bulletin."""
        parcel = self._parcel(airing, rendering, now_ms)
        self._c.execute(
            "INSERT INTO segment (parcel, part, state) VALUES (?, 1, 'queued')", [parcel]
        )
        self._c.execute(
            "INSERT INTO parcel_bulletin SELECT bulletin, ? FROM rendering WHERE id = ?",
            [parcel, rendering],
        )

    def add_text(self, airing: Airing, text_sealed: bytes, now_ms: int) -> None:
        """Queue words that are no bulletin."""
        parcel = self._parcel(airing, None, now_ms)
        self._c.execute(
            "INSERT INTO segment (parcel, part, state, text_sealed) VALUES (?, 1, 'queued', ?)",
            [parcel, text_sealed],
        )

    def _parcel(self, airing: Airing, rendering: int | None, now_ms: int) -> int:
        cursor = self._c.execute(
            _INSERT,
            [
                airing.radio.encode(),
                airing.channel,
                airing.radio,
                Kind.BROADCAST.value,
                int(airing.urgency),
                int(airing.reserve),
                rendering,
                now_ms,
                airing.not_before_ms,
                airing.expires_ms,
            ],
        )
        return int(cursor.lastrowid or 0)

    def aired(self, radio: str, channel: str) -> dict[int, Aired]:
        """What became of each bulletin on a channel of a radio, by the bulletin's row.

        What goes in several languages at once is one airing.
        """
        # The last one is the newest row, not the latest time: the clock may have gone back.
        rows = self._c.query(
            "SELECT bulletin, times, coalesce(started_ms, created_ms), waits FROM"
            " (SELECT bulletin, count(DISTINCT created_ms) times, max(parcel.id) newest,"
            "   max(parcel.state IN ('queued', 'sending', 'unknown')) waits FROM parcel"
            "  JOIN parcel_bulletin carried ON carried.parcel = parcel.id"
            "  JOIN segment ON segment.parcel = parcel.id"
            "  WHERE kind = 'broadcast' AND gateway = :radio AND mask = :channel"
            "  AND (parcel.state != 'dropped' OR unknowns > 0 OR cancel = :by_hand)"
            "  GROUP BY bulletin)"
            " JOIN parcel ON parcel.id = newest",
            {"radio": radio, "channel": channel, "by_hand": BY_HAND},
        )
        return {row: Aired(times, last_ms, bool(waits)) for row, times, last_ms, waits in rows}

    def waiting(self, radio: str) -> dict[int, int]:
        """What waits for a radio and has not begun: the bulletin's row, by its parcel."""
        rows = self._c.query(
            "SELECT parcel.id, bulletin FROM parcel"
            " JOIN parcel_bulletin carried ON carried.parcel = parcel.id"
            " WHERE kind = 'broadcast' AND gateway = ? AND ready = 1 AND started_ms IS NULL",
            [radio],
        )
        return dict(rows)

    def was_on_air(self, radio: str, chain: int) -> bool:
        """Whether any edition of a bulletin may have been heard on a radio."""
        return (
            self._c.one(
                "SELECT 1 FROM parcel JOIN segment ON segment.parcel = parcel.id"
                " JOIN parcel_bulletin carried ON carried.parcel = parcel.id"
                " JOIN bulletin ON bulletin.id = carried.bulletin"
                " WHERE parcel.kind = 'broadcast' AND parcel.gateway = ? AND chain = ?"
                " AND (segment.unknowns > 0 OR segment.state IN ('sending', 'sent'))",
                [radio, chain],
            )
            is not None
        )
