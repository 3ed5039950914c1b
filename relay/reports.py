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
from relay.store.unsettled import Unsettled
from relay.values import State

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
    sent_ms = millis(heard.sent_at) if heard.sent_at else arrival.received_ms
    found = unsettled.by_reference(arrival.gateway, tag, heard.reference, sent_ms)
    if found is None and unsettled.is_sending_to(arrival.gateway, tag):
        return Match.NOT_YET
    if found is None:
        found = unsettled.by_time(arrival.gateway, tag, sent_ms)
    if found is None:
        return Match.NOTHING
    if heard.outcome is Outcome.TRYING:
        unsettled.accepted(*found, heard.reference, now_ms)
    else:
        error = heard.reason if heard.outcome is Outcome.FAILED else None
        unsettled.report(*found, _STATES[heard.outcome], error, now_ms)
    return Match.SETTLED
