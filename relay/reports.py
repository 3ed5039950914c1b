"""Which segment a delivery report settles.

On SMS by its reference, where that was read; else - the node was killed
before it read it - by recipient and time.  Only a segment that may be out is
settled that way, and only if nothing to this person is in the modem's hands
now: the report may be of that one.  On the mesh by the packet's id, which is
ours and committed before it goes.
"""

from enum import Enum

from gateways.base import HeardReport, Outcome
from relay import delivery
from relay.airtime import acknowledged_at_once
from relay.clock import millis
from relay.store import Store
from relay.store.inbox import Arrival
from relay.store.ledger import Price
from relay.store.unsettled import Sent, Went
from relay.values import State

HALF_S_MS, HOURS_MS = 500, 2 * 3_600_000
MOST_TRIES = 5  # of a packet that our own radio did not take after all
FIRST_WAIT_S, LONGEST_WAIT_S = 15.0, 600.0
MAY_BE_OUT = frozenset({State.SENT, State.UNKNOWN, State.PARKED})
_STATES = {Outcome.DELIVERED: State.DELIVERED, Outcome.FAILED: State.FAILED}


class Match(Enum):
    """What a report was matched to."""

    SETTLED = "a segment was settled"
    NOT_YET = "it may be of what is in the modem's hands at this moment"
    NOTHING = "it matches nothing"


def settle_report(
    store: Store, heard: HeardReport, tag: bytes, arrival: Arrival, now_ms: int
) -> Match:
    """Settle the segment that `heard` is about."""
    unsettled = store.unsettled
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


def settle_acknowledgement(
    store: Store, heard: HeardReport, tag: bytes, arrival: Arrival, now_ms: int
) -> Match:
    """Settle the packet that `heard` names; the recipient's word counts for their own only."""
    to = tag if heard.recipient else None
    sent = store.unsettled.by_identity(arrival.gateway, heard.reference, to)
    if sent is None:
        return Match.NOTHING
    if sent.state is State.SENDING:
        return Match.NOT_YET
    if heard.outcome is Outcome.DELIVERED:
        store.unsettled.report(sent.parcel, sent.part, State.DELIVERED, None, now_ms)
    elif sent.state not in MAY_BE_OUT:
        return Match.SETTLED  # it has ended; what our own radio says late revives nothing
    elif heard.outcome is Outcome.LATER:
        _again(store, sent, heard.reason, now_ms)
    elif heard.outcome is Outcome.FAILED:
        store.unsettled.report(sent.parcel, sent.part, State.FAILED, heard.reason, now_ms)
    else:
        store.unsettled.accepted(sent.parcel, sent.part, heard.reference, now_ms)
    if heard.outcome in {Outcome.DELIVERED, Outcome.TRYING}:
        _give_back(store, sent, arrival.received_ms)
    return Match.SETTLED


def _again(store: Store, sent: Sent, reason: str, now_ms: int) -> None:
    """Our radio dropped it before it went on air: it costs nothing, and may go later."""
    why_not = store.outbox.why_not_again(sent.parcel)
    if why_not is not None:
        settled = delivery.Settled(State.DROPPED, error=why_not)
    elif sent.attempts >= MOST_TRIES:
        settled = delivery.never(reason)
    else:
        settled = delivery.later(reason, sent.attempts, FIRST_WAIT_S, LONGEST_WAIT_S)
    store.ledger.refund(sent.parcel, sent.part)
    store.unsettled.again_later(sent.parcel, sent.part, settled, now_ms)


def _give_back(store: Store, sent: Sent, heard_ms: int) -> None:
    """What was set aside for further tries, where it was acknowledged before the second."""
    price = store.ledger.price(sent.parcel, sent.part)
    if acknowledged_at_once(price.air_ms, heard_ms - sent.sending_ms):
        store.ledger.set_price(sent.parcel, sent.part, Price(price.air_ms, price.copies))
