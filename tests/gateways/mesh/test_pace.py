"""The gap between two texts counts from when the first one left for the air."""

import time
from itertools import chain, repeat

import pytest

from gateways.mesh.mailbox import Status
from gateways.mesh.pace import Pace

EMPTY, WAITING = Status(0, 0, 16, 16), Status(0, 0, 15, 16)
GAP_S = 0.15
LOOK_S = 0.01


@pytest.fixture
def pace(monkeypatch):
    monkeypatch.setattr("gateways.mesh.pace.LOOK_S", LOOK_S)
    pace = Pace(GAP_S, patience_s=10 * GAP_S)
    pace.begin()
    return pace


def waited_s(pace, *statuses):
    """How long the next text waits while the radio answers so; the last one for ever."""
    answers = chain(statuses, repeat(statuses[-1]))
    began = time.monotonic()
    while (pause_s := pace.pause_s(lambda: next(answers))) > 0:
        time.sleep(pause_s)
    return time.monotonic() - began


def test_the_first_text_waits_as_one_may_just_have_gone_before_a_crash(pace):
    assert waited_s(pace, EMPTY) >= 0.9 * GAP_S


def test_one_that_has_left_at_once_lets_the_next_go_after_the_gap(pace):
    waited_s(pace, EMPTY)
    pace.handed_over()

    assert GAP_S <= waited_s(pace, EMPTY) < 3 * GAP_S
    assert waited_s(pace, WAITING) < GAP_S  # that one is not ours: nothing was handed over


def test_while_it_waits_for_a_free_channel_the_next_waits_too_and_then_the_gap(pace):
    waited_s(pace, EMPTY)
    pace.handed_over()
    looks = 20

    assert waited_s(pace, *[WAITING] * looks, EMPTY) >= looks * LOOK_S + GAP_S
    assert not pace.leaving


def test_a_queue_that_others_keep_filled_holds_nothing_up_for_ever(pace):
    waited_s(pace, EMPTY)
    pace.handed_over()

    assert 9 * GAP_S <= waited_s(pace, WAITING) < 13 * GAP_S
    assert pace.leaving


def test_what_was_given_long_ago_has_left_long_ago(pace, monkeypatch):
    waited_s(pace, EMPTY)
    pace.handed_over()
    monkeypatch.setattr("gateways.mesh.pace.LONG_AGO_S", GAP_S)
    time.sleep(GAP_S)

    assert waited_s(pace, EMPTY) < GAP_S / 2
