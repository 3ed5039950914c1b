"""What each gateway has spent: segments, and on the mesh their time on air.

A row is written with the claim of a segment, before it goes.  What was
certainly not sent is taken back.
"""

from dataclasses import dataclass

from relay.store.database import Connection

_NEWEST = "rowid = (SELECT max(rowid) FROM spend WHERE parcel = ? AND part = ?)"


_COST = "air_ms * copies * tries"


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays for what: a gateway for a segment, `direct` if it goes to one person."""

    gateway: str
    parcel: int
    part: int
    direct: bool


@dataclass(frozen=True, slots=True)
class Price:
    """Time on air of one copy, ms, times the copies of all relays and ours, times the tries."""

    air_ms: int
    copies: int = 1
    tries: int = 1

    @property
    def all_ms(self) -> int:
        """All copies of all tries together."""
        return self.air_ms * self.copies * self.tries


@dataclass(frozen=True, slots=True)
class AirSpent:
    """Time on air of one gateway, all copies and tries counted: in all, and to single persons.

    `last_meter_ms` is when it sent last, `last_ms` what that cost; None and 0 if never.
    """

    all_ms: int
    direct_ms: int
    last_meter_ms: int | None
    last_ms: int


class Ledger:
    """Prices, by the meter that no clock jump moves."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def charge(self, charge: Charge, meter_ms: int) -> None:
        """A segment is about to go."""
        self._c.execute(
            "INSERT INTO spend (gateway, meter_ms, parcel, part, direct) VALUES (?, ?, ?, ?, ?)",
            [charge.gateway, meter_ms, charge.parcel, charge.part, charge.direct],
        )

    def refund(self, parcel: int, part: int) -> None:
        """The last try of a segment was certainly not sent: it costs nothing."""
        self._c.execute(f"DELETE FROM spend WHERE {_NEWEST}", [parcel, part])  # noqa: S608  # our own condition

    def set_price(self, parcel: int, part: int, price: Price) -> None:
        """What the last try of a segment costs on air."""
        self._c.execute(
            f"UPDATE spend SET air_ms = ?, copies = ?, tries = ? WHERE {_NEWEST}",  # noqa: S608  # our own condition
            [price.air_ms, price.copies, price.tries, parcel, part],
        )

    def price(self, parcel: int, part: int) -> Price:
        """What the last try of a segment was said to cost."""
        row = self._c.one(
            f"SELECT air_ms, copies, tries FROM spend WHERE {_NEWEST}",  # noqa: S608  # our own condition
            [parcel, part],
        )
        return Price(0) if row is None else Price(*row)

    def segments(self, gateway: str, since_ms: int) -> int:
        """How many segments this gateway was given after that time of the meter."""
        return int(
            self._c.scalar(
                "SELECT count(*) FROM spend WHERE gateway = ? AND meter_ms > ?",
                [gateway, since_ms],
            )
        )

    def air(self, gateway: str, since_ms: int) -> AirSpent:
        """Time on air of this gateway after that time of the meter."""
        row = self._c.one(
            f"SELECT coalesce(sum({_COST}), 0), coalesce(sum(direct * {_COST}), 0)"  # noqa: S608  # our own columns
            " FROM spend WHERE gateway = ? AND meter_ms > ?",
            [gateway, since_ms],
        )
        last = self._c.one(
            f"SELECT meter_ms, {_COST} FROM spend WHERE gateway = ?"  # noqa: S608  # our own columns
            " ORDER BY meter_ms DESC, rowid DESC LIMIT 1",
            [gateway],
        )
        return AirSpent(*(row or (0, 0)), *(last or (None, 0)))

    def purge(self, before_ms: int) -> None:
        """Delete prices that no budget looks at any more."""
        self._c.execute("DELETE FROM spend WHERE meter_ms < ?", [before_ms])
