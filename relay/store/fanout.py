"""One bulletin to many people, all in SQL: it may be ten thousand of them."""

from collections.abc import Sequence
from typing import Any

from relay.store.database import Connection
from relay.values import Kind


class Fanout:
    """Queues renderings of bulletins."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def push(
        self,
        rendering: int,
        kind: Kind,
        topics: int,
        *,
        reserve: bool,
        volunteers: bool,
        now_ms: int,
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
        language, script, wide, bulletin, urgency, expires_ms = (
            self._c.one(
                "SELECT language, script, wide, bulletin, urgency, expires_ms FROM rendering"
                " JOIN bulletin ON bulletin.id = bulletin WHERE rendering.id = ?",
                [rendering],
            )
            or (None,) * 6
        )
        parts = self._c.scalar(
            "SELECT count(*) FROM rendering_part WHERE rendering = ?", [rendering]
        )
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
