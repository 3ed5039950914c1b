"""Runs a simulation of modems: its ttys, its control socket, its log.

In the folder stand `NAME.tty` for each modem, `control.sock` for requests
and `air.jsonl`, the log.
"""

import contextlib
from collections.abc import Callable, Iterator

from gateways.simulated.client import Air
from gateways.simulated.control import Desk, answer
from gateways.simulated.log import Log
from gateways.simulated.loop import AlreadyRunningError, Loop, in_foreground, in_thread
from gateways.simulated.settings import ModemConfig, SimulationConfig
from gateways.simulated.simulation import Simulation
from gateways.simulated.ttys import Ttys

__all__ = [
    "AlreadyRunningError",
    "ModemConfig",
    "Server",
    "SimulationConfig",
    "background",
    "serve",
]


class Server:
    """One simulation with its ttys, its socket and its clock."""

    def __init__(self, config: SimulationConfig) -> None:
        self._loop = Loop(config.directory)
        self._log = Log(config.directory)
        self._ttys = Ttys(config.directory, self._loop.selector, self._hear)
        self._simulation = Simulation(config, self._ttys, self._log)
        self._desk = Desk(self._simulation, self._log.recent)
        for modem in config.modems:
            self._ttys.plug(modem.name)

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        self._loop.stop()

    def run(self) -> None:
        """Serve until stopped, then take everything away."""
        try:
            self._loop.run(
                self._simulation.agenda, lambda request, now: answer(self._desk, request, now)
            )
        finally:
            self._ttys.close()
            self._loop.close()
            self._log.close()

    def _hear(self, name: str, octets: bytes) -> None:
        self._simulation.hear(name, octets, self._loop.now())


def serve(config: SimulationConfig, ready: Callable[[], None] = lambda: None) -> None:
    """Run a simulation in the main thread until SIGTERM, SIGINT or `stop`.

    Raises:
        AlreadyRunningError: another process serves this folder.
    """
    in_foreground(Server(config), ready)


@contextlib.contextmanager
def background(config: SimulationConfig) -> Iterator[Air]:
    """Run a simulation in a thread of this process, for as long as the block.

    Raises:
        AlreadyRunningError: another process serves this folder.
    """
    with in_thread(Server(config)):
        yield Air(config.directory)
