"""Kill a running node again and again under load, then ask what is left of its promises.

`python -m tests.kill.run --kills 200` does half of the kills with delivery
reports and half without, prints what came of it, and fails if a promise broke.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill import victim
from tests.kill.disclosure import disclosed
from tests.kill.promises import PROMISES, Evidence
from tests.kill.site import Site
from tests.kill.strike import plan, strike
from tests.kill.world import World

TALKERS, JOINERS = 24, 8
LOOK_EVERY = 25
GREETED_S, QUIET_S = 60.0, 90.0
MOST_SHOWN = 40


@dataclass
class Outcome:
    """What one run came to."""

    reports: bool
    seed: int
    took_s: float = 0.0
    kills: Counter = field(default_factory=Counter)
    counts: dict = field(default_factory=dict)
    broken: list = field(default_factory=list)


def run(kills, seed, folder, *, reports, talkers=TALKERS, joiners=JOINERS):
    """One run: greet, kill under load, let all come to rest, judge."""
    rng = random.Random(seed)  # noqa: S311  # chance, not secrecy
    outcome = Outcome(reports, seed)
    began = time.monotonic()
    with Site(folder, reports=reports) as site:
        world = World(site, rng)
        world.gather(talkers, joiners)
        _greet(site)
        for at, kill in enumerate(plan(kills, rng), 1):
            outcome.kills[str(strike(kill, site, world, rng))] += 1
            if at % LOOK_EVERY == 0:
                outcome.broken += _look(site, world.numbers()[-20:], world.personal[-20:])
        _rest(site, world, outcome)
        _judge(site, world, outcome)
    outcome.took_s = time.monotonic() - began
    return outcome


def _greet(site):
    """Everybody who matters is known before the first kill."""
    site.start()
    if not site.settle(GREETED_S):
        raise TimeoutError(f"the node does not even greet everybody; see {site.log}")
    site.kill()


def _rest(site, world, outcome):
    """Let those leave who wanted to, and let the node work until all is quiet.

    It makes a mistake in the middle of handling: the traceback must tell nobody's words.
    """
    site.start(victim.BLUNDER)
    world.stumble()
    world.on_time(all_of_it=True)
    if not site.settle(QUIET_S):
        outcome.broken.append(f"quiet: not after {QUIET_S:.0f} s")
    site.kill()


def _look(site, numbers, words):
    """Search all that the node keeps; in the middle of it all, its write-ahead log too."""
    files = [one for one in site.home.iterdir() if one.is_file() and one.name != "ballast"]
    return [f"disclosed: {what}" for what in disclosed(numbers, words, [*files, site.log])]


def _judge(site, world, outcome):
    known = Evidence(site, world, sum(outcome.kills.values()))
    for promise in PROMISES:
        outcome.broken += [f"{promise.__name__}: {what}" for what in promise(known)]
    outcome.broken += _look(site, world.numbers(), world.personal)
    log = site.log.read_text(encoding="utf-8")
    if "KeyError" not in log:
        outcome.broken.append("disclosed: the provoked mistake is not even in the log")
    outcome.counts = {
        "texts in": world.inbound,
        "segments out": len(known.submits),
        "messages out": len({row.parcel for row in known.rows}),
        "duplicates": sum(known.duplicates().values()),
        "parked": sum(row.state == "parked" for row in known.rows),
        "dropped": sum(row.state == "dropped" for row in known.rows),
    }


# Telling.


def _tell(outcome):
    print(f"\nreports {'on' if outcome.reports else 'off'}, seed {outcome.seed}:", end=" ")
    print(f"{sum(outcome.kills.values())} kills in {outcome.took_s:.0f} s")
    print("  " + ", ".join(f"{name} {count}" for name, count in outcome.counts.items()))
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
    parser.add_argument("--keep", type=Path, help="leave all files in this new folder")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Run as asked; the exit status."""
    given = _given(arguments)
    halves = [True, False]
    if given.reports or given.no_reports:
        halves = [given.reports]
    folder = given.keep or Path(tempfile.mkdtemp(prefix="jarshy-kill-"))
    outcomes = []
    for at, reports in enumerate(halves):
        share = given.kills // len(halves) + (at < given.kills % len(halves))
        outcomes.append(run(share, given.seed + at, folder / str(at), reports=reports))
        _tell(outcomes[-1])
    asked = len(outcomes) * (len(PROMISES) + len(("disclosed", "quiet")))
    failed = sum(len({what.split(":")[0] for what in one.broken}) for one in outcomes)
    print(f"\n{asked - failed} passed, {failed} failed")
    if not given.keep:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
