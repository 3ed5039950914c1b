"""Which segment a delivery report settles.

By its reference, where that was read; else - the node was killed before it
read it - by recipient and time.  Only a segment that may be out is settled
that way, and only if nothing to this person is in the modem's hands now:
the report may be of that one.
"""

from enum import Enum

from gateways.base import HeardReport, Outcome
from relay.clock import millis
from relay.store.inbox import Arrival
from relay.store.unsettled import Unsettled, Went
from relay.values import State

HALF_S_MS, HOURS_MS = 500, 2 * 3_600_000
_STATES = {Outcome.DELIVERED: State.DELIVERED, Outcome.FAILED: State.FAILED}


class Match(Enum):
    """What a report was matched to."""

    SETTLED = "a segment was settled"
    NOT_YET = "it may be of what is in the modem's hands at this moment"
    NOTHING = "it matches nothing"


def settle_report(
    unsettled: Unsettled, heard: HeardReport, tag: bytes, arrival: Arrival, now_ms: int
) -> Match:
    """Settle what `heard` is about."""
    # The centre's stamp is cut to whole seconds: it went about the middle of that one.
    sent_ms = millis(heard.sent_at) + HALF_S_MS if heard.sent_at else arrival.received_ms
    named = unsettled.by_reference(arrival.gateway, tag, heard.reference)
    if named is None and unsettled.is_sending_to(arrival.gateway, tag):
        return Match.NOT_YET
    unnamed = unsettled.by_time(arrival.gateway, tag, sent_ms)
    found = _likelier(named, unnamed, sent_ms)
    if found is None:
        return Match.NOTHING
    if heard.outcome is Outcome.TRYING:
        unsettled.accepted(found.parcel, found.part, heard.reference, now_ms)
    else:
        error = heard.reason if heard.outcome is Outcome.FAILED else None
        unsettled.report(found.parcel, found.part, _STATES[heard.outcome], error, now_ms)
    return Match.SETTLED


def _likelier(named: Went | None, unnamed: Went | None, sent_ms: int) -> Went | None:
    """The one with the reference, unless the other went closer to that time by hours.

    References begin anew after 255.  Only distances are compared, so a clock that is wrong
    does no harm.
    """
    if named is None or unnamed is None:
        return named or unnamed
    nearer_ms = abs(named.sending_ms - sent_ms) - abs(unnamed.sending_ms - sent_ms)
    return unnamed if nearer_ms > HOURS_MS else named
