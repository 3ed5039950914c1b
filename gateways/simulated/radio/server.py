"""Runs a simulated mesh: TCP ports, ttys, control socket, log.

In the folder stand `NAME.tty` for each radio, `control.sock` for requests
and `air.jsonl`, the log.
"""

import contextlib
from collections.abc import Callable, Iterator

from gateways.simulated.log import Log
from gateways.simulated.loop import AlreadyRunningError, Loop, in_foreground, in_thread
from gateways.simulated.radio.client import Mesh
from gateways.simulated.radio.control import Desk, answer
from gateways.simulated.radio.settings import MeshConfig, NodeConfig, RadioConfig
from gateways.simulated.radio.simulation import Simulation
from gateways.simulated.radio.tcp import HOST, Tcp
from gateways.simulated.radio.unit import TCP, TTY
from gateways.simulated.ttys import Ttys

__all__ = [
    "AlreadyRunningError",
    "MeshConfig",
    "NodeConfig",
    "RadioConfig",
    "Server",
    "background",
    "serve",
]


class Lines:
    """Both ways to each radio: its TCP port and its tty."""

    def __init__(self, tcp: Tcp, ttys: Ttys) -> None:
        self._tcp = tcp
        self._ttys = ttys
        self.open, self.shut, self.freeze, self.hang_up = (
            tcp.open,
            tcp.shut,
            tcp.freeze,
            tcp.hang_up,
        )
        self.plug, self.unplug = ttys.plug, ttys.unplug

    def write(self, name: str, way: str, octets: bytes) -> None:
        """Write to the client of radio `name`, if one is there."""
        (self._ttys if way == TTY else self._tcp).write(name, octets)

    def address(self, name: str) -> str:
        """Return where radio `name` listens."""
        return f"tcp://{HOST}:{self._tcp.number(name)}"

    def close(self) -> None:
        """Take everything away."""
        self._tcp.close()
        self._ttys.close()


class Server:
    """One mesh with its ports, its socket and its clock."""

    def __init__(self, config: MeshConfig) -> None:
        self._config = config
        self._loop = Loop(config.directory)
        self._log = Log(config.directory)
        tcp = Tcp(self._loop.selector, self)
        self._lines = Lines(tcp, Ttys(config.directory, self._loop.selector, self._heard_on_tty))
        self._simulation = Simulation(config, self._lines, self._log)
        self._desk = Desk(self._simulation, self._lines.address, self._log.recent)
        try:
            for radio in config.radios:
                tcp.open(radio.name, radio.port)
                self._lines.plug(radio.name)
        except OSError:
            self._close()
            raise

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        self._loop.stop()

    def run(self) -> None:
        """Serve until stopped, then take everything away."""
        try:
            self._simulation.begin(self._loop.now())
            self._loop.run(
                self._simulation.agenda, lambda request, now: answer(self._desk, request, now)
            )
        finally:
            self._close()

    def addresses(self) -> list[str]:
        """Return where each radio listens, in the order of the settings."""
        return [self._lines.address(each.name) for each in self._config.radios]

    def connected(self, name: str) -> None:
        """Learn that radio `name` has a new client."""
        self._simulation.connected(name, self._loop.now())

    def disconnected(self, name: str) -> None:
        """Learn that the client of radio `name` is gone."""
        self._simulation.disconnected(name, self._loop.now())

    def heard(self, name: str, octets: bytes) -> None:
        """Take what the client of radio `name` wrote."""
        self._simulation.hear(name, TCP, octets, self._loop.now())

    def _heard_on_tty(self, name: str, octets: bytes) -> None:
        self._simulation.hear(name, TTY, octets, self._loop.now())

    def _close(self) -> None:
        self._lines.close()
        self._loop.close()
        self._log.close()


def serve(config: MeshConfig, ready: Callable[[list[str]], None] = lambda _addresses: None) -> None:
    """Run a mesh in the main thread until SIGTERM, SIGINT or `stop`.

    Args:
        config: what is on the air.
        ready: called with the address of each radio, in order.

    Raises:
        AlreadyRunningError: another process serves this folder.
        OSError: another program has a port.
    """
    server = Server(config)
    in_foreground(server, lambda: ready(server.addresses()))


@contextlib.contextmanager
def background(config: MeshConfig) -> Iterator[Mesh]:
    """Run a mesh in a thread of this process, for as long as the block.

    Raises:
        AlreadyRunningError: another process serves this folder.
        OSError: another program has a port.
    """
    with in_thread(Server(config)):
        yield Mesh(config.directory)
