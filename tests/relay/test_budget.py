"""Who may send, by the ledger of a modem."""

import pytest

from relay.budget import Allowance, Limits, allowance, left_today

USUAL = Limits(minute=6, day=200, reserve=40)


@pytest.mark.parametrize(
    ("limits", "minute", "day", "allowed"),
    [
        pytest.param(USUAL, 0, 0, Allowance.ALL, id="nothing-spent"),
        pytest.param(USUAL, 5, 159, Allowance.ALL, id="the-last-of-the-common-part"),
        pytest.param(USUAL, 0, 160, Allowance.RESERVED, id="the-reserve-begins"),
        pytest.param(USUAL, 0, 199, Allowance.RESERVED, id="the-last-of-the-reserve"),
        pytest.param(USUAL, 0, 200, Allowance.NOBODY, id="the-day-is-spent"),
        pytest.param(USUAL, 0, 900, Allowance.NOBODY, id="more-than-spent"),
        pytest.param(USUAL, 6, 0, Allowance.NOBODY, id="the-minute-is-spent"),
        pytest.param(USUAL, 6, 170, Allowance.NOBODY, id="for-the-reserve-too"),
        pytest.param(Limits(0, 200, 40), 900, 0, Allowance.ALL, id="no-limit-of-the-minute"),
        pytest.param(Limits(6, 0, 40), 0, 9000, Allowance.ALL, id="no-limit-of-the-day"),
        pytest.param(Limits(0, 10, 10), 0, 0, Allowance.RESERVED, id="all-is-reserve"),
        pytest.param(Limits(0, 10, 0), 0, 9, Allowance.ALL, id="no-reserve"),
    ],
)
def test_who_may_send_follows_from_what_was_spent(limits, minute, day, allowed):
    assert allowance(limits, minute, day) is allowed


@pytest.mark.parametrize(
    ("day", "spent", "left"), [(200, 50, 150), (200, 200, 0), (200, 300, 0), (0, 300, None)]
)
def test_what_is_left_is_never_less_than_nothing(day, spent, left):
    assert left_today(Limits(6, day, 0), spent) == left
