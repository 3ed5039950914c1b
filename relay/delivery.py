"""What becomes of a segment: decided from what the gateway said, and nothing else.

Four outcomes of a send: taken, try again later, never again, unknown.  After
the network may have the text, silence is not failure: whoever sends again at
once sends twice.  An unknown segment goes once more at most, and only after
its report has had its time; after that it is parked for the operator.
"""

from collections.abc import Collection
from dataclasses import dataclass

from relay.values import State

MOST_UNKNOWNS = 2
ENDED = frozenset({State.DELIVERED, State.FAILED, State.DROPPED, State.SENT})

# The first of these that any segment is in is the state of the whole parcel.
_ORDER = (
    State.SENDING,
    State.FAILED,
    State.PARKED,
    State.UNKNOWN,
    State.QUEUED,
    State.DROPPED,
    State.SENT,
    State.DELIVERED,
)


def parcel_state(segments: Collection[State]) -> State:
    """The state of a parcel with these segments."""
    return next(state for state in _ORDER if state in segments)


@dataclass(frozen=True, slots=True)
class Settled:
    """What to write down of a segment after a try.

    `refund`: it was certainly not sent, so it costs nothing.
    `free`: it does not even count as an attempt.
    `wait_s`: before the parcel may be tried again.
    """

    state: State
    reference: int | None = None
    error: str | None = None
    refund: bool = False
    free: bool = False
    wait_s: float = 0.0


def taken(reference: int) -> Settled:
    """The network took it and will name it by `reference`."""
    return Settled(State.SENT, reference=reference)


def later(reason: str, attempts: int, first_s: float, most_s: float) -> Settled:
    """The network did not take it: wait longer each time, then try again."""
    wait_s = min(first_s * 2 ** min(attempts - 1, 16), most_s)
    return Settled(State.QUEUED, error=reason, refund=True, wait_s=wait_s)


def not_tried(reason: str) -> Settled:
    """The gateway is at fault: the message waits for it and loses nothing."""
    return Settled(State.QUEUED, error=reason, refund=True, free=True)


def never(reason: str) -> Settled:
    """The network will not take it."""
    return Settled(State.FAILED, error=reason, refund=True)


def unknown(reason: str) -> Settled:
    """It may be out."""
    return Settled(State.UNKNOWN, error=reason)


PARKED = (State.PARKED, "may have been sent; `outbox retry` or `outbox drop`")
REPEATED = (State.DROPPED, "may have been sent; it is repeated by schedule")


def end_of_unknown(
    unknowns: int,
    *,
    cancel: str | None,
    expired: bool,
    affordable: bool,
    at_last: tuple[State, str] = PARKED,
) -> tuple[State, str] | None:
    """What becomes of an unknown segment for which no report came in time.

    None: it stays as it is, because the budget is short at the moment.  `at_last`: after the
    second time.
    """
    if cancel is not None:
        return State.DROPPED, cancel
    if expired:
        return State.DROPPED, "expired; may have been sent"
    if unknowns >= MOST_UNKNOWNS:
        return at_last
    if not affordable:
        return None
    return State.QUEUED, "may have been sent; going once more"
