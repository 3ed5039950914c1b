"""Kill a running node again and again under load, then ask what is left of its promises.

`python -m tests.kill.run --kills 200` lets a node with modems and a radio be
killed so often, half of it with delivery reports by SMS and half without, both
side by side; prints what came of it, and fails if a promise broke.
"""

import argparse
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill import ether, victim
from tests.kill.crowd import Crowd
from tests.kill.disclosure import disclosed, nodes_in_columns
from tests.kill.mesh_promises import MESH_PROMISES
from tests.kill.onair import MeshEvidence, airtime_behind
from tests.kill.promises import PROMISES, Evidence
from tests.kill.site import Site
from tests.kill.strike import plan, strike
from tests.kill.world import World

LOOK_EVERY = 25
# A radio takes a text every two seconds, so that what has piled up needs its time.
GREETED_S, QUIET_S = 60.0, 400.0
MOST_SHOWN = 40


@dataclass(frozen=True)
class Load:
    """Who texts the node: by SMS and by mesh, often or as a subscriber; without, there is no mesh.

    `apart_s`: how soon after another the radio lets a text through.
    """

    talkers: int = 24
    joiners: int = 8
    mesh_talkers: int = 5
    mesh_joiners: int = 2
    apart_s: float = ether.LEAST_APART_S

    @property
    def radio(self):
        return bool(self.mesh_talkers)


@dataclass
class Outcome:
    """What one run came to; `counts` by medium."""

    reports: bool
    seed: int
    took_s: float = 0.0
    kills: Counter = field(default_factory=Counter)
    counts: dict = field(default_factory=dict)
    broken: list = field(default_factory=list)


def run(kills, seed, folder, *, reports, load):
    """One run: greet, kill under load, let all come to rest, judge."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrecy
    outcome = Outcome(reports, seed)
    began = time.monotonic()
    with Site(folder, reports=reports, radio=load.radio, apart_s=load.apart_s) as site:
        world = World(site, rng)
        _gather(site, world, load)
        _greet(site)
        for at, kill in enumerate(plan(kills, rng, radio=load.radio), 1):
            outcome.kills[str(strike(kill, site, world, rng))] += 1
            outcome.broken += _behind(site)
            if at % LOOK_EVERY == 0:
                outcome.broken += _look(site, world, newest=20)
        _rest(site, world, outcome)
        _judge(site, world, outcome)
    outcome.took_s = time.monotonic() - began
    return outcome


def _gather(site, world, load):
    world.gather(load.talkers, load.joiners)
    if load.radio:
        world.crowd = Crowd(site, world)
        world.crowd.gather(load.mesh_talkers, load.mesh_joiners)


def _greet(site):
    """Everybody who matters is known before the first kill."""
    site.start()
    if not site.settle(GREETED_S):
        raise TimeoutError(f"the node does not even greet everybody; see {site.log}")
    site.kill()


def _behind(site):
    """The airtime must be in the ledger after each kill, not only in the end."""
    behind = airtime_behind(site) if site.mesh else ""
    return [f"the_air_is_paid_for: {behind}"] if behind else []


def _rest(site, world, outcome):
    """Let those leave who wanted to, and let the node work until all is quiet.

    It makes a mistake in the middle of handling: the traceback must tell nobody's words.
    """
    site.start(victim.BLUNDER)
    world.stumble()
    world.on_time(all_of_it=True)
    if world.crowd:
        world.crowd.on_time(all_of_it=True)
    if not site.settle(QUIET_S):
        outcome.broken.append(f"quiet: not after {QUIET_S:.0f} s")
    site.kill()


def _look(site, world, newest=0):
    """Search all that the node keeps; in the middle of it all, its write-ahead log too.

    `newest`: only for what so many said last, as it takes its time.
    """
    files = [one for one in site.home.iterdir() if one.is_file() and one.name != "ballast"]
    crowd = world.crowd.all() if world.crowd else ()
    names = [ether.owner_of(each.name) for each in crowd]
    words, nodes = [*world.personal[-newest:], *names], [each.number for each in crowd]
    found = [
        *disclosed(world.numbers()[-newest:], words, [*files, site.log], nodes),
        *nodes_in_columns(nodes, site.query),
    ]
    return [f"disclosed: {what}" for what in found]


def _judge(site, world, outcome):
    known = Evidence(site, world, sum(outcome.kills.values()))
    for promise in PROMISES:
        outcome.broken += [f"{promise.__name__}: {what}" for what in promise(known)]
    outcome.broken += _look(site, world)
    log = site.log.read_text(encoding="utf-8")
    if "KeyError" not in log:
        outcome.broken.append("disclosed: the provoked mistake is not even in the log")
    outcome.counts["SMS"] = {
        "texts in": world.inbound,
        "segments out": len(known.submits),
        "messages out": len({row.parcel for row in known.rows}),
        "duplicates": sum(known.duplicates().values()),
        "parked": sum(row.state == "parked" for row in known.rows),
        "dropped": sum(row.state == "dropped" for row in known.rows),
    }
    if world.crowd:
        heard = MeshEvidence(site, world, known.keys, known.kills)
        for promise in MESH_PROMISES:
            outcome.broken += [f"{promise.__name__}: {what}" for what in promise(heard)]
        outcome.counts["mesh"] = heard.counts()


# Telling.


def _tell(outcome):
    print(f"\nreports {'on' if outcome.reports else 'off'}, seed {outcome.seed}:", end=" ")
    print(f"{sum(outcome.kills.values())} kills in {outcome.took_s:.0f} s")
    for medium, counts in outcome.counts.items():
        print(f"  {medium}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    for kill, count in sorted(outcome.kills.items()):
        print(f"  {count:4} {kill}")
    for what in outcome.broken[:MOST_SHOWN]:
        print(f"  BROKEN {what}")
    if len(outcome.broken) > MOST_SHOWN:
        print(f"  ... and {len(outcome.broken) - MOST_SHOWN} more")


def _given(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.kill.run", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--no-reports", action="store_true", help="all without delivery reports")
    parser.add_argument("--reports", action="store_true", help="all with delivery reports")
    parser.add_argument("--no-mesh", action="store_true", help="modems alone")
    parser.add_argument("--keep", type=Path, help="leave all files in this new folder")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Run as asked; the exit status."""
    given = _given(arguments)
    halves = [True, False]
    if given.reports or given.no_reports:
        halves = [given.reports]
    load = Load(mesh_talkers=0, mesh_joiners=0) if given.no_mesh else Load()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="jarshy-kill-"))
    # They mostly wait for something, so that they do not take each other's time.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = [
            pool.submit(
                run,
                given.kills // len(halves) + (at < given.kills % len(halves)),
                given.seed + at,
                folder / str(at),
                reports=reports,
                load=load,
            )
            for at, reports in enumerate(halves)
        ]
        outcomes = [one.result() for one in runs]
    for outcome in outcomes:
        _tell(outcome)
    promises = len(PROMISES) + load.radio * len(MESH_PROMISES)
    asked = len(outcomes) * (promises + len(("disclosed", "quiet")))
    failed = sum(len({what.split(":")[0] for what in one.broken}) for one in outcomes)
    print(f"\n{asked - failed} passed, {failed} failed")
    if not given.keep:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
