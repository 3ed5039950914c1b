"""Segments that may be out: settled by a report, sent once more, or left to the operator."""

import pytest

from relay.delivery import taken, unknown
from relay.values import State, Urgency
from tests.relay.world import (
    AIGUL,
    BOLAT,
    HOUR,
    LANE,
    MINUTE,
    NOW,
    SECOND,
    SECOND_LANE,
    World,
    report_pdu,
)

WAIT = 10 * MINUTE  # report_wait_s of the settings


def reports(world, number=AIGUL, *, reference=7, status=0, sent_ms=None, gateway="beeline"):
    sent_ms = world.clock.now_ms() if sent_ms is None else sent_ms
    world.keep(report_pdu(number, reference, status, sent_ms), gateway)
    return world.reception.work()


def silent(world, **facts):
    parcel = world.queue(**facts)
    world.send(outcome=unknown("silence"))
    return parcel


# Reports.


@pytest.mark.parametrize(
    ("status", "state"),
    [
        pytest.param(0, State.DELIVERED, id="received"),
        pytest.param(1, State.DELIVERED, id="forwarded"),
        pytest.param(48, State.SENT, id="still-trying"),
        pytest.param(70, State.FAILED, id="validity-expired"),
        pytest.param(99, State.FAILED, id="the-centre-gave-up"),
    ],
)
def test_a_report_names_a_segment_by_its_reference(world, status, state):
    parcel, other = world.queue(), world.queue()
    world.send(reference=7)
    world.send(reference=8)

    reports(world, reference=7, status=status)

    assert world.state(parcel) is state
    assert world.state(other) is State.SENT
    assert world.store.inbox.unfinished() == 0


def test_what_arrived_stays_arrived(world):
    parcel = world.queue()
    world.send(reference=7)
    reports(world, status=0)
    reports(world, status=70, sent_ms=NOW + SECOND)

    assert world.state(parcel) is State.DELIVERED


@pytest.mark.parametrize(
    "stranger",
    [
        pytest.param({"number": BOLAT}, id="to-another-person"),
        pytest.param({"reference": 9}, id="another-reference"),
        pytest.param({"gateway": "kcell"}, id="by-another-modem"),
    ],
)
def test_a_report_that_matches_nothing_settles_nothing(world, stranger):
    parcel = world.queue()
    world.send(reference=7)

    reports(world, **stranger)

    assert world.state(parcel) is State.SENT
    assert world.store.inbox.unfinished() == 0


def test_the_newest_of_two_with_the_same_reference_is_meant(world):
    older = world.queue()
    world.send(reference=7)
    world.clock.passes(HOUR)
    newer = world.queue()
    world.send(reference=7)

    reports(world)

    assert (world.state(older), world.state(newer)) == (State.SENT, State.DELIVERED)


def test_an_old_one_with_the_same_reference_is_not_taken_for_what_went_just_now(world):
    older = world.queue()
    world.send(reference=7)
    world.clock.passes(5 * HOUR)
    newer = silent(world)

    reports(world, reference=7)

    assert (world.state(older), world.state(newer)) == (State.SENT, State.DELIVERED)


def test_a_report_that_comes_late_is_of_the_old_one_with_its_reference(world):
    older = world.queue()
    world.send(reference=7)
    world.clock.passes(5 * HOUR)
    newer = silent(world)

    reports(world, reference=7, sent_ms=NOW)

    assert (world.state(older), world.state(newer)) == (State.DELIVERED, State.UNKNOWN)


def test_a_report_takes_away_the_trouble_that_it_settles(world):
    parcel = silent(world)
    assert world.of(parcel, "error") == "silence"

    reports(world, reference=9)

    assert (world.state(parcel), world.of(parcel, "error")) == (State.DELIVERED, None)


def test_the_reference_of_an_earlier_try_settles_nothing_any_more(world):
    parcel = world.queue()
    world.send(reference=7)
    world.store.connection.execute("UPDATE segment SET state = 'queued'")
    world.store.connection.execute("UPDATE parcel SET state = 'queued', ready = 1")
    world.send(reference=8)

    reports(world, reference=7)

    assert world.state(parcel) is State.SENT


def test_a_segment_whose_reference_was_never_read_is_settled_by_its_time(world):
    first = silent(world)
    world.clock.passes(MINUTE)
    second = silent(world)

    reports(world, reference=200, sent_ms=NOW + MINUTE + 3 * SECOND)
    assert (world.state(first), world.state(second)) == (State.UNKNOWN, State.DELIVERED)

    reports(world, reference=199, sent_ms=NOW + 3 * SECOND)
    assert world.state(first) is State.DELIVERED


def test_the_first_of_two_is_settled_by_its_own_time(world):
    first = silent(world)
    world.clock.passes(MINUTE)
    second = silent(world)

    reports(world, reference=199, sent_ms=NOW + 3 * SECOND)

    assert (world.state(first), world.state(second)) == (State.DELIVERED, State.UNKNOWN)


def test_the_centre_cuts_its_time_to_seconds_which_does_not_mislead(world):
    whole_ms = NOW - NOW % SECOND + SECOND
    world.clock.passes(whole_ms - NOW - 400)
    first = silent(world)
    world.clock.passes(1300)
    second = silent(world)

    # It went 0.9 s into that second; the other went 0.4 s before it began.
    reports(world, reference=200, sent_ms=whole_ms)

    assert (world.state(first), world.state(second)) == (State.UNKNOWN, State.DELIVERED)


def test_a_report_settles_what_was_parked(world):
    parcel = silent(world)
    world.clock.passes(WAIT)
    world.ticks()
    world.send(outcome=unknown("silence"))
    world.clock.passes(WAIT)
    world.ticks()
    assert world.state(parcel) is State.PARKED

    reports(world, reference=3)

    assert world.state(parcel) is State.DELIVERED


def test_what_the_centre_is_still_trying_is_out_and_does_not_go_again(world):
    parcel = silent(world)

    reports(world, reference=44, status=48)
    world.clock.passes(WAIT)
    world.ticks()

    assert world.claim() is None
    assert world.state(parcel) is State.SENT
    reports(world, reference=44, status=0)
    assert world.state(parcel) is State.DELIVERED


def test_a_report_waits_while_a_segment_to_this_person_is_in_hand(world):
    lost = silent(world)
    world.queue()
    in_hand = world.claim()

    assert reports(world, reference=55) == 0
    assert world.state(lost) is State.UNKNOWN
    assert world.store.inbox.unfinished() == 1

    world.settle(in_hand, taken(55))
    world.reception.work()
    assert world.state(in_hand.parcel) is State.DELIVERED
    assert world.state(lost) is State.UNKNOWN
    assert world.store.inbox.unfinished() == 0


def test_what_waits_for_a_modem_holds_up_nothing_else_that_came_in(world):
    silent(world)
    world.queue()
    world.claim()
    world.keep(report_pdu(AIGUL, 55))

    assert world.hears("MENU", BOLAT) != []


def test_a_report_of_a_failed_segment_ends_the_message(world):
    parcel = world.queue(parts=("one", "two"))
    world.send(reference=7)

    reports(world, status=70)

    assert world.states(parcel) == (State.FAILED, [State.FAILED, State.DROPPED])
    assert world.claim() is None


def test_a_locked_node_keeps_a_report_that_it_cannot_match_until_it_is_unlocked(tmp_path):
    world = World(tmp_path)
    parcel = world.queue()
    world.send(reference=7)
    world.start(locked=True)
    reports(world)
    assert world.state(parcel) is State.SENT

    world.start(locked=False)
    world.store.inbox.undefer()
    world.reception.work()

    assert world.state(parcel) is State.DELIVERED
    world.store.close()


# Without a report.


def test_it_goes_once_more_after_the_wait_and_not_before(world):
    parcel = silent(world)
    world.clock.passes(WAIT - SECOND)
    world.ticks()
    assert world.state(parcel) is State.UNKNOWN

    world.clock.passes(SECOND)
    world.ticks()

    assert world.state(parcel) is State.QUEUED
    assert world.send().attempts == 2
    assert world.state(parcel) is State.SENT


def test_what_may_be_out_of_a_failed_message_does_not_go_once_more(world):
    parcel = world.queue(parts=("one", "two", "three"))
    world.send(outcome=unknown("silence"))
    world.store.connection.execute(
        "UPDATE segment SET state = 'failed' WHERE parcel = ? AND part = 2", [parcel]
    )
    world.clock.passes(WAIT)

    world.ticks()

    assert world.states(parcel) == (
        State.FAILED,
        [State.DROPPED, State.FAILED, State.DROPPED],
    )


def test_it_goes_by_the_same_modem(world):
    silent(world)
    world.clock.passes(WAIT)
    world.ticks()

    assert world.claim(SECOND_LANE) is None
    assert world.claim(LANE) is not None


def test_what_may_be_out_twice_is_left_to_the_operator(world):
    parcel = silent(world)
    for _ in range(2):
        world.clock.passes(WAIT)
        world.ticks()
        world.send(outcome=unknown("silence"))
    world.clock.passes(WAIT)
    world.ticks()

    assert world.state(parcel) is State.PARKED
    assert "outbox retry" in world.of(parcel, "error")
    assert world.of(parcel, "ended_ms") is None


def test_it_does_not_go_once_more_when_it_has_expired(world):
    parcel = silent(world, expires_ms=NOW + MINUTE)
    world.clock.passes(WAIT)
    world.ticks()

    assert world.state(parcel) is State.DROPPED
    assert "may have been sent" in world.of(parcel, "error")


def spend(world, segments):
    for _ in range(segments):
        world.store.connection.execute(
            "INSERT INTO spend (gateway, meter_ms) VALUES ('beeline', ?)",
            [world.clock.meter_ms()],
        )


@pytest.mark.parametrize(
    ("spent", "reserve", "goes"),
    [
        pytest.param(158, False, True, id="within-the-budget"),
        pytest.param(160, False, False, id="in-the-reserve"),
        pytest.param(160, True, True, id="the-reserve-is-for-this"),
        pytest.param(200, True, False, id="the-day-is-spent"),
    ],
)
def test_it_goes_once_more_only_where_the_budget_allows(world, spent, reserve, goes):
    parcel = silent(world, reserve=reserve, urgency=Urgency.URGENT)
    spend(world, spent)
    world.clock.passes(WAIT)
    world.ticks()

    assert (world.state(parcel) is State.QUEUED) is goes
    if not goes:
        assert world.state(parcel) is State.UNKNOWN
