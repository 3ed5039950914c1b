"""One thread, asleep until an octet, a request or a due time.

What every simulation shares: the selector, the control socket with its
guests, the clock, and how it is run and stopped.
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
from typing import Any, Protocol

from gateways.simulated.agenda import Agenda
from gateways.simulated.asking import BadRequestError, Later
from gateways.simulated.client import SOCKET

Answer = Callable[[object, float], object]
_CHUNK = 1 << 16
_PATIENCE_S = 2.0  # with a client that does not read its answer


class AlreadyRunningError(RuntimeError):
    """Another simulation serves this folder."""


class Runs(Protocol):
    """A simulation that can be run until it is stopped."""

    def run(self) -> None:
        """Serve until stopped, then take everything away."""
        ...

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        ...


@dataclass(slots=True, eq=False)
class _Guest:
    """One client of the control socket."""

    socket: socket.socket
    said: bytearray = field(default_factory=bytearray)
    waits: Later | None = None
    until: float = 0.0


class Loop:
    """The control socket of a folder, and the clock."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # Wall time that never jumps: what is booked comes due in order.
        self._epoch = time.time() - time.monotonic()
        self._stopping = False
        self.selector = selectors.DefaultSelector()
        self._path = directory / SOCKET
        self._door = _listen(self._path)
        self._guests: set[_Guest] = set()
        self._bell, self._button = os.pipe()
        os.set_blocking(self._button, False)
        self.selector.register(self._door, selectors.EVENT_READ, self._welcome)
        self.selector.register(self._bell, selectors.EVENT_READ, self._rung)

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        self._stopping = True
        with contextlib.suppress(OSError):
            os.write(self._button, b"\0")

    def run(self, agenda: Agenda, answer: Answer) -> None:
        """Serve until stopped."""
        self._answer = answer
        while not self._stopping:
            self._turn(agenda)

    def now(self) -> float:
        """Return the unix time, in seconds, that never jumps."""
        return self._epoch + time.monotonic()

    def close(self) -> None:
        """Hang up on everybody and take the socket away."""
        self._path.unlink(missing_ok=True)
        for guest in list(self._guests):
            self._part_with(guest)
        self.selector.close()
        self._door.close()
        os.close(self._bell)
        os.close(self._button)

    def _turn(self, agenda: Agenda) -> None:
        due = [guest.until for guest in self._guests if guest.waits]
        booked = agenda.next_at()
        next_at = min(due + ([] if booked is None else [booked]), default=None)
        wait_s = None if next_at is None else max(0.0, next_at - self.now())
        for key, mask in self.selector.select(wait_s):
            if key.fd in self.selector.get_map():
                key.data(mask)
        agenda.run(self.now())
        for guest in [guest for guest in self._guests if guest.waits]:
            self._ask_again(guest)

    def _rung(self, _mask: int) -> None:
        os.read(self._bell, _CHUNK)

    def _welcome(self, _mask: int) -> None:
        connection, _ = self._door.accept()
        connection.settimeout(_PATIENCE_S)
        guest = _Guest(connection)
        self._guests.add(guest)
        self.selector.register(
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
                result = self._answer(request, self.now())
        except (BadRequestError, json.JSONDecodeError, UnicodeDecodeError) as error:
            self._tell(guest, {"ok": False, "error": str(error)})
            return
        if isinstance(result, Later):
            guest.waits, guest.until = result, self.now() + result.timeout_s
        else:
            self._tell(guest, {"ok": True, "result": result})

    def _ask_again(self, guest: _Guest) -> None:
        waits = guest.waits
        if waits is None:
            return
        result = waits.ask()
        if result is None and self.now() < guest.until:
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
            self.selector.unregister(guest.socket)
        guest.socket.close()


def in_foreground(server: Runs, ready: Callable[[], None]) -> None:
    """Run a simulation in the main thread until SIGTERM, SIGINT or `stop`."""
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
def in_thread(server: Runs) -> Iterator[None]:
    """Run a simulation in a thread of this process, for as long as the block."""
    thread = Thread(target=server.run, name="air", daemon=True)
    thread.start()
    try:
        yield
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
