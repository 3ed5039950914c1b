"""One kill: when, where, and what people and the operator do meanwhile."""

import contextlib
import time
from dataclasses import dataclass

from gateways.simulated.faults import POINTS as HOLDS
from gateways.simulated.radio.faults import POINTS as RADIO_HOLDS
from tests.kill import ether, victim
from tests.kill.site import MODEMS, installed
from tests.kill.world import World

AIMED_WAIT_S, HELD_WAIT_S = 2.5, 2.5
UP_S = 0.7  # it takes a node to speak with its radio
# A radio is left alone for more than two seconds after it was opened, and after each text.
MESH_WAIT_S, MESH_HELD_WAIT_S = 7.0, 6.0
# It takes the wait for a report to come there.
LONG_WAITS_S = {
    "unknown-resolved": 4.5,
    **{point.name: MESH_WAIT_S for point in victim.MESH_POINTS},
}


def _ask_by_mesh(world):
    world.crowd.ask()


# What surely leads to a point that chance seldom leads to.
_LED_TO_BY = {
    "half-pushed": World.publish,
    "pushed-not-marked": World.publish,
    "parts-joined": World.ask_at_length,
    "person-changed": World.arrive,
    "one-answer-queued": World.arrive,
    "handled-not-committed": World.arrive,
    "before-handling": World.arrive,
    "mesh-airing-half-queued": World.publish,
    "mesh-airing-not-committed": World.publish,
    **dict.fromkeys(
        (
            "mesh-committed-not-handed-over",
            "mesh-about-to-write",
            "mesh-packet-half-written",
            "mesh-written-status-unread",
            "mesh-status-read-not-settled",
            "mesh-heard-not-committed",
            "mesh-committed-not-forgotten",
            "mesh-before-handling",
            "mesh-handled-not-committed",
            "mesh-word-of-it-not-handled",
            "mesh-word-of-it-not-committed",
        ),
        _ask_by_mesh,
    ),
}


@dataclass(frozen=True)
class Kill:
    """One way to die: `kind` is random, afresh, held or aimed; `where` the point of it.

    `by_mesh`: it has to do with the radio.
    """

    kind: str
    where: str = ""
    by_mesh: bool = False

    def __str__(self):
        held_by = ("radio" if self.by_mesh else "modem") if self.kind == "held" else ""
        return " ".join(word for word in (self.kind, held_by, self.where) if word)


def plan(count, rng, *, radio=False):
    """As many kills as asked for, each point at least once where there are enough of them."""
    aimed = [Kill("aimed", point.name) for point in victim.POINTS]
    held = [Kill("held", point) for point in HOLDS]
    if radio:
        aimed += [Kill("aimed", point.name, by_mesh=True) for point in victim.MESH_POINTS]
        held += [Kill("held", point, by_mesh=True) for point in RADIO_HOLDS]
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
    air, device = (site.mesh, ether.RADIO) if kill.by_mesh else (site.air, _any_modem(rng))
    if kill.kind == "held":
        air.hold(device, kill.where)
    _busy(world, site, rng)
    if kill.by_mesh and kill.kind == "held":
        _ask_by_mesh(world)
    elif kill.where in _LED_TO_BY:
        _LED_TO_BY[kill.where](world)
    missed = not _end(kill, air, device, site, rng)
    site.kill()
    if kill.kind == "held":
        air.clear_faults(device)
        air.release(device)
    return Kill("missed", kill.where, kill.by_mesh) if missed else kill


def _any_modem(rng):
    return rng.choice(sorted(MODEMS))


def _busy(world, site, rng):
    began = time.time()
    world.people(rng.randint(3, 6))
    if rng.random() < 0.7:
        world.operator()
    if world.crowd:
        if rng.random() < 0.5:
            # Else the radio keeps what they say until the node has come back.
            with contextlib.suppress(TimeoutError):
                site.mesh.wait_event("connected", UP_S, since=began, radio=ether.RADIO)
        world.crowd.people()


def _end(kill, air, device, site, rng):
    """Wait for the moment; whether it came."""
    if kill.kind == "aimed":
        return site.died(LONG_WAITS_S.get(kill.where, AIMED_WAIT_S))
    if kill.kind == "held":
        with contextlib.suppress(TimeoutError):
            air.wait_held(device, MESH_HELD_WAIT_S if kill.by_mesh else HELD_WAIT_S)
            return True
        return False
    # No event to wait for: that the moment is any moment is the point.
    longest_s = 1.6 if site.mesh is None else rng.choice((1.6, 4.5))
    time.sleep(rng.uniform(0.0, longest_s) + (0.6 if kill.kind == "afresh" else 0.0))
    return True
