"""The queue as a modem sees it: who is next, what it costs, and what a crash leaves."""

import pytest

from relay.budget import DAY_MS
from relay.delivery import later, never, not_tried, taken, unknown
from relay.store.sending import RESERVED, Lane
from relay.values import State, Urgency
from tests.relay.world import (
    AIGUL,
    BOLAT,
    DANA,
    ERLAN,
    HOUR,
    LANE,
    MINUTE,
    NOW,
    SECOND,
    SECOND_LANE,
    draft,
)


def test_the_most_urgent_goes_first_then_the_oldest(world):
    world.queue(AIGUL)
    world.queue(BOLAT, urgency=Urgency.URGENT)
    world.queue(DANA, urgency=Urgency.PRIORITY)
    world.queue(ERLAN, urgency=Urgency.URGENT)

    assert world.send_all() == [BOLAT, ERLAN, DANA, AIGUL]


def test_an_urgent_message_overtakes_between_two_segments(world):
    world.queue(AIGUL, parts=("one", "two"))
    world.send()
    world.queue(BOLAT, urgency=Urgency.URGENT)

    assert world.send_all() == [BOLAT, AIGUL]


def test_one_bad_recipient_holds_nobody_up(world):
    bad = world.queue(AIGUL, urgency=Urgency.URGENT)
    world.queue(BOLAT)
    world.send(outcome=later("absent", 1, 30, 600))

    assert world.send_all() == [BOLAT]
    assert world.store.sending.next_due_ms("sms") == NOW + 30 * SECOND
    world.clock.passes(30 * SECOND)
    assert world.send().parcel == bad


def test_each_try_of_the_same_segment_is_counted(world):
    world.queue()
    attempts = []
    for _ in range(3):
        claim = world.send(outcome=later("busy", 1, 1, 1))
        attempts.append(claim.attempts)
        world.clock.passes(SECOND)

    assert attempts == [1, 2, 3]


def test_a_try_that_the_device_spoilt_is_not_counted(world):
    world.queue()
    for _ in range(3):
        world.send(outcome=not_tried("the port is gone"))

    assert world.send(outcome=later("busy", 1, 0, 0)).attempts == 1
    assert world.claim().attempts == 2


def test_nobody_is_sent_to_by_two_modems_at_once(world):
    world.queue(AIGUL)
    world.queue(AIGUL, urgency=Urgency.URGENT)
    other = world.queue(BOLAT)

    in_hand = world.claim(LANE)

    assert world.claim(SECOND_LANE).parcel == other
    assert world.claim(SECOND_LANE) is None
    world.settle(in_hand, taken(1))
    assert world.claim(SECOND_LANE) is not None


def test_segments_of_one_message_stay_on_one_modem(world):
    world.queue(AIGUL, parts=("one", "two", "three"))
    world.send(LANE)

    assert world.claim(SECOND_LANE) is None
    assert world.send(LANE).part == 2


@pytest.mark.parametrize(
    ("facts", "lane"),
    [
        pytest.param({"gateway": "kcell"}, LANE, id="waits-for-another-modem"),
        pytest.param({"medium": "mesh"}, LANE, id="another-medium"),
        pytest.param({}, Lane("sms", "beeline", RESERVED), id="no-share-in-the-reserve"),
        pytest.param({}, Lane("sms", "beeline", after=1), id="older-than-a-locked-node-can-open"),
        pytest.param({"expires_ms": NOW}, LANE, id="has-expired"),
    ],
)
def test_what_is_not_for_this_modem_now_stays(world, facts, lane):
    world.queue(**facts)

    assert not world.store.sending.has_ready(lane, NOW)
    assert world.claim(lane) is None


def test_the_reserve_is_for_those_who_may_use_it(world):
    world.queue(AIGUL, urgency=Urgency.URGENT)
    urgent = world.queue(BOLAT, reserve=True)
    lane = Lane("sms", "beeline", RESERVED)

    assert world.store.sending.has_ready(lane, NOW)
    assert world.send(lane).parcel == urgent
    assert world.claim(lane) is None


def test_a_bulletin_is_claimed_with_the_words_that_all_share(world):
    world.enrol()
    bulletin = world.publish()

    first, second = world.send(), world.send()

    assert first.part_sealed is second.part_sealed is None
    assert (first.part_text + second.part_text).endswith(f"#{bulletin.number}")
    assert first.expires_ms == bulletin.expires_ms


@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param("UPDATE segment SET state = 'sent' WHERE parcel = ?", id="all-are-sent"),
        pytest.param("DELETE FROM segment WHERE parcel = ?", id="there-is-none"),
    ],
)
def test_a_parcel_that_contradicts_its_segments_is_not_sent_and_holds_nobody_up(
    world, contradiction
):
    bad, good = world.queue(AIGUL), world.queue(BOLAT)
    world.store.connection.execute(contradiction, [bad])

    assert world.claim() is None

    assert world.state(bad) is not State.QUEUED
    assert world.claim().parcel == good


# References.


def test_a_reference_is_not_used_again_soon_towards_a_person(world):
    references = []
    for _ in range(200):
        world.queue(parts=("one", "two"))
        references.append(world.send().reference)
        world.send()
        world.clock.passes(MINUTE)

    assert len(set(references)) == 200
    assert all(0 <= reference <= 255 for reference in references)


def test_a_clock_that_went_back_does_not_bring_references_back(world):
    references = []
    for _ in range(6):
        world.queue(parts=("one", "two"))
        references.append(world.send().reference)
        world.send()
        world.clock.wall -= HOUR

    assert len(set(references)) == 6


def test_messages_that_wait_for_another_try_share_no_reference(world):
    first = world.queue(parts=("one", "two"))
    world.send(outcome=not_tried("port gone"))
    world.queue(parts=("one", "two"), urgency=Urgency.URGENT)
    urgent = world.send().reference
    world.send()

    again = world.send()

    assert again.parcel == first
    assert again.reference != urgent


def test_a_segment_sent_once_more_keeps_its_reference(world):
    world.queue(parts=("one", "two"))
    first = world.send(outcome=unknown("silence"))
    world.send()
    world.clock.passes(11 * MINUTE)
    world.ticks()

    again = world.send()

    assert (again.part, again.reference) == (1, first.reference)


# The ledger.


def test_each_segment_is_paid_for_before_it_goes(world):
    world.queue(parts=("one", "two"))

    world.claim()

    assert world.spent() == 1
    assert world.spent("kcell") == 0


@pytest.mark.parametrize(
    ("outcome", "price"),
    [
        pytest.param(taken(1), 1, id="taken"),
        pytest.param(unknown("silence"), 1, id="unknown"),
        pytest.param(later("busy", 1, 30, 600), 0, id="later"),
        pytest.param(not_tried("gone"), 0, id="not-tried"),
        pytest.param(never("refused"), 0, id="never"),
    ],
)
def test_what_the_network_refused_costs_nothing(world, outcome, price):
    world.queue()

    world.send(outcome=outcome)

    assert world.spent() == price


def test_a_refusal_gives_back_one_price_of_this_modem_only(world):
    for number in (AIGUL, BOLAT, DANA):
        world.queue(number)
    world.send()
    world.send(SECOND_LANE)
    world.send(outcome=never("no"))

    assert (world.spent(), world.spent("kcell")) == (1, 1)


def test_prices_slide_out_of_the_day_by_the_meter_and_not_by_the_clock(world):
    world.queue()
    world.send()

    world.clock.wall += 400 * DAY_MS
    assert world.spent() == 1
    world.clock.meter += DAY_MS - 1
    assert world.spent() == 1
    world.clock.meter += 1
    assert world.spent() == 0


def test_a_purge_forgets_no_price_of_the_last_day(world):
    world.queue()
    world.send()
    world.clock.passes(DAY_MS - 1)

    world.upkeep.each_hour(world.clock.now_ms(), world.clock.meter_ms())

    assert world.spent() == 1


# After a crash.


def test_what_was_in_hand_at_a_crash_may_be_out(world):
    parcel = world.queue(parts=("one", "two"))
    world.claim()

    assert world.store.sending.recover(NOW) == 1

    assert world.states(parcel) == (State.UNKNOWN, [State.UNKNOWN, State.QUEUED])
    assert world.spent() == 1
    assert world.store.sending.recover(NOW) == 0


def test_a_message_on_which_the_node_falls_again_is_parked(world):
    parcel = world.queue()
    crashes = 0
    while world.state(parcel) is State.QUEUED:
        world.claim()
        world.store.sending.recover(world.clock.now_ms())
        crashes += 1
        world.clock.passes(11 * MINUTE)
        world.ticks()

    assert world.state(parcel) is State.PARKED
    assert crashes <= 3
    assert world.claim() is None


def test_what_was_taken_back_before_the_crash_does_not_go_after_it(world):
    parcel = world.queue()
    world.claim()
    world.store.outbox.cancel_person(world.tag(), NOW)
    world.store.sending.recover(NOW)
    world.ticks()

    assert world.state(parcel) is State.DROPPED


def test_what_was_in_hand_of_a_failed_message_at_a_crash_does_not_go_after_it(world):
    parcel = world.queue(parts=("one", "two"))
    world.send()
    world.claim()
    world.store.unsettled.report(parcel, 1, State.FAILED, "refused", NOW)

    world.store.sending.recover(NOW)

    assert world.states(parcel) == (State.FAILED, [State.FAILED, State.DROPPED])
    assert world.claim() is None


def test_the_newest_parcel_is_known_also_of_an_empty_store(world):
    assert world.store.sending.newest() == 0
    world.publish(draft())
    parcel = world.queue()
    assert world.store.sending.newest() == parcel
