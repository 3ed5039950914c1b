"""The radios' TCP ports: one client at a time, the latest."""

import contextlib
import selectors
import socket
from dataclasses import dataclass, field
from typing import Protocol

HOST = "127.0.0.1"
MOST_UNREAD = 1 << 18  # octets kept for a client that does not read; then it is cut off
_BACKLOG = 4
_CHUNK = 1 << 14


class Told(Protocol):
    """Who is told what happens at the ports."""

    def connected(self, name: str) -> None:
        """Learn that radio `name` has a new client."""
        ...

    def disconnected(self, name: str) -> None:
        """Learn that the client of radio `name` is gone."""
        ...

    def heard(self, name: str, octets: bytes) -> None:
        """Take what the client of radio `name` wrote."""
        ...


@dataclass(slots=True, eq=False)
class _Port:
    """One port with its client."""

    number: int
    door: socket.socket | None = None
    client: socket.socket | None = None
    unread: bytearray = field(default_factory=bytearray)
    frozen: bool = False


class Tcp:
    """All ports of a simulation, watched by one selector."""

    def __init__(self, selector: selectors.BaseSelector, told: Told) -> None:
        self._selector = selector
        self._told = told
        self._ports: dict[str, _Port] = {}

    def open(self, name: str, number: int = 0) -> None:
        """Open the port of a radio, the same as before if it had one.

        Raises:
            OSError: another program has it.
        """
        port = self._ports.setdefault(name, _Port(number))
        if port.door is None:
            port.door = socket.create_server((HOST, port.number), backlog=_BACKLOG)
            port.number = port.door.getsockname()[1]
            self._watch(name)

    def number(self, name: str) -> int:
        """Return the number of a radio's port."""
        return self._ports[name].number

    def shut(self, name: str) -> None:
        """Close the port of a radio; its client is cut off."""
        port = self._ports[name]
        self.hang_up(name)
        if port.door:
            self._ignore(port.door)
            port.door.close()
        port.door, port.frozen = None, False

    def hang_up(self, name: str) -> None:
        """Close the connection of a radio's client, without telling anybody."""
        port = self._ports[name]
        if port.client:
            self._ignore(port.client)
            port.client.close()
        port.client = None
        port.unread.clear()

    def write(self, name: str, octets: bytes) -> None:
        """Write to the client, as far as the connection takes it; the rest waits."""
        port = self._ports[name]
        if port.client is None or port.frozen:
            return
        port.unread += octets
        if len(port.unread) > MOST_UNREAD:
            self._lose(name)
        else:
            self._flush(name)

    def freeze(self, name: str, *, frozen: bool) -> None:
        """Neither read nor write nor accept, or begin again."""
        port = self._ports[name]
        if port.frozen == frozen:
            return
        port.frozen = frozen
        for each in filter(None, (port.door, port.client)):
            self._ignore(each)
        if not frozen:
            self._watch(name)

    def close(self) -> None:
        """Close all ports."""
        for name in self._ports:
            self.shut(name)

    def _watch(self, name: str) -> None:
        """Watch a port and its client, for as much as there is of them."""
        port = self._ports[name]
        if port.door:
            self._ignore(port.door)
            act = lambda _mask: self._accept(name)  # noqa: E731  as one line is enough
            self._selector.register(port.door, selectors.EVENT_READ, act)
        if port.client:
            self._ignore(port.client)
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if port.unread else 0)
            self._selector.register(port.client, events, lambda mask: self._ready(name, mask))

    def _ignore(self, one: socket.socket) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(one)

    def _accept(self, name: str) -> None:
        port = self._ports[name]
        if port.door is None:
            return
        client, _ = port.door.accept()
        client.settimeout(0)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _CHUNK)  # a radio has no more
        self.hang_up(name)
        port.client = client
        self._watch(name)
        self._told.connected(name)

    def _ready(self, name: str, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._flush(name)
        client = self._ports[name].client
        if mask & selectors.EVENT_READ and client:
            try:
                octets = client.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                octets = b""
            if octets:
                self._told.heard(name, octets)
            else:
                self._lose(name)

    def _flush(self, name: str) -> None:
        port = self._ports[name]
        if port.client is None:
            return
        try:
            while port.unread:
                del port.unread[: port.client.send(port.unread)]
        except BlockingIOError:
            pass
        except OSError:
            # It does not listen any more; what it wrote before is still to be read.
            port.unread.clear()
        self._watch(name)

    def _lose(self, name: str) -> None:
        self.hang_up(name)
        self._told.disconnected(name)
