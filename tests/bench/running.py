"""Processes under the bench: the simulated air, the node, and what the kernel says of them."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateways.simulated.client import Air
from relay.store import Store
from tests.bench.home import JARSHY, unfinished

READY_S, LOOK_S = 20.0, 0.05
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def air(folder: Path, latency_s: float) -> Iterator[Air]:
    """A simulated network with the modem `bench`, in a process of its own."""
    words = ["--directory", folder, "--modem", "bench=+77010000001", "--latency", str(latency_s)]
    with subprocess.Popen(
        [sys.executable, "-m", "gateways.simulated", *words], stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        try:
            yield Air(folder)
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process has used up, in s."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Running:
    """A node in a process of its own, and a look into its store."""

    pid: int
    store: Store

    def spent(self) -> Spent:
        """utime and stime of proc(5), all threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return Spent((int(fields[11]) + int(fields[12])) / TICKS, time.monotonic())

    def cpu_share(self, over_s: float) -> float:
        """How much of one core it takes, in per cent, over so long a time from now on."""
        before = self.spent()
        time.sleep(over_s)
        after = self.spent()
        return 100 * (after.cpu_s - before.cpu_s) / (after.wall_s - before.wall_s)

    def memory_mib(self) -> dict[str, float]:
        """Rss and Pss of proc(5), smaps_rollup."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]
        named = (line.split(":") for line in lines)
        return {name: int(rest.split()[0]) / 1024 for name, rest in named}

    def wait_ready(self) -> None:
        """Wait until the modem is open."""
        self._wait(self._is_ready, READY_S)

    def _is_ready(self) -> bool:
        device = self.store.devices.all().get("bench")
        return device is not None and device.state == "ready"

    def wait_done(self, within_s: float) -> None:
        """Wait until nothing is on its way any more."""
        self._wait(lambda: unfinished(self.store) == 0, within_s)

    def wait_sent(self, count: int) -> None:
        """Wait until so many segments were taken."""
        self._wait(lambda: self.store.ledger.segments("bench", 0) >= count, READY_S)

    @staticmethod
    def _wait(holds, within_s: float) -> None:
        until = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {within_s} s")
            time.sleep(LOOK_S)


@contextlib.contextmanager
def node(home: Path) -> Iterator[Running]:
    """The node as its user runs it, ready to send."""
    store = Store(home)
    store.connection.execute("DELETE FROM device")
    with (
        (home / "run.log").open("ab") as log,
        subprocess.Popen(
            [JARSHY, "--config", home / "jarshy.toml", "run"], stdout=log, stderr=log
        ) as process,
    ):
        try:
            running = Running(process.pid, store)
            running.wait_ready()
            yield running
        finally:
            process.terminate()
    store.close()
