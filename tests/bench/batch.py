"""Messages by the operator's hand: queued from a file, and sent as fast as the modem takes them."""

import json
import statistics
import subprocess
import time
from itertools import pairwise
from pathlib import Path

from gateways.simulated.client import Air
from tests.bench.figures import Figure
from tests.bench.home import JARSHY, jarshy, number
from tests.bench.running import Running

STARTS, BATCHES = 5, 3


def letters(file: Path, count: int) -> Path:
    """A file for `outbox add --from`: one segment to each."""
    lines = (json.dumps({"to": number(at), "text": "Су 18:00-де беріледі"}) for at in range(count))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def queueing(home: Path, count: int) -> Figure:
    """The whole command, its start included."""
    file = letters(home / "letters.jsonl", count)
    started = time.perf_counter()
    jarshy(home, "outbox", "add", "--from", str(file))
    took_s = time.perf_counter() - started
    return Figure(f"`outbox add --from`, {count} messages", took_s, "s", note="peers: 155, 8, 5")


def pace(air: Air, node: Running, home: Path, count: int) -> Figure:
    """Segments a second at a modem that answers at once."""
    taken_at = _sent(air, node, home, count)
    speed = (count - 1) / (taken_at[-1] - taken_at[0])
    note = f"{count} messages, reports on; peers: 1.0, 2.7, 0.43"
    return Figure("segments a second, modem latency 0", speed, "/s", note=note)


def overhead(air: Air, node: Running, home: Path, count: int, latency_s: float) -> list[Figure]:
    """The time from the first text taken to the last, over what the modem itself needs."""
    gaps_s, ratios = [], []
    for _ in range(BATCHES):
        taken_at = _sent(air, node, home, count)
        ratios.append((taken_at[-1] - taken_at[0]) / (latency_s * (count - 1)))
        gaps_s += [later - sooner - latency_s for sooner, later in pairwise(taken_at)]
    note = f"{count} segments at {latency_s} s, median of {BATCHES}; peers: 1.33, 1.12, 1.73"
    return [
        Figure("wall over the modem's own time", statistics.median(ratios), "x", note=note),
        Figure("  between two segments, worst", 1000 * max(gaps_s), "ms"),
    ]


def _sent(air: Air, node: Running, home: Path, count: int) -> list[float]:
    since = time.time()
    file = letters(home / "batch.jsonl", count)
    jarshy(home, "outbox", "add", "--from", str(file))
    node.wait_done(60)
    taken_at = [event["at"] for event in air.messages(since)]
    assert len(taken_at) == count
    return taken_at


def start_up(home: Path) -> Figure:
    """How long the operator waits for `jarshy status`."""
    took_s = []
    for _ in range(STARTS):
        started = time.perf_counter()
        subprocess.run(
            [JARSHY, "--config", home / "jarshy.toml", "status"], check=False, capture_output=True
        )
        took_s.append(time.perf_counter() - started)
    return Figure(
        "`jarshy status`, median", statistics.median(took_s), "s", note=f"{STARTS} starts"
    )
