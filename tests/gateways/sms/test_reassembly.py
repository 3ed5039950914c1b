from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from gateways.sms.reassembly import WINDOW, Part, assemble
from gateways.sms.udh import Concat

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def part(key, sequence, text, *, minutes=0, total=3, reference=9, sender="a", wide=False):
    at = NOON + timedelta(minutes=minutes)
    return Part(key, sender, Concat(reference, total, sequence, wide), text, at)


def outline(messages):
    return [(message.text, message.used, message.missing) for message in messages]


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])), ids=str)
def test_parts_join_in_whatever_order_they_come(order):
    parts = [part(place, place, "xyz"[place - 1], minutes=at) for at, place in enumerate(order)]
    assert outline(assemble(parts)) == [("xyz", order, ())]


@pytest.mark.parametrize(
    ("parts", "messages"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([part(1, 1, "x"), part(2, 3, "z")], [(None, (1, 2), (2,))], id="one-missing"),
        pytest.param([part(1, 1, "x", total=1)], [("x", (1,), ())], id="only-part"),
        pytest.param(
            [
                part(1, 1, "x", total=2),
                part(2, 1, "x", total=2, minutes=1),
                part(3, 2, "y", total=2, minutes=2),
            ],
            [("xy", (1, 2, 3), ())],
            id="duplicate-is-used-up-with-its-message",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "y", total=2, sender="b")],
            [(None, (1,), (2,)), (None, (2,), (1,))],
            id="senders-stay-apart",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "y", total=2, reference=10)],
            [(None, (1,), (2,)), (None, (2,), (1,))],
            id="references-stay-apart",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "y", total=2, wide=True)],
            [(None, (1,), (2,)), (None, (2,), (1,))],
            id="widths-stay-apart",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "y", total=3)],
            [(None, (1,), (2,)), (None, (2,), (1, 3))],
            id="totals-stay-apart",
        ),
        pytest.param(
            [
                part(1, 1, "x", total=2),
                part(2, 2, "y", total=2),
                part(3, 1, "X", total=2, minutes=9),
                part(4, 2, "Y", total=2, minutes=10),
            ],
            [("xy", (1, 2), ()), ("XY", (3, 4), ())],
            id="reference-used-again",
        ),
        pytest.param(
            [
                part(1, 1, "x", total=2),
                part(2, 1, "X", total=2, minutes=9),
                part(3, 2, "Y", total=2, minutes=10),
            ],
            [(None, (1,), (2,)), ("XY", (2, 3), ())],
            id="reference-used-again-after-a-loss",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "Y", total=2, minutes=24 * 60 + 1)],
            [(None, (1,), (2,)), (None, (2,), (1,))],
            id="a-day-later-is-another-message",
        ),
        pytest.param(
            [part(1, 1, "x", total=2), part(2, 2, "y", total=2, minutes=24 * 60)],
            [("xy", (1, 2), ())],
            id="late-within-the-day",
        ),
    ],
)
def test_which_messages_are_there(parts, messages):
    assert outline(assemble(parts)) == messages


def test_the_age_of_a_message_is_that_of_its_first_part():
    (message,) = assemble([part(2, 2, "y", minutes=5), part(1, 1, "x")])
    assert message.first_at == NOON
    assert timedelta(hours=24) == WINDOW
