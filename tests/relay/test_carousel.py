"""When bulletins are on the air, and in which languages."""

from itertools import pairwise

import pytest

from relay.carousel import correction_lives_ms, due_ms, languages_of, pointer_is_due
from relay.values import Urgency

MINUTE, HOUR = 60_000, 3_600_000
LIVE = 1_767_604_800_000
NOT_URGENT = [Urgency.ROUTINE, Urgency.PRIORITY]


def airings(urgency, count, late_ms=0):
    """Minutes after it went live at which a bulletin is on the air, each airing `late_ms` late."""
    times, last_ms = [], None
    for airing in range(count):
        last_ms = due_ms(urgency, airing, last_ms, LIVE) + late_ms
        times.append((last_ms - LIVE) // MINUTE)
    return times


def test_what_is_urgent_goes_at_once_then_after_5_15_and_60_minutes_then_hourly():
    assert airings(Urgency.URGENT, 6) == [0, 5, 15, 60, 120, 180]


@pytest.mark.parametrize("urgency", NOT_URGENT)
def test_all_else_goes_at_once_then_hourly(urgency):
    assert airings(urgency, 4) == [0, 60, 120, 180]


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_late_airing_does_not_bunch_with_the_next(urgency):
    on_time, late = airings(urgency, 5), airings(urgency, 5, late_ms=7 * MINUTE)

    gaps = [after - one for one, after in pairwise(on_time)]
    assert [after - one for one, after in pairwise(late)] == [gap + 7 for gap in gaps]


def test_an_airing_without_a_time_counts_for_none():
    assert due_ms(Urgency.URGENT, 3, None, LIVE) == LIVE


@pytest.mark.parametrize(
    ("has", "radio", "airing", "urgency", "spoken"),
    [
        pytest.param("kk ru", "kk ru", 0, Urgency.URGENT, "kk ru", id="urgent-speaks-all"),
        pytest.param("ru kk", "kk ru", 5, Urgency.URGENT, "kk ru", id="in-the-radios-order"),
        pytest.param("ru", "kk ru", 0, Urgency.URGENT, "ru", id="urgent-speaks-what-it-has"),
        pytest.param("en", "kk ru", 0, Urgency.URGENT, "en", id="urgent-in-the-nearest"),
        pytest.param("kk ru", "kk ru", 0, Urgency.ROUTINE, "kk", id="first-the-first"),
        pytest.param("kk ru", "kk ru", 1, Urgency.PRIORITY, "ru", id="then-the-next"),
        pytest.param("kk ru", "kk ru", 2, Urgency.ROUTINE, "kk", id="and-round-again"),
        pytest.param("ru en", "kk ru", 1, Urgency.ROUTINE, "ru", id="only-what-listeners-read"),
        pytest.param("ru en", "kk", 1, Urgency.ROUTINE, "en", id="else-the-nearest"),
    ],
)
def test_an_airing_speaks_the_languages_of_its_listeners(has, radio, airing, urgency, spoken):
    said = languages_of(has.split(), radio.split(), airing, urgency)

    assert said == tuple(spoken.split())


@pytest.mark.parametrize(
    ("error_age_ms", "lives_ms", "expected_ms"),
    [
        pytest.param(2 * HOUR, 6 * HOUR, 6 * HOUR, id="as-long-as-its-topic"),
        pytest.param(30 * HOUR, 6 * HOUR, 30 * HOUR, id="as-long-as-the-error-was-live"),
        pytest.param(-HOUR, 6 * HOUR, 6 * HOUR, id="a-clock-put-back-takes-nothing"),
    ],
)
def test_a_correction_lives_as_long_as_its_error_did(error_age_ms, lives_ms, expected_ms):
    assert correction_lives_ms(LIVE - error_age_ms, LIVE, lives_ms) == expected_ms


@pytest.mark.parametrize(
    ("last_ms", "live", "due"),
    [
        pytest.param(None, 1, True, id="never-said"),
        pytest.param(None, 0, False, id="nothing-to-point-at"),
        pytest.param(12 * HOUR, 1, True, id="half-a-day-ago"),
        pytest.param(12 * HOUR - 1, 9, False, id="too-soon"),
        pytest.param(90 * HOUR, 0, False, id="nothing-live-any-more"),
    ],
)
def test_the_pointer_is_said_twice_a_day_while_there_is_news(last_ms, live, due):
    meter_ms = 200 * HOUR
    last = None if last_ms is None else meter_ms - last_ms

    assert pointer_is_due(last, meter_ms, live) is due
