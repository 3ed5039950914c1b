"""Runs a simulation: one thread, asleep until an octet, a request or a due time.

In the folder stand `NAME.tty` for each modem, `control.sock` for requests
and `air.jsonl`, the log.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from gateways.simulated.client import SOCKET, Air
from gateways.simulated.control import BadRequestError, Desk, Later, answer
from gateways.simulated.log import Log
from gateways.simulated.settings import ModemConfig, SimulationConfig
from gateways.simulated.simulation import Simulation
from gateways.simulated.ttys import Ttys

__all__ = ["ModemConfig", "Server", "SimulationConfig", "background", "serve"]
_CHUNK = 1 << 16
_PATIENCE_S = 2.0  # with a client that does not read its answer


class AlreadyRunningError(RuntimeError):
    """Another simulation serves this folder."""


@dataclass(slots=True, eq=False)
class _Guest:
    """One client of the control socket."""

    socket: socket.socket
    said: bytearray = field(default_factory=bytearray)
    waits: Later | None = None
    until: float = 0.0


class Server:
    """One simulation with its ttys, its socket and its clock."""

    def __init__(self, config: SimulationConfig) -> None:
        config.directory.mkdir(parents=True, exist_ok=True)
        # Wall time that never jumps: what is booked comes due in order.
        self._epoch = time.time() - time.monotonic()
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._door = _listen(config.directory / SOCKET)
        self._path = config.directory / SOCKET
        self._log = Log(config.directory)
        self._ttys = Ttys(config.directory, self._selector, self._hear)
        self._simulation = Simulation(config, self._ttys, self._log)
        self._desk = Desk(self._simulation, self._log.recent)
        self._guests: set[_Guest] = set()
        self._bell, self._button = os.pipe()
        os.set_blocking(self._button, False)
        self._selector.register(self._door, selectors.EVENT_READ, self._welcome)
        self._selector.register(self._bell, selectors.EVENT_READ, self._rung)
        for modem in config.modems:
            self._ttys.plug(modem.name)

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        self._stopping = True
        with contextlib.suppress(OSError):
            os.write(self._button, b"\0")

    def run(self) -> None:
        """Serve until stopped, then take everything away."""
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._close()

    def _turn(self) -> None:
        due = [guest.until for guest in self._guests if guest.waits]
        booked = self._simulation.agenda.next_at()
        next_at = min(due + ([] if booked is None else [booked]), default=None)
        wait_s = None if next_at is None else max(0.0, next_at - self._now())
        for key, mask in self._selector.select(wait_s):
            if key.fd in self._selector.get_map():
                key.data(mask)
        self._simulation.agenda.run(self._now())
        for guest in [guest for guest in self._guests if guest.waits]:
            self._ask_again(guest)

    def _now(self) -> float:
        return self._epoch + time.monotonic()

    def _hear(self, name: str, octets: bytes) -> None:
        self._simulation.hear(name, octets, self._now())

    def _rung(self, _mask: int) -> None:
        os.read(self._bell, _CHUNK)

    def _welcome(self, _mask: int) -> None:
        connection, _ = self._door.accept()
        connection.settimeout(_PATIENCE_S)
        guest = _Guest(connection)
        self._guests.add(guest)
        self._selector.register(
            connection, selectors.EVENT_READ, lambda _mask: self._listen_to(guest)
        )

    def _listen_to(self, guest: _Guest) -> None:
        try:
            octets = guest.socket.recv(_CHUNK)
        except (ConnectionError, TimeoutError):
            octets = b""
        if not octets:
            self._part_with(guest)
            return
        guest.said += octets
        self._next_requests(guest)

    def _next_requests(self, guest: _Guest) -> None:
        """Serve what the guest asked for, as far as it is not waiting."""
        while not guest.waits and b"\n" in guest.said:
            line, _, guest.said = guest.said.partition(b"\n")
            self._serve(guest, bytes(line))

    def _serve(self, guest: _Guest, line: bytes) -> None:
        try:
            request = json.loads(line)
            if request == {"op": "stop"}:
                self.stop()
                result = None
            else:
                result = answer(self._desk, request, self._now())
        except (BadRequestError, json.JSONDecodeError, UnicodeDecodeError) as error:
            self._tell(guest, {"ok": False, "error": str(error)})
            return
        if isinstance(result, Later):
            guest.waits, guest.until = result, self._now() + result.timeout_s
        else:
            self._tell(guest, {"ok": True, "result": result})

    def _ask_again(self, guest: _Guest) -> None:
        waits = guest.waits
        if waits is None:
            return
        result = waits.ask()
        if result is None and self._now() < guest.until:
            return
        guest.waits = None
        if result is None:
            self._tell(guest, {"ok": False, "error": waits.otherwise(), "timeout": True})
        else:
            self._tell(guest, {"ok": True, "result": result})
        self._next_requests(guest)

    def _tell(self, guest: _Guest, said: dict[str, Any]) -> None:
        try:
            guest.socket.sendall(json.dumps(said).encode() + b"\n")
        except (ConnectionError, TimeoutError):
            self._part_with(guest)

    def _part_with(self, guest: _Guest) -> None:
        self._guests.discard(guest)
        with contextlib.suppress(KeyError):
            self._selector.unregister(guest.socket)
        guest.socket.close()

    def _close(self) -> None:
        self._path.unlink(missing_ok=True)
        for guest in list(self._guests):
            self._part_with(guest)
        self._ttys.close()
        self._selector.close()
        self._door.close()
        self._log.close()
        os.close(self._bell)
        os.close(self._button)


def serve(config: SimulationConfig, ready: Callable[[], None] = lambda: None) -> None:
    """Run a simulation in the main thread until SIGTERM, SIGINT or `stop`.

    Raises:
        AlreadyRunningError: another process serves this folder.
    """
    server = Server(config)
    before = {
        number: signal.signal(number, lambda _number, _frame: server.stop())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        ready()
        server.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def background(config: SimulationConfig) -> Iterator[Air]:
    """Run a simulation in a thread of this process, for as long as the block.

    Raises:
        AlreadyRunningError: another process serves this folder.
    """
    server = Server(config)
    thread = Thread(target=server.run, name="air", daemon=True)
    thread.start()
    try:
        yield Air(config.directory)
    finally:
        server.stop()
        thread.join()


def _listen(path: Path) -> socket.socket:
    """Open the control socket, over a dead one if need be."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.exists():
        with contextlib.suppress(ConnectionError):
            door.connect(str(path))
            door.close()
            raise AlreadyRunningError(
                f"{path} is served by another simulation; stop that one first"
            )
        path.unlink()
    door.bind(str(path))
    path.chmod(0o600)
    door.listen()
    return door
