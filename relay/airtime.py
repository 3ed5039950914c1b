"""How much of the air a radio may still take: a pure question to its ledger.

The air belongs to everybody who hears us, and the firmware protects it from
nobody in the regions of Kazakhstan: nothing but this module does.  A packet
costs the air of all its copies, ours and the relays', in ms.  The window of an
hour slides, on the meter of `relay.clock`, which no clock jump moves.
"""

import math
from dataclasses import dataclass

HOUR_MS = 3_600_000
# A price stands in the ledger when a packet is claimed; the packet, its tries and its copies are on
# the air up to a minute later.
WINDOW_MS = HOUR_MS + 60_000
URGENT_PART = 0.25  # of the hour's airtime, kept for urgent bulletins and corrections
DIRECT_PART = 0.5  # of the hour's airtime, the most that messages to one person may take
MOST_BUSY = 25.0  # percent of the channel in use; above that only urgent bulletins go
MOST_AT_ONCE = 0.25  # of the channel, the most that we hold even for a short while

TRIES_DIRECT = 3  # the firmware sends a direct message so often until it is acknowledged
ACK_WAIT_MS = 4500  # the firmware's PROCESSING_TIME_MSEC


@dataclass(frozen=True, slots=True)
class Limits:
    """What a radio may take.

    Attributes:
        share: of any hour, 0 to 1, relays' copies counted; 0: it is silent.
        copies: how many relays are taken to repeat each packet.
    """

    share: float
    copies: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What a radio took in the hour that ends now, copies and tries counted.

    Attributes:
        all_ms: by all packets.
        direct_ms: of that, by messages to one person.
        last_ms_ago: when the last packet began; None where there was none in this hour.
        last_cost_ms: of that packet.
    """

    all_ms: int
    direct_ms: int
    last_ms_ago: int | None
    last_cost_ms: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which packets may go now, and in a sentence why others wait; "" where none does."""

    urgent: bool
    direct: bool
    routine: bool
    why: str


def acknowledged_at_once(air_ms: float, after_ms: int) -> bool:
    """Whether an acknowledgement came before the firmware could have tried again.

    It waits for 2 packets, `ACK_WAIT_MS` and some slots (`getRetransmissionMsec`);
    the slots are left out, so that no price is given back for what was on the air.
    """
    return 0 <= after_ms < 2 * air_ms + ACK_WAIT_MS


def allowance(limits: Limits, spent: Spent, largest_ms: int, busy: float | None) -> Allowed:
    """Which packets may go now.

    Args:
        limits: of the radio.
        spent: of the hour that ends now.
        largest_ms: what the next packet costs at most; there must be room for it.
        busy: how much of the channel is in use, percent; None where nobody knows.
    """
    for_all = _for_all(limits, spent, largest_ms)
    for_common = for_all or _for_common(limits, spent, largest_ms, busy)
    for_direct = for_common or _for_direct(limits, spent, largest_ms)
    for_routine = for_common or _for_routine(spent)
    return Allowed(
        urgent=not for_all,
        direct=not for_direct,
        routine=not for_routine,
        why=for_direct or for_routine,
    )


def _capacity_ms(limits: Limits) -> int:
    return int(limits.share * HOUR_MS)


def _common_ms(limits: Limits) -> float:
    """What all packets but urgent ones may fill."""
    return _capacity_ms(limits) * (1 - URGENT_PART)


# Each says why its packets wait, "" where they do not.


def _for_all(limits: Limits, spent: Spent, largest_ms: int) -> str:
    if not limits.share:
        return "silent: `airtime_share` is 0"
    capacity_ms = _capacity_ms(limits)
    if largest_ms > capacity_ms:
        return f"silent: the hour's {capacity_ms} ms of air hold no packet of {largest_ms} ms"
    if spent.all_ms + largest_ms > capacity_ms:
        return f"the hour's airtime is spent: {_of(spent.all_ms, capacity_ms)}"
    return ""


def _for_common(limits: Limits, spent: Spent, largest_ms: int, busy: float | None) -> str:
    if spent.all_ms + largest_ms > _common_ms(limits):
        spent_of = _of(spent.all_ms, _capacity_ms(limits))
        return f"the rest of the hour's airtime is for urgent bulletins: {spent_of}"
    if busy is not None and busy > MOST_BUSY:
        return f"the channel is busy ({math.ceil(busy)} %): only urgent bulletins go"
    return ""


def _for_direct(limits: Limits, spent: Spent, largest_ms: int) -> str:
    most_ms = int(_capacity_ms(limits) * DIRECT_PART)
    if spent.direct_ms + largest_ms > most_ms:
        taken = _of(spent.direct_ms, most_ms)
        return f"direct messages took {taken} that they may in an hour; one takes {largest_ms} ms"
    return ""


def _for_routine(spent: Spent) -> str:
    if spent.last_ms_ago is None:
        return ""
    wait_ms = spent.last_cost_ms / MOST_AT_ONCE - spent.last_ms_ago
    if wait_ms > 0:
        return f"resting {math.ceil(wait_ms / 1000)} s, to leave the channel to others"
    return ""


def _of(spent_ms: int, most_ms: int) -> str:
    return f"{spent_ms // 1000} s of {most_ms // 1000} s"
