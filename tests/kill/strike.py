"""One kill: when, where, and what people and the operator do meanwhile."""

import contextlib
import time
from dataclasses import dataclass

from gateways.simulated.faults import POINTS as HOLDS
from tests.kill import victim
from tests.kill.site import MODEMS, installed
from tests.kill.world import World

AIMED_WAIT_S = 2.5
# It takes the wait for a report to come there.
LONG_WAITS_S = {"unknown-resolved": 4.5}
HELD_WAIT_S = 2.5


# What surely leads to a point that chance seldom leads to.
_LED_TO_BY = {
    "half-pushed": World.publish,
    "pushed-not-marked": World.publish,
    "parts-joined": World.ask_at_length,
    "person-changed": World.arrive,
    "one-answer-queued": World.arrive,
    "handled-not-committed": World.arrive,
    "before-handling": World.arrive,
}


@dataclass(frozen=True)
class Kill:
    """One way to die: `kind` is random, afresh, held or aimed; `where` the point of it."""

    kind: str
    where: str = ""

    def __str__(self):
        return f"{self.kind} {self.where}".strip()


def plan(count, rng):
    """As many kills as asked for, each point at least once where there are enough of them."""
    aimed = [Kill("aimed", name) for name in victim.BY_NAME]
    held = [Kill("held", point) for point in HOLDS]
    afresh = [Kill("afresh")] if installed() else []
    kinds = [*aimed, *held, *([Kill("random")] * 10), *afresh]
    kills = [kinds[at % len(kinds)] for at in range(count)]
    if count < len(kinds):
        kills = rng.sample(kinds, count)
    rng.shuffle(kills)
    return kills


def strike(kill, site, world, rng):
    """Start the node, let people work with it, kill it there; what the kill came to."""
    site.rest()
    if kill.kind == "aimed":
        countdown = rng.randint(1, victim.COUNTDOWNS.get(kill.where, 6))
        site.start(kill.where, countdown)
    elif kill.kind == "afresh":
        site.start_afresh()
    else:
        site.start()
    modem = rng.choice(sorted(MODEMS))
    if kill.kind == "held":
        site.air.hold(modem, kill.where)
    _busy(world, rng)
    if kill.where in _LED_TO_BY:
        _LED_TO_BY[kill.where](world)
    missed = not _end(kill, site, modem, rng)
    site.kill()
    if kill.kind == "held":
        site.air.clear_faults(modem)
        site.air.release(modem)
    return Kill("missed", kill.where) if missed else kill


def _busy(world, rng):
    world.people(rng.randint(3, 6))
    if rng.random() < 0.7:
        world.operator()


def _end(kill, site, modem, rng):
    """Wait for the moment; whether it came."""
    if kill.kind == "aimed":
        return site.died(LONG_WAITS_S.get(kill.where, AIMED_WAIT_S))
    if kill.kind == "held":
        with contextlib.suppress(TimeoutError):
            site.air.wait_held(modem, HELD_WAIT_S)
            return True
        return False
    # No event to wait for: that the moment is any moment is the point.
    time.sleep(rng.uniform(0.0, 1.6) + (0.6 if kill.kind == "afresh" else 0.0))
    return True
