"""How much of the air a radio may take, by its ledger."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from gateways.mesh.airtime import Modulation, packet_octets, text_air_ms, time_on_air_ms
from relay.airtime import (
    HOUR_MS,
    TRIES_DIRECT,
    Limits,
    Spent,
    acknowledged_at_once,
    allowance,
)
from relay.purse import AirPurse

USUAL = Limits(share=0.10, copies=5)  # 360 s of the hour, 270 s but for urgent, 180 s for answers
NOTHING = Spent(all_ms=0, direct_ms=0, last_ms_ago=None, last_cost_ms=0)
PACKET = 11_466  # 1911 ms, six times


def cost_ms(air_ms, limits, *, direct):
    """As the product prices a packet."""
    return AirPurse("mesh", limits).price(lambda *_, **__: air_ms, 232, direct=direct).all_ms


def spent(all_ms, direct_ms=0, last_ms_ago=None, last_cost_ms=0):
    return Spent(all_ms, direct_ms, last_ms_ago, last_cost_ms)


@pytest.mark.parametrize(
    ("limits", "ledger", "busy", "who", "why"),
    [
        pytest.param(USUAL, NOTHING, None, "urgent direct routine", "", id="nothing-spent"),
        pytest.param(USUAL, NOTHING, 25.0, "urgent direct routine", "", id="busy-but-not-too"),
        pytest.param(USUAL, NOTHING, 25.1, "urgent", "busy (26 %)", id="too-busy"),
        pytest.param(
            USUAL,
            spent(270_000 - PACKET),
            None,
            "urgent direct routine",
            "",
            id="the-last-of-the-common-part",
        ),
        pytest.param(
            USUAL,
            spent(270_001 - PACKET),
            None,
            "urgent",
            "for urgent bulletins: 258 s of 360 s",
            id="a-quarter-is-for-urgent",
        ),
        pytest.param(USUAL, spent(360_000 - PACKET), 90.0, "urgent", "urgent", id="the-last"),
        pytest.param(
            USUAL, spent(360_001 - PACKET), None, "", "spent: 348 s of 360 s", id="no-room"
        ),
        pytest.param(USUAL, spent(900_000), None, "", "spent: 900 s", id="more-than-spent"),
        pytest.param(
            USUAL,
            spent(180_000, 180_000 - PACKET),
            None,
            "urgent direct routine",
            "",
            id="the-last-answer",
        ),
        pytest.param(
            USUAL,
            spent(180_000, 180_001 - PACKET),
            None,
            "urgent routine",
            "direct messages took 168 s of 180 s that they may in an hour; one takes 11466 ms",
            id="answers-take-half",
        ),
        pytest.param(
            USUAL,
            spent(PACKET, 0, 4 * PACKET - 2000, PACKET),
            None,
            "urgent direct",
            "resting 2 s",
            id="routine-is-spread",
        ),
        pytest.param(
            USUAL,
            spent(PACKET, 0, 4 * PACKET, PACKET),
            None,
            "urgent direct routine",
            "",
            id="rested",
        ),
        pytest.param(replace(USUAL, share=0), NOTHING, None, "", "airtime_share", id="silent"),
        pytest.param(
            replace(USUAL, share=0.001), NOTHING, None, "", "3600 ms", id="too-small-for-a-packet"
        ),
        pytest.param(
            replace(USUAL, share=0.004), NOTHING, None, "urgent", "0 s of 14 s", id="only-urgent"
        ),
        pytest.param(
            replace(USUAL, share=0.005),
            NOTHING,
            None,
            "urgent routine",
            "direct messages took 0 s of 9 s",
            id="no-room-for-an-answer",
        ),
    ],
)
def test_who_may_send_follows_from_what_was_spent(limits, ledger, busy, who, why):
    allowed = allowance(limits, ledger, PACKET, busy)

    assert {one for one in ("urgent", "direct", "routine") if getattr(allowed, one)} == set(
        who.split()
    )
    assert why in allowed.why
    assert bool(allowed.why) is bool(why)


class Air:
    """A radio with a ledger of its own, on a meter that a test moves."""

    def __init__(self, limits):
        self.limits = limits
        self.now_ms = 0
        self.packets = []  # of (time, cost, kind)

    def spent(self):
        hour = [one for one in self.packets if one[0] > self.now_ms - HOUR_MS]
        last = hour[-1] if hour else None
        return Spent(
            sum(cost for _, cost, _ in hour),
            sum(cost for _, cost, kind in hour if kind == "direct"),
            self.now_ms - last[0] if last else None,
            last[1] if last else 0,
        )

    def try_to_send(self, kind, cost, largest, busy=None):
        if getattr(allowance(self.limits, self.spent(), largest, busy), kind):
            self.packets.append((self.now_ms, cost, kind))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 1.0])
def test_no_hour_ever_holds_more_than_its_share(seed, share):
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    limits = Limits(share, copies=5)
    air = Air(limits)
    for _ in range(1500):
        air.now_ms += chance.choice((0, 1000, 20_000, 300_000))
        kind = chance.choice(("urgent", "direct", "routine"))
        largest = cost_ms(2157, limits, direct=kind == "direct")
        air.try_to_send(kind, chance.randint(1, largest), largest, chance.choice((None, 10, 40)))

        now = air.spent()
        assert now.all_ms <= share * HOUR_MS
        assert now.direct_ms <= share * HOUR_MS / 2


def test_what_is_not_urgent_leaves_a_quarter_of_the_hour():
    air = Air(USUAL)
    for _ in range(2 * HOUR_MS // 1000):
        air.now_ms += 1000
        air.try_to_send("routine", PACKET, PACKET)
        air.try_to_send("direct", PACKET, PACKET)
        assert air.spent().all_ms <= 0.75 * 0.10 * HOUR_MS
        assert allowance(USUAL, air.spent(), PACKET, None).urgent


def test_routine_packets_never_hold_more_than_a_quarter_of_the_channel():
    air = Air(Limits(share=1.0, copies=5))
    for _ in range(HOUR_MS // 1000):
        air.now_ms += 1000
        air.try_to_send("routine", PACKET, PACKET)
    gaps = [(later - earlier, cost) for (earlier, cost, _), (later, _, _) in pairwise(air.packets)]

    assert gaps
    assert all(cost / gap <= 0.25 for gap, cost in gaps)


@pytest.mark.parametrize(
    ("air_ms", "copies", "direct", "cost"),
    [
        pytest.param(1911, 5, False, 11_466, id="ours-and-the-relays"),
        pytest.param(1911, 0, False, 1911, id="no-relays"),
        pytest.param(1911, 5, True, 34_398, id="a-direct-message-goes-three-times"),
    ],
)
def test_a_packet_costs_all_its_copies(air_ms, copies, direct, cost):
    assert cost_ms(air_ms, Limits(0.1, copies), direct=direct) == cost


def test_a_part_of_a_ms_is_a_ms():
    short = Modulation(7, 500_000, 5)
    on_air_ms = time_on_air_ms(packet_octets(32, direct=False), short)

    assert on_air_ms < text_air_ms(short, 32, direct=False) < on_air_ms + 1


@pytest.mark.parametrize(
    ("after_ms", "at_once"),
    [
        pytest.param(8321, True, id="before-the-first-repeat-could-go"),
        pytest.param(8322, False, id="it-may-have-gone"),
    ],
)
def test_an_early_acknowledgement_spares_the_repeats(after_ms, at_once):
    assert acknowledged_at_once(1911, after_ms) is at_once
    assert TRIES_DIRECT == 3
