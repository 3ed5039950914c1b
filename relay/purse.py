"""What a device may send now: the two kinds of budget behind one question.

A modem counts segments, a radio counts time on air.  Both are asked before
each claim, and the price of what was claimed is in the ledger before it goes.
"""

from dataclasses import dataclass
from typing import Protocol

from gateways.mesh.packets import MOST_BROADCAST, MOST_DIRECT
from relay import airtime, budget
from relay.store.ledger import Ledger, Price
from relay.store.sending import ALL, RESERVED, Permit

_PERMITS = {
    budget.Allowance.ALL: ALL,
    budget.Allowance.RESERVED: RESERVED,
    budget.Allowance.NOBODY: Permit(
        urgent=False, answers=False, others=False, urgent_broadcasts=False, broadcasts=False
    ),
}


class AirMs(Protocol):
    """How long a text of so many octets is on the air, ms: `Gateway.air_ms`."""

    def __call__(self, octets: int, *, direct: bool) -> int:
        """Ask for a text of so many octets, to one person or to everybody."""
        ...


class Purse(Protocol):
    """The budget of one device."""

    def permit(self, ledger: Ledger, air_ms: AirMs, meter_ms: int, busy: float | None) -> Permit:
        """What may go now; `busy` is how much of the channel is in use, percent."""
        ...

    def price(self, air_ms: AirMs, octets: int, *, direct: bool) -> Price:
        """What a text of so many octets costs on air."""
        ...


@dataclass(frozen=True, slots=True)
class SegmentPurse:
    """Segments a minute and a day."""

    device: str
    limits: budget.Limits

    def permit(self, ledger: Ledger, air_ms: AirMs, meter_ms: int, busy: float | None) -> Permit:
        """By the segments of the last minute and day."""
        del air_ms, busy
        found = budget.allowance(
            self.limits,
            ledger.segments(self.device, meter_ms - budget.MINUTE_MS),
            ledger.segments(self.device, meter_ms - budget.DAY_MS),
        )
        return _PERMITS[found]

    def price(self, air_ms: AirMs, octets: int, *, direct: bool) -> Price:
        """A segment costs a segment."""
        return Price(air_ms(octets, direct=direct))


@dataclass(frozen=True, slots=True)
class AirPurse:
    """A share of the time on air."""

    device: str
    limits: airtime.Limits

    def permit(self, ledger: Ledger, air_ms: AirMs, meter_ms: int, busy: float | None) -> Permit:
        """By the time on air of the last hour."""
        air = ledger.air(self.device, meter_ms - airtime.WINDOW_MS)
        ago_ms = None if air.last_meter_ms is None else meter_ms - air.last_meter_ms
        spent = airtime.Spent(air.all_ms, air.direct_ms, ago_ms, air.last_ms)
        largest_ms = self._cost_ms(air_ms, MOST_BROADCAST, direct=False)
        everybody = airtime.allowance(self.limits, spent, largest_ms, busy)
        largest_ms = self._cost_ms(air_ms, MOST_DIRECT, direct=True)
        one = airtime.allowance(self.limits, spent, largest_ms, busy)
        return Permit(
            urgent=one.direct,
            answers=one.direct,
            others=one.direct,
            urgent_broadcasts=everybody.urgent,
            broadcasts=everybody.routine,
            why=everybody.why or one.why,
        )

    def _cost_ms(self, air_ms: AirMs, octets: int, *, direct: bool) -> int:
        return self.price(air_ms, octets, direct=direct).all_ms

    def price(self, air_ms: AirMs, octets: int, *, direct: bool) -> Price:
        """With the relays' copies; and with all tries, as nobody knows yet how many it takes."""
        return Price(
            air_ms(octets, direct=direct),
            1 + self.limits.copies,
            airtime.TRIES_DIRECT if direct else 1,
        )
