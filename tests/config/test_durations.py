"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.durations import LONGEST_S, DurationError, parse, show


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("90s", 90, id="seconds"),
        pytest.param("15m", 900, id="minutes"),
        pytest.param("6h", 21_600, id="hours"),
        pytest.param("2d", 172_800, id="days"),
        pytest.param("1w", 604_800, id="weeks"),
        pytest.param("1h30m", 5_400, id="two-parts"),
        pytest.param("1w2d3h4m5s", 788_645, id="all-parts"),
        pytest.param(" 1H 30M ", 5_400, id="capitals-and-spaces"),
        pytest.param("6 h", 21_600, id="space-before-the-unit"),
        pytest.param("90m", 5_400, id="more-than-the-next-unit"),
        pytest.param("0s", 0, id="nothing"),
        pytest.param("3650d", LONGEST_S, id="ten-years"),
    ],
)
def test_parse_returns_the_seconds_a_text_says(text, seconds):
    assert parse(text) == seconds


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("90", 'add the unit, e.g. "90s", "90m" or "90h"', id="no-unit"),
        pytest.param("", 'write e.g. "90s"', id="empty"),
        pytest.param("soon", 'write e.g. "90s"', id="words"),
        pytest.param("30m1h", 'write e.g. "90s"', id="small-before-large"),
        pytest.param("1h1h", 'write e.g. "90s"', id="unit-twice"),
        pytest.param("-6h", 'write e.g. "90s"', id="negative"),
        pytest.param("1.5h", 'write e.g. "90s"', id="fraction"),
        pytest.param("٦h", 'write e.g. "90s"', id="digits-of-another-script"),
        pytest.param("²", 'write e.g. "90s"', id="superscript"),
        pytest.param("9999999999s", 'write e.g. "90s"', id="too-many-digits"),
        pytest.param("3651d", "write at most ten years", id="beyond-the-calendar"),
    ],
)
def test_parse_says_what_would_be_right(text, hint):
    with pytest.raises(DurationError) as caught:
        parse(text)
    assert str(caught.value).startswith(f'"{text}" is no length of time; {hint}')
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        pytest.param(0, "0s", id="nothing"),
        pytest.param(59, "59s", id="seconds"),
        pytest.param(5_400, "1h30m", id="two-parts"),
        pytest.param(86_400, "1d", id="whole-day"),
        pytest.param(59.9, "59s", id="split-seconds-are-left-out"),
        pytest.param(-90, "-1m30s", id="negative"),
        pytest.param(-0.5, "0s", id="less-than-a-second-ago"),
    ],
)
def test_show_uses_the_largest_units(seconds, text):
    assert show(seconds) == text


@given(st.integers(min_value=0, max_value=LONGEST_S))
def test_parse_reads_all_that_show_writes(seconds):
    assert parse(show(seconds)) == seconds
