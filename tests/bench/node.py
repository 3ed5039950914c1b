"""What a node costs: `make bench-node`.

Everything is real but the network: a store on disk, the node in a process of
its own, a modem on a tty.  Exit status 1 if a bar is missed.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import batch, replies, rows
from tests.bench.figures import Figure, table
from tests.bench.home import NO_LIMITS, enrol, make_home, publish
from tests.bench.running import air, node

IDLE_BAR_PERCENT, MEMORY_BAR_MIB = 1.0, 80.0


def main() -> int:
    given = _given()
    with tempfile.TemporaryDirectory(dir=given.directory, prefix="jarshy-bench-") as name:
        folder = Path(name)
        print(_machine(folder), flush=True)
        figures = [
            *_at_work(folder, given),
            *_waiting(folder, given),
            *_slow_modem(folder),
        ]
    print(table(figures))
    print(f"load {os.getloadavg()[0]:.1f} at the end; above 1 others were at work too")
    return int(any(figure.missed for figure in figures))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.node", description=__doc__)
    parser.add_argument(
        "--directory", default="/var/tmp", help="on the disk to be measured, not in memory"
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--texts", type=int, default=120)
    parser.add_argument("--idle-s", type=float, default=30.0)
    return parser.parse_args()


def _machine(folder: Path) -> str:
    return (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f} before the start, fsync {_fsync_ms(folder):.2f} ms"
    )


def _fsync_ms(folder: Path) -> float:
    """What the disk takes to keep a page: in memory it would be nothing."""
    took_s = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(20):
            file.write(bytes(4096))
            started = time.perf_counter()
            os.fsync(file.fileno())
            took_s.append(time.perf_counter() - started)
    return 1000 * statistics.median(took_s)


def _at_work(folder: Path, given: argparse.Namespace) -> list[Figure]:
    """A node with ten thousand subscribers and a modem that answers at once."""
    home = folder / "at-work"
    app = make_home(home, folder / "air", NO_LIMITS)
    enrol(app, given.people)
    figures = rows.measure(app, given.people)
    _finish_pushing(app)
    with air(folder / "air", 0.0) as network, node(home) as running:
        figures += replies.measure(network, running, home, given.texts)
        share = running.cpu_share(given.idle_s)
        figures.append(_idle("CPU, idle", share, given.idle_s, IDLE_BAR_PERCENT))
        figures.append(batch.pace(network, running, home, 500))
        figures += _memory(running, "after all of the above")
    return figures


def _finish_pushing(app) -> None:
    """One bulletin lives, to be asked for; nothing is left to be pushed."""
    publish(app, topic="danger")
    for bulletin in app.store.bulletins.all():
        app.store.bulletins.mark_pushed(bulletin.id, app.now_ms())


def _idle(what: str, share: float, over_s: float, bar: float | None) -> Figure:
    return Figure(what, share, "%", bar, f"of one core, over {over_s:.0f} s")


def _memory(running, when: str) -> list[Figure]:
    memory = running.memory_mib()
    return [
        Figure("memory, RSS", memory["Rss"], "MiB", MEMORY_BAR_MIB, when),
        Figure("memory, PSS", memory["Pss"], "MiB", MEMORY_BAR_MIB, when),
    ]


def _waiting(folder: Path, given: argparse.Namespace) -> list[Figure]:
    """A broadcast in progress: ten thousand messages wait for the budget of the SIM."""
    home = folder / "waiting"
    app = make_home(home, folder / "air-2")
    enrol(app, given.people)
    publish(app)
    with air(folder / "air-2", 0.0), node(home) as running:
        running.wait_sent(6)
        share = running.cpu_share(given.idle_s)
        what = f"CPU, {given.people} waiting for the budget"
        return [
            _idle(what, share, given.idle_s, None),
            *_memory(running, "after a push to all")[:1],
        ]


def _slow_modem(folder: Path) -> list[Figure]:
    """A modem as they are, half a second a segment; and the command line."""
    home = folder / "slow"
    make_home(home, folder / "air-3", NO_LIMITS)
    with air(folder / "air-3", 0.5) as network, node(home) as running:
        figures = batch.overhead(network, running, home, 10, 0.5)
    queued = batch.queueing(home, 10_000)
    return [*figures, queued, batch.start_up(home)]


if __name__ == "__main__":
    sys.exit(main())
