"""From the instant the network stores a keyword in the modem to the commit of its answer.

The simulated network stamps the first instant (its clock is the wall clock at
its start, carried on by the monotonic one); a connection of our own that looks
every half millisecond for a new row sees the second, so the figure is late
by as much at most, never early.
"""

import random
import sqlite3
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from gateways.simulated.client import Air
from relay.store import FILE_NAME
from tests.bench.figures import Figure
from tests.bench.home import number
from tests.bench.running import Running

BAR_MS = 50.0
LOOK_S = 0.0005
KEYWORDS = ("2", "ЖАҢАЛЫҚ", "НОВОСТИ", "3", "ОПАСНО", "4", "8", "9", "МЕНЮ", "ҚАУІП")
PAUSE_S = (0.05, 0.35)  # at random, so that no figure rides on the beat of the clockwork


@dataclass(slots=True)
class Watch:
    """Sees new rows of the outbox appear."""

    file: Path
    seen_at: dict[int, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False

    def run(self) -> None:
        store = sqlite3.connect(self.file, isolation_level=None)
        newest = version = -1
        while not self.over:
            now = store.execute("PRAGMA data_version").fetchone()[0]
            if now != version:
                version, at = now, time.time()
                (found,) = store.execute("SELECT max(id) FROM parcel").fetchone()
                if found is not None and found != newest:
                    newest = found
                    with self.news:
                        self.seen_at[found] = at
                        self.news.notify_all()
            time.sleep(LOOK_S)
        store.close()

    def wait_for_more_than(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.seen_at) > count, 10), "no answer in 10 s"


def measure(air: Air, node: Running, home: Path, count: int) -> list[Figure]:
    """Let people who are enrolled text keywords, one after the other."""
    watch = Watch(home / FILE_NAME)
    watching = threading.Thread(target=watch.run, daemon=True)
    watching.start()
    watch.wait_for_more_than(0)
    dice = random.Random(7)  # noqa: S311  # no secret
    for at in range(count):
        air.text(number(at), "bench", KEYWORDS[at % len(KEYWORDS)])
        watch.wait_for_more_than(at + 1)
        air.wait_event("submit", to=number(at))
        time.sleep(dice.uniform(*PAUSE_S))
    watch.over = True
    watching.join()
    node.wait_done(10)
    return _figures(air, list(watch.seen_at.values())[1:], count)


def _figures(air: Air, committed_at: list[float], count: int) -> list[Figure]:
    came_at = [event["at"] for event in air.events("deliver")]
    first = {event["to"]: event["at"] for event in reversed(air.events("submit"))}
    assert len(came_at) == len(committed_at) == count
    queued = [1000 * (to - since) for since, to in zip(came_at, committed_at, strict=True)]
    taken = [1000 * (first[number(at)] - since) for at, since in enumerate(came_at)]
    what = "keyword to answer"
    return [
        Figure(f"{what} queued, median", statistics.median(queued), "ms", BAR_MS, f"{count} texts"),
        Figure("  the same, 95 of 100", _p95(queued), "ms", note=f"worst {max(queued):.0f} ms"),
        Figure(f"{what} taken by the network, median", statistics.median(taken), "ms"),
        Figure("  the same, 95 of 100", _p95(taken), "ms", note=f"worst {max(taken):.0f} ms"),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]
