"""What becomes of a segment, and of a parcel by its segments."""

import pytest

from relay import delivery
from relay.values import State


def of(names):
    letters = {
        "q": State.QUEUED,
        ">": State.SENDING,
        "s": State.SENT,
        "d": State.DELIVERED,
        "f": State.FAILED,
        "?": State.UNKNOWN,
        "p": State.PARKED,
        "x": State.DROPPED,
    }
    return [letters[name] for name in names]


@pytest.mark.parametrize(
    ("segments", "parcel"),
    [
        pytest.param("q", "q", id="alone"),
        pytest.param("qqq", "q", id="nothing-has-gone"),
        pytest.param("s>q", ">", id="one-is-in-hand"),
        pytest.param("sqq", "q", id="goes-on"),
        pytest.param("sss", "s", id="all-are-out"),
        pytest.param("dds", "s", id="one-report-is-missing"),
        pytest.param("ddd", "d", id="all-have-arrived"),
        pytest.param("dfx", "f", id="one-will-never-arrive"),
        pytest.param("s?q", "?", id="one-may-be-out"),
        pytest.param("?ps", "p", id="a-person-must-decide"),
        pytest.param("sxx", "x", id="the-rest-was-dropped"),
        pytest.param("f>", ">", id="in-hand-hides-a-failure"),
    ],
)
def test_the_state_of_a_parcel_follows_from_its_segments(segments, parcel):
    assert delivery.parcel_state(of(segments)) is of(parcel)[0]


@pytest.mark.parametrize(
    ("attempts", "wait_s"),
    [(1, 30), (2, 60), (3, 120), (5, 480), (6, 600), (60, 600)],
)
def test_each_refusal_for_now_doubles_the_wait_up_to_a_bound(attempts, wait_s):
    settled = delivery.later("busy", attempts, 30, 600)

    assert settled == delivery.Settled(State.QUEUED, error="busy", refund=True, wait_s=wait_s)


@pytest.mark.parametrize(
    ("settled", "state", "refund"),
    [
        pytest.param(delivery.taken(7), State.SENT, False, id="taken"),
        pytest.param(delivery.later("x", 1, 1, 2), State.QUEUED, True, id="later"),
        pytest.param(delivery.not_tried("x"), State.QUEUED, True, id="not-tried"),
        pytest.param(delivery.never("x"), State.FAILED, True, id="never"),
        pytest.param(delivery.unknown("x"), State.UNKNOWN, False, id="unknown"),
    ],
)
def test_only_what_is_certainly_not_out_costs_nothing(settled, state, refund):
    assert (settled.state, settled.refund) == (state, refund)


def test_a_device_at_fault_costs_the_message_no_wait():
    assert delivery.not_tried("port gone").wait_s == 0


@pytest.mark.parametrize(
    ("unknowns", "facts", "end"),
    [
        pytest.param(1, {}, State.QUEUED, id="goes-once-more"),
        pytest.param(2, {}, State.PARKED, id="second-time-a-person-decides"),
        pytest.param(3, {}, State.PARKED, id="and-the-third"),
        pytest.param(1, {"expired": True}, State.DROPPED, id="expired"),
        pytest.param(2, {"expired": True}, State.DROPPED, id="expired-rather-than-parked"),
        pytest.param(1, {"cancel": "stopped"}, State.DROPPED, id="stopped"),
        pytest.param(2, {"cancel": "withdrawn"}, State.DROPPED, id="withdrawn"),
        pytest.param(2, {"affordable": False}, State.PARKED, id="parking-costs-nothing"),
        pytest.param(1, {"at_last": delivery.REPEATED}, State.QUEUED, id="repeated-once-more-too"),
        pytest.param(2, {"at_last": delivery.REPEATED}, State.DROPPED, id="repeated-asks-nobody"),
    ],
)
def test_what_may_be_out_ends_by_this_table(unknowns, facts, end):
    given = {"cancel": None, "expired": False, "affordable": True} | facts

    state, reason = delivery.end_of_unknown(unknowns, **given)

    assert state is end
    assert reason


def test_what_may_be_out_waits_while_the_budget_is_short():
    assert delivery.end_of_unknown(1, cancel=None, expired=False, affordable=False) is None
