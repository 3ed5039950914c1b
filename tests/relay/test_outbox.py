"""The outbox as a list of messages: how they end, are taken back, retried and given up."""

import pytest

from relay.delivery import later, never, not_tried, taken, unknown
from relay.store.meta import Device
from relay.values import Notice, State, Urgency
from tests.relay.world import AIGUL, BOLAT, DANA, DAY, HOUR, LANE, MINUTE, NOW, SECOND, SECOND_LANE

THREE = ("one ", "two ", "three")


def may_be_out(world, parcel, times=1):
    """Send a segment so that nobody knows whether it is out, so many times."""
    for _ in range(times):
        world.send(outcome=unknown("silence"))
        if times > 1:
            world.clock.passes(11 * MINUTE)
            world.ticks()
    return parcel


# From queued to an end.


def test_a_message_is_queued_then_in_hand_then_sent(world):
    parcel = world.queue()
    assert world.states(parcel) == (State.QUEUED, [State.QUEUED])

    claim = world.claim()
    assert world.states(parcel) == (State.SENDING, [State.SENDING])
    assert (claim.parcel, claim.part, claim.parts, claim.attempts) == (parcel, 1, 1, 1)
    assert world.open("number", claim.recipient_sealed) == AIGUL
    assert world.open("text", claim.part_sealed) == "text"

    world.settle(claim, taken(9))
    assert world.states(parcel) == (State.SENT, [State.SENT])
    assert world.claim() is None


def test_segments_go_one_by_one_in_their_order(world):
    parcel = world.queue(parts=THREE)

    claims = [world.send() for _ in THREE]

    assert [claim.part for claim in claims] == [1, 2, 3]
    assert {claim.reference for claim in claims} == {claims[0].reference}
    assert world.state(parcel) is State.SENT


@pytest.mark.parametrize(
    ("outcome", "state", "segments", "error"),
    [
        pytest.param(taken(1), State.QUEUED, "sent queued", None, id="taken"),
        pytest.param(later("busy", 1, 30, 600), State.QUEUED, "queued queued", "busy", id="later"),
        pytest.param(not_tried("gone"), State.QUEUED, "queued queued", "gone", id="device-down"),
        pytest.param(never("refused"), State.FAILED, "failed dropped", "refused", id="never"),
        pytest.param(unknown("silent"), State.UNKNOWN, "unknown queued", "silent", id="unknown"),
    ],
)
def test_what_the_network_said_is_written_down(world, outcome, state, segments, error):
    parcel = world.queue(parts=("one", "two"))

    world.send(outcome=outcome)

    assert world.states(parcel) == (state, [State(name) for name in segments.split()])
    assert world.of(parcel, "error") == error


def test_a_failed_message_never_goes_on(world):
    world.queue(parts=THREE)
    world.send()
    world.send(outcome=never("refused"))

    assert world.claim() is None


def test_other_segments_go_on_while_one_may_be_out(world):
    parcel = world.queue(parts=THREE)
    world.send(outcome=unknown("silence"))

    assert world.send().part == 2
    assert world.send().part == 3
    assert world.claim() is None
    assert world.state(parcel) is State.UNKNOWN


# Expiry and taking back.


def test_what_has_expired_is_dropped_and_not_claimed(world):
    parcel = world.queue(expires_ms=NOW + HOUR)
    world.clock.passes(HOUR)
    assert world.claim() is None

    assert world.store.outbox.expire(world.clock.now_ms()) == 1

    assert world.state(parcel) is State.DROPPED
    assert world.of(parcel, "error") == "expired"


def test_the_rest_of_a_message_expires_too(world):
    parcel = world.queue(parts=THREE, expires_ms=NOW + HOUR)
    world.send()
    world.clock.passes(HOUR)
    world.ticks()

    assert world.states(parcel)[1] == [State.SENT, State.DROPPED, State.DROPPED]


def cancelled(world, how, parcel):
    """Take messages back as a STOP or a withdrawal does."""
    with world.store.transaction():
        if how == "stopped":
            world.store.outbox.cancel_person(world.tag(), world.clock.now_ms())
        else:
            world.store.connection.execute(
                "INSERT OR IGNORE INTO parcel_bulletin VALUES (77, ?)", [parcel]
            )
            world.store.outbox.cancel_bulletin(77, how, world.clock.now_ms())


REASONS = pytest.mark.parametrize("how", ["stopped", "withdrawn", "superseded"])


@REASONS
def test_what_is_queued_is_dropped_when_it_is_taken_back(world, how):
    parcel, other = world.queue(), world.queue(BOLAT)

    cancelled(world, how, parcel)

    assert world.state(parcel) is State.DROPPED
    assert world.of(parcel, "error") == how
    assert world.send().parcel == other


@REASONS
@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        pytest.param(taken(1), State.SENT, id="taken"),
        pytest.param(later("busy", 1, 30, 600), State.DROPPED, id="later"),
        pytest.param(not_tried("gone"), State.DROPPED, id="not-tried"),
        pytest.param(unknown("silence"), State.DROPPED, id="unknown"),
        pytest.param(never("no"), State.FAILED, id="never"),
    ],
)
def test_what_is_in_hand_when_taken_back_does_not_go_again(world, how, outcome, end):
    parcel = world.queue()
    claim = world.claim()

    cancelled(world, how, parcel)
    world.settle(claim, outcome)
    world.ticks()

    assert world.state(parcel) is end
    world.clock.passes(HOUR)
    world.ticks()
    assert world.claim() is None


@REASONS
def test_what_may_be_out_does_not_go_once_more_when_taken_back(world, how):
    parcel = may_be_out(world, world.queue())

    cancelled(world, how, parcel)
    world.ticks()

    assert world.state(parcel) is State.DROPPED
    assert world.of(parcel, "error") == how


def test_what_may_be_out_of_a_failed_message_does_not_go_after_a_stop(world):
    parcel = world.queue(parts=("one", "two"))
    world.send(outcome=unknown("silence"))
    world.send(outcome=never("refused"))
    assert world.state(parcel) is State.FAILED

    cancelled(world, "stopped", parcel)
    world.clock.passes(HOUR)
    world.ticks()

    assert world.claim() is None
    assert world.states(parcel)[1] == [State.DROPPED, State.FAILED]


@REASONS
def test_what_is_parked_is_dropped_by_hand_only_but_never_sent_when_taken_back(world, how):
    parcel = may_be_out(world, world.queue(), times=2)
    assert world.state(parcel) is State.PARKED

    cancelled(world, how, parcel)

    assert world.store.outbox.why_not_again(parcel) == how


@pytest.mark.parametrize(
    "outcome", [pytest.param(never("no"), id="failed"), pytest.param(None, id="dropped")]
)
def test_nothing_is_sent_again_by_hand_to_who_has_stopped_since(world, outcome):
    parcel = world.queue(expires_ms=NOW + MINUTE)
    if outcome:
        world.send(outcome=outcome)
    world.clock.passes(MINUTE)
    world.ticks()
    assert world.store.outbox.why_not_again(parcel) is None

    world.hears("STOP")

    assert world.store.outbox.why_not_again(parcel) == "stopped"


@pytest.mark.parametrize("how", ["superseded", "withdrawn", "expired"])
def test_no_bulletin_that_has_ended_is_sent_again_by_hand(world, how):
    world.enrol()
    bulletin = world.publish()
    (parcel,) = world.parcels()
    world.send(outcome=never("no"))
    assert world.store.outbox.why_not_again(parcel) is None

    if how == "superseded":
        world.desk.revise(bulletin.number, {"ru": "Иначе."}, Notice.UPDATE, NOW, HOUR)
    elif how == "withdrawn":
        world.desk.withdraw(bulletin.number, NOW)
    else:
        world.clock.passes(DAY)
        world.ticks()

    assert world.store.outbox.why_not_again(parcel) == how


def test_a_withdrawal_itself_may_be_sent_again_by_hand(world):
    world.enrol()
    bulletin = world.publish()
    world.send_all()
    world.desk.withdraw(bulletin.number, NOW)
    world.route()
    (notice,) = world.parcels(state="queued")
    world.send(outcome=never("no"))

    assert world.store.outbox.why_not_again(notice) is None


def test_a_bulletin_sent_again_by_hand_does_not_outlive_itself(world):
    world.enrol()
    bulletin = world.publish()
    (parcel,) = world.parcels()
    world.send(outcome=never("no"))

    assert world.store.outbox.retry(parcel, NOW, NOW + 30 * DAY)

    assert world.of(parcel, "expires_ms") == bulletin.expires_ms


# By hand.


def test_a_parked_message_goes_again_when_the_operator_says_so(world):
    parcel = may_be_out(world, world.queue(), times=2)
    assert world.claim() is None

    assert world.store.outbox.why_not_again(parcel) is None
    assert world.store.outbox.retry(parcel, world.clock.now_ms(), world.clock.now_ms() + HOUR)

    assert world.send().parcel == parcel
    assert world.state(parcel) is State.SENT


def test_a_message_that_expired_goes_again_with_a_new_expiry(world):
    parcel = world.queue(parts=("one", "two"), expires_ms=NOW + MINUTE)
    world.send()
    world.clock.passes(HOUR)
    world.ticks()

    now_ms = world.clock.now_ms()
    assert world.store.outbox.retry(parcel, now_ms, now_ms + HOUR)

    claim = world.send()
    assert (claim.part, claim.expires_ms) == (2, now_ms + HOUR)


@pytest.mark.parametrize("outcome", [None, taken(1)], ids=["queued", "sent"])
def test_there_is_nothing_to_retry_of_a_message_that_is_well(world, outcome):
    parcel = world.queue()
    if outcome:
        world.send(outcome=outcome)

    assert not world.store.outbox.retry(parcel, NOW, NOW + HOUR)


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(None, id="queued"),
        pytest.param(unknown("silence"), id="unknown"),
    ],
)
def test_what_the_operator_drops_goes_no_more(world, outcome):
    parcel = world.queue()
    if outcome:
        world.send(outcome=outcome)

    assert world.store.outbox.drop(parcel, NOW)

    assert world.state(parcel) is State.DROPPED
    world.clock.passes(HOUR)
    world.ticks()
    assert world.claim() is None


@pytest.mark.parametrize(
    "outcome", [later("busy", 1, 30, 600), not_tried("gone"), unknown("silence")]
)
def test_what_the_operator_drops_while_it_is_in_hand_goes_no_more_either(world, outcome):
    parcel = world.queue(parts=("one", "two"))
    claim = world.claim()

    assert world.store.outbox.drop(parcel, NOW)
    world.settle(claim, outcome)
    world.clock.passes(HOUR)
    world.ticks()

    assert world.state(parcel) is State.DROPPED
    assert world.claim() is None


def test_what_the_operator_dropped_may_be_sent_by_the_operator(world):
    parcel = world.queue()
    world.store.outbox.drop(parcel, NOW)

    assert world.store.outbox.why_not_again(parcel) is None
    assert world.store.outbox.retry(parcel, NOW, NOW + HOUR)
    assert world.send().parcel == parcel


def test_there_is_nothing_to_drop_of_a_message_that_is_out(world):
    parcel = world.queue()
    world.send()

    assert not world.store.outbox.drop(parcel, NOW)
    assert world.state(parcel) is State.SENT


# What leaves no trace.


@pytest.mark.parametrize(
    "outcome",
    [taken(1), never("no"), unknown("silence")],
    ids=["sent", "failed", "parked"],
)
def test_an_ephemeral_message_vanishes_when_it_has_ended(world, outcome):
    parcel = world.queue(parts=("one",), ephemeral=True)

    for _ in range(3):
        world.send(outcome=outcome)
        world.clock.passes(11 * MINUTE)
        world.ticks()

    assert world.states(parcel) is None
    assert world.tag() not in world.dump()


def test_an_ephemeral_message_is_whole_before_it_vanishes(world):
    parcel = world.queue(parts=THREE, ephemeral=True)
    world.send()
    world.send()
    assert world.states(parcel) is not None

    world.send()

    assert world.states(parcel) is None


# A modem that died.


def gone(world, name="beeline", for_ms=61 * SECOND):
    world.store.devices.note(Device(name, "down", "gone", "plug it in", None, NOW))
    world.clock.passes(for_ms)
    world.ticks()


def test_what_waits_for_a_dead_modem_goes_by_another_after_a_while(world):
    parcel = world.queue(gateway="beeline")
    assert world.claim(SECOND_LANE) is None

    gone(world, for_ms=59 * SECOND)
    assert world.claim(SECOND_LANE) is None
    world.clock.passes(2 * SECOND)
    world.ticks()

    assert world.send(SECOND_LANE).parcel == parcel


def test_what_was_certainly_not_sent_is_not_bound_to_the_dead_modem(world):
    parcel = world.queue(parts=THREE)
    world.send(outcome=not_tried("port gone"))

    gone(world)

    assert world.send(SECOND_LANE).parcel == parcel


def test_a_message_that_has_begun_stays_on_its_modem(world):
    world.queue(parts=THREE)
    world.send(LANE)

    gone(world)

    assert world.claim(SECOND_LANE) is None


def test_what_may_be_out_stays_on_its_modem(world):
    world.queue()
    world.send(outcome=unknown("silence"))
    gone(world, for_ms=11 * MINUTE)

    assert world.claim(SECOND_LANE) is None
    assert world.claim(LANE) is not None


# Looking, and forgetting.


def test_the_operator_sees_the_newest_first_and_no_number(world):
    world.queue(urgency=Urgency.URGENT)
    newest = world.queue(DANA, parts=THREE)
    world.send()

    rows = world.store.outbox.rows()

    assert [row[0] for row in rows] == [newest, newest - 1]
    assert rows[0][2] == "…25"
    assert world.store.outbox.rows(limit=1) == rows[:1]
    assert world.store.outbox.rows(parcel=newest) == rows[:1]
    assert not any(isinstance(value, bytes) for row in rows for value in row)


def test_counts_name_every_state(world):
    world.queue()
    world.queue(BOLAT)
    world.send()

    counts = world.store.outbox.counts()

    assert set(counts) == {state.value for state in State}
    assert (counts["sent"], counts["queued"]) == (1, 1)
    assert world.store.outbox.unfinished() == {"queued": 1}


@pytest.mark.parametrize("revised", [False, True], ids=["first-edition", "earlier-edition"])
def test_who_heard_of_a_bulletin_is_kept_while_it_lives(world, revised):
    world.enrol()
    bulletin = world.publish()
    world.send_all()
    (told,) = world.parcels()
    if revised:
        world.desk.revise(bulletin.number, {"ru": "Иначе."}, Notice.UPDATE, NOW, DAY)

    world.store.outbox.purge(NOW + DAY)
    assert world.state(told) is State.SENT

    world.store.bulletins.expire(NOW + 2 * DAY)
    world.store.outbox.purge(NOW + DAY)
    assert world.state(told) is None


def test_only_what_ended_long_ago_is_purged(world):
    sent, waiting, parked = world.queue(), world.queue(BOLAT), world.queue(DANA)
    world.send()
    world.store.connection.execute("UPDATE segment SET state = 'parked' WHERE parcel = ?", [parked])
    world.store.connection.execute("UPDATE parcel SET state = 'parked' WHERE id = ?", [parked])

    world.store.outbox.purge(NOW)
    assert world.state(sent) is State.SENT
    world.store.outbox.purge(NOW + DAY)

    assert [world.state(one) for one in (sent, waiting, parked)] == [
        None,
        State.QUEUED,
        State.PARKED,
    ]


def test_why_it_was_dropped_stands_before_why_it_had_waited(world):
    parcel = world.queue()
    world.send(outcome=later("the network is busy", 1, 1, 1))
    world.clock.passes(2 * DAY)
    world.ticks()

    assert world.of(parcel, "error") == "expired; the network is busy"
