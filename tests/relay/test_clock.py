"""Time: trusted or not, and a meter that nothing winds back."""

from dataclasses import replace

import pytest

from relay import clock
from relay.clock import AGREE_MS, Reading
from tests.relay.world import DAY, HOUR, NOW, SECOND

METER = 5 * DAY


def started(wall=NOW, seen=NOW - HOUR):
    return clock.start(Reading(wall, 1000), METER, seen)


def test_a_new_node_counts_no_time_off():
    state = clock.start(Reading(NOW, 1000), 0, None)

    assert (state.meter_ms, state.off_ms, state.trusted) == (0, 0, False)


def test_time_off_counts_only_once_the_clock_is_confirmed():
    state = started()
    assert (state.meter_ms, state.off_ms) == (METER, HOUR)

    confirmed = clock.confirm(state, "the network")

    assert confirmed.trusted
    assert (confirmed.meter_ms, confirmed.off_ms) == (METER + HOUR, 0)
    assert "the network" in confirmed.why


def test_time_off_counts_once():
    twice = clock.confirm(clock.confirm(started(), "one"), "another")

    assert twice.meter_ms == METER + HOUR


def test_a_clock_behind_what_the_node_has_seen_counts_no_time_off():
    state = started(wall=NOW - 3 * DAY)

    assert state.off_ms == 0
    assert "behind" in state.why
    assert clock.confirm(state, "x").meter_ms == METER


def test_the_meter_goes_on_as_the_monotonic_clock_does():
    later = clock.advance(started(), Reading(NOW + 7 * SECOND, 8000))

    assert later.meter_ms == METER + 7 * SECOND


@pytest.mark.parametrize(
    "jump_ms",
    [
        pytest.param(3 * DAY, id="days-ahead"),
        pytest.param(-3 * DAY, id="days-back"),
        pytest.param(clock.JUMP_MS + SECOND, id="just-a-jump"),
        pytest.param(-clock.JUMP_MS - SECOND, id="just-a-jump-back"),
    ],
)
def test_a_jump_ends_trust_and_moves_no_meter(jump_ms):
    trusted = clock.confirm(started(), "x")

    state = clock.advance(trusted, Reading(NOW + SECOND + jump_ms, 2000))

    assert not state.trusted
    assert state.meter_ms == trusted.meter_ms + SECOND
    assert "jumped" in state.why


@pytest.mark.parametrize("drift_ms", [clock.JUMP_MS, -clock.JUMP_MS, 0])
def test_a_small_correction_is_no_jump(drift_ms):
    trusted = clock.confirm(started(), "x")

    assert clock.advance(trusted, Reading(NOW + SECOND + drift_ms, 2000)).trusted


def test_a_jump_gives_no_budget_back_after_it_either():
    jumped = clock.advance(started(), Reading(NOW + 400 * DAY, 2000))

    assert clock.confirm(jumped, "x").meter_ms == METER + SECOND


def test_a_monotonic_clock_that_stood_back_winds_nothing_back():
    state = clock.advance(started(), Reading(NOW, 0))

    assert state.meter_ms == METER


@pytest.mark.parametrize(
    ("told_ms", "trusted"),
    [
        pytest.param(NOW, True, id="the-same"),
        pytest.param(NOW + AGREE_MS, True, id="ten-minutes-ahead"),
        pytest.param(NOW - AGREE_MS, True, id="ten-minutes-late"),
        pytest.param(NOW + AGREE_MS + 1, False, id="too-far-ahead"),
        pytest.param(NOW - AGREE_MS - 1, False, id="too-long-ago"),
    ],
)
def test_a_centre_that_tells_about_the_same_time_confirms_the_clock(told_ms, trusted):
    assert clock.witness(started(), told_ms).trusted is trusted


def test_a_late_message_takes_no_trust_away():
    trusted = clock.confirm(started(), "x")

    assert clock.witness(trusted, NOW - DAY) == trusted


def test_restarts_without_trust_never_give_time():
    meter, wall = METER, NOW
    for days in (1, 40, -40, 300):
        state = clock.start(Reading(wall + days * DAY, 0), meter, wall)
        state = clock.advance(state, replace(state.last, monotonic_ms=SECOND))
        meter = state.meter_ms

    assert meter == METER + 4 * SECOND


def test_the_running_clock_reads_the_machine_and_never_goes_back():
    running = clock.Clock(METER, None)

    first = running.meter_ms()

    assert first >= METER
    assert running.meter_ms() >= first
    assert abs(running.now_ms() - clock.read().wall_ms) < 5 * SECOND


def test_the_running_clock_believes_an_agreeing_witness():
    running = clock.Clock(METER, None)
    running.witness(NOW - 400 * DAY)
    assert not running.state.trusted

    running.witness(running.now_ms())

    assert running.state.trusted
    running.check_kernel()
    assert running.state.why == "confirmed by the SMS centre"


def test_times_survive_the_way_to_the_reader_and_back():
    assert clock.millis(clock.aware(NOW)) == NOW
    assert clock.aware(NOW).utcoffset().total_seconds() == 0
