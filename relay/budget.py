"""How many segments a modem may still send: a pure question to its ledger.

Windows slide (any 60 s, any 24 h), so that no moment of the day gives a
whole budget back at once.  Time is the meter of `relay.clock`, which no
clock jump moves.
"""

from dataclasses import dataclass
from enum import Enum

MINUTE_MS = 60_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Segments a minute and a day, 0 for no limit, and what of a day is kept back."""

    minute: int
    day: int
    reserve: int


class Allowance(Enum):
    """Who may send now."""

    ALL = "all"
    RESERVED = "reserved"
    NOBODY = "nobody"


def allowance(limits: Limits, spent_minute: int, spent_day: int) -> Allowance:
    """Who may send one more segment now."""
    if limits.minute and spent_minute >= limits.minute:
        return Allowance.NOBODY
    if not limits.day:
        return Allowance.ALL
    if spent_day >= limits.day:
        return Allowance.NOBODY
    if spent_day >= limits.day - limits.reserve:
        return Allowance.RESERVED
    return Allowance.ALL


def left_today(limits: Limits, spent_day: int) -> int | None:
    """Segments left in the day that ends now; None where there is no limit."""
    return max(0, limits.day - spent_day) if limits.day else None
