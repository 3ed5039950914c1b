"""One bulletin to many people, all in SQL: it may be ten thousand of them."""

from dataclasses import dataclass

from relay.store.database import Connection
from relay.values import Audience, Kind, Urgency

# Whoever wants a topic, in one language and script.
_WANTING = """
SELECT tag, number_sealed AS recipient, mask, gateway FROM person
WHERE medium = :medium AND state = 'active' AND language = :language AND script = :script
  AND topics & :topics AND volunteer >= :volunteers
"""

# Whoever an edition of this bulletin was sent to, or (`missed`) was taken away from in the
# queue by this very correction: they would else never hear of it at all.
_TOLD = """
SELECT p.tag, person.number_sealed AS recipient, p.mask, p.gateway FROM parcel p
JOIN person ON person.tag = p.tag
WHERE person.medium = :medium AND person.state != 'stopped'
  AND person.language = :language AND person.script = :script
  AND p.id IN (
    SELECT max(parcel.id) FROM parcel
    JOIN parcel_bulletin ON parcel.id = parcel JOIN bulletin ON bulletin.id = bulletin
    WHERE chain = :chain AND ephemeral = 0 AND (
      (:missed AND parcel.cancel = 'superseded') OR EXISTS (
        SELECT 1 FROM segment WHERE segment.parcel = parcel.id
        AND (segment.unknowns > 0
          OR segment.state IN ('sending', 'sent', 'delivered', 'unknown', 'parked'))))
    GROUP BY parcel.tag)
"""

_PARCELS = """
INSERT INTO parcel (medium, tag, recipient_sealed, mask, gateway, kind, urgency, reserve,
  ephemeral, rendering, parts, wide, state, ready, created_ms, not_before_ms, expires_ms)
SELECT :medium, tag, recipient, mask, gateway, :kind, :urgency, :reserve, 0, :rendering, :parts,
  :wide, 'queued', 1, :now_ms, :now_ms, :expires_ms FROM ({audience})
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """A rendering on its way to its readers: what it is, and whether it may use the reserve."""

    rendering: int
    audience: Audience
    kind: Kind
    urgency: Urgency
    now_ms: int
    reserve: bool = False


class Fanout:
    """Queues renderings of bulletins."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def push(self, edition: Edition, topics: int, *, volunteers: bool) -> int:
        """Queue it for everybody active in its language and script who wants one of `topics`.

        `volunteers`: only for them.  Returns how many they are.
        """
        return self._fan_out(edition, _WANTING, topics=topics, volunteers=int(volunteers))

    def tell_again(self, edition: Edition, chain: int, *, missed: bool) -> int:
        """Queue it for everybody who was sent an earlier edition, once each.

        `missed`: also for whom an earlier edition was still queued.  Returns how many they are.
        """
        return self._fan_out(edition, _TOLD, chain=chain, missed=int(missed))

    def told_audiences(self, chain: int) -> list[Audience]:
        """Who has a message of this bulletin."""
        rows = self._c.query(
            "SELECT DISTINCT person.medium, language, script FROM person"
            " JOIN parcel ON parcel.tag = person.tag"
            " JOIN parcel_bulletin ON parcel.id = parcel JOIN bulletin ON bulletin.id = bulletin"
            " WHERE chain = ?",
            [chain],
        )
        return [Audience(*row) for row in rows]

    def _fan_out(self, edition: Edition, audience: str, **values: int) -> int:
        last = int(self._c.scalar("SELECT coalesce(max(id), 0) FROM parcel"))
        cursor = self._c.execute(
            _PARCELS.format(audience=audience), {**self._facts(edition), **values}
        )
        self._c.execute(
            "INSERT INTO segment (parcel, part, state) SELECT parcel.id, part, 'queued'"
            " FROM parcel JOIN rendering_part ON rendering_part.rendering = parcel.rendering"
            " WHERE parcel.id > ?",
            [last],
        )
        self._c.execute(
            "INSERT INTO parcel_bulletin SELECT rendering.bulletin, parcel.id FROM parcel"
            " JOIN rendering ON rendering.id = parcel.rendering WHERE parcel.id > ?",
            [last],
        )
        return cursor.rowcount

    def _facts(self, edition: Edition) -> dict[str, object]:
        """What all parcels of a rendering have in common, and whose it is."""
        names = ("wide", "expires_ms", "parts")
        row = self._c.query(
            "SELECT wide, expires_ms,"
            " (SELECT count(*) FROM rendering_part WHERE rendering = rendering.id)"
            " FROM rendering JOIN bulletin ON bulletin.id = bulletin WHERE rendering.id = ?",
            [edition.rendering],
        )[0]
        return {
            **dict(zip(names, row, strict=True)),
            "medium": edition.audience.medium,
            "language": edition.audience.language,
            "script": edition.audience.script,
            "kind": edition.kind.value,
            "urgency": int(edition.urgency),
            "reserve": int(edition.reserve),
            "rendering": edition.rendering,
            "now_ms": edition.now_ms,
        }
