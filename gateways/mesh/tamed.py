"""The Meshtastic library without what can hurt.

It waits up to 300 s for a configuration and without end for room in the radio's
queue, reconnects behind our back, prints what it reads, ends the process, and
remembers every node that it ever heard of.  So it is given the configuration
and nothing else to read; its hooks for writing, waiting, losing the connection
and its own heartbeats are ours; and what comes in goes to a mailbox, of bounded
size, from its reader's thread.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from meshtastic.mesh_interface import MeshInterface  # type: ignore[import-untyped]
from meshtastic.stream_interface import StreamInterface  # type: ignore[import-untyped]

from gateways.mesh import octets, protobufs
from gateways.mesh.ears import Ears
from gateways.mesh.mailbox import Loss, Mailbox, News, SessionLost, Status

# Its lines of debug and some of its errors carry texts and names.
for _module in ("mesh_interface", "stream_interface", "tcp_interface", "serial_interface", "node"):
    logging.getLogger(f"meshtastic.{_module}").disabled = True
for _module in ("meshtastic", "meshtastic.util"):
    logging.getLogger(_module).disabled = True

_LOOK_S = 0.25  # a reader of a tty looks so often whether it should end
_CHANNELS = range(8)
_FOR_THE_LIBRARY = frozenset(
    {"my_info", "metadata", "config", "moduleConfig", "config_complete_id"}
)


class Tamed(StreamInterface):  # type: ignore[misc]  # the library is untyped; this is its face
    """Its hooks, for any kind of line.

    What the owner's thread calls is in `session`; the library's reader calls the rest.
    """

    def __init__(
        self, ears: Ears, lost: Callable[[], None], write_wait_s: float, **where: Any
    ) -> None:
        """Nothing is opened.

        Args:
            ears: take what it hears, in the reader's thread.
            lost: called there when the connection is no more.
            write_wait_s: for a line that takes no octets.
            where: what the library's class takes.
        """
        super().__init__(connectNow=False, **where)
        self._ears = ears
        self._lost = lost
        self._write_wait_s = write_wait_s
        self._mail = Mailbox()
        self._octets: Iterator[int] = iter(())
        self._written = 0  # octets
        self._own = 0  # our node's number; the library forgets it while it reads again
        self._channels: dict[int, Any] = {}
        self._closing = False
        self._ready_by = 0.0
        self.malformed = 0  # frames that are no protobuf
        self.free: int | None = None  # places in the radio's queue, by its last status

    # What a kind of line must provide.

    _hung_up = Loss.BROKEN  # what it means that the other side ended it

    def _open_line(self, wait_s: float) -> None:
        raise NotImplementedError

    def _descriptor(self) -> int:
        raise NotImplementedError

    def _hang_up(self) -> None:
        """End the reader's wait, where that can be done from here."""

    def _close_line(self) -> None:
        raise NotImplementedError

    def give_up(self, loss: Loss) -> None:
        """From now on this connection counts as lost."""
        self._wantExit = True
        self._mail.lose(loss)

    @property
    def loss(self) -> Loss | None:
        """Why it is lost, None while it is not."""
        return self._mail.loss

    # What the library would wait for, write or start.

    @contextlib.contextmanager
    def _contained(self) -> Iterator[None]:
        """What the library raises, or ends the process with, is the end of the connection."""
        before = self._written
        try:
            yield
        except (SystemExit, MeshInterface.MeshInterfaceError):
            self.give_up(Loss.BROKEN)
            raise SessionLost(Loss.BROKEN, begun=self._written != before) from None

    def _waitConnected(self, timeout: float = 0.0) -> None:  # noqa: ARG002, N802  # its name, and its 30 s
        while not self.isConnected.is_set():
            news = self._mail.take(
                lambda event: isinstance(event, News), self._ready_by - time.monotonic()
            )
            if news is News.RESTARTED:
                self._startConfig()  # a serial radio restarts when its port is opened
            elif news is None:
                loss = Loss.SILENT if self.myInfo is None else Loss.UNFINISHED
                self.give_up(loss)
                raise SessionLost(loss)
        if self._mail.loss is not None:  # also where it was lost right behind its last word
            raise SessionLost(self._mail.loss)

    def _sendToRadio(self, toRadio: Any) -> None:  # noqa: N802, N803  # the library's names
        """Past the library's queue, which waits without end."""
        self._sendToRadioImpl(toRadio)

    def _writeBytes(self, b: bytes) -> None:  # noqa: N802  # the library's name
        """All of it, or the connection is lost."""
        rest = memoryview(bytes(b))
        until = time.monotonic() + self._write_wait_s
        while rest:
            if self._mail.loss is not None:
                raise SessionLost(self._mail.loss, begun=len(rest) < len(b))
            try:
                written = octets.write_some(self._descriptor(), rest, until - time.monotonic())
            except OSError:
                self._end(Loss.BROKEN)
                continue
            if not written:
                self._end(Loss.STUCK)
            self._written += written
            rest = rest[written:]

    def _connected(self) -> None:
        """Without the library's heartbeats, which outlive the connection."""
        self.isConnected.set()
        self._mail.put(News.CONFIGURED)

    # The reader's side.

    def _readBytes(self, length: int) -> bytes:  # noqa: ARG002, N802  # it asks for one at a time
        octet = next(self._octets, None)
        if octet is None:
            self._octets = iter(self._read_some())
            octet = next(self._octets, None)
        return b"" if octet is None else bytes((octet,))

    def _read_some(self) -> bytes:
        """What the line has, nothing if there is nothing within a moment."""
        try:
            found = octets.read_some(self._descriptor(), _LOOK_S)
        except OSError:
            self._end(Loss.BROKEN)
            return b""
        if found == b"":
            self._end(self._hung_up)
        return found or b""

    def _end(self, loss: Loss) -> None:
        self.isConnected.clear()
        self.give_up(loss)

    def _disconnected(self) -> None:
        """The reader has ended; the line is closed by its owner."""
        self._end(Loss.BROKEN)
        if not self._closing:
            self._lost()

    def _handleLogByte(self, b: bytes) -> None:  # noqa: N802  # the library's name
        """What is between frames is noise, or the radio's own log: it stays there."""

    def _handleFromRadio(self, fromRadioBytes: bytes) -> None:  # noqa: N802, N803  # likewise
        """The one place that reads what the radio says."""
        message = protobufs.from_radio(fromRadioBytes)
        if message is None:
            self.malformed += 1
            return
        own, kind = self._own, message.WhichOneof("payload_variant")
        if kind == "packet":
            self._ears.packet(message.packet, own)
        elif kind == "queueStatus":
            self._status(protobufs.status(message.queueStatus))
        elif kind == "node_info":
            self._ears.node(message.node_info, own)
        elif kind == "channel":
            self._channel(message.channel)
        elif kind == "rebooted":
            self._rebooted()
        elif kind in _FOR_THE_LIBRARY:
            if kind == "my_info":
                self._own = message.my_info.my_node_num
            super()._handleFromRadio(fromRadioBytes)

    def _channel(self, channel: Any) -> None:
        """By its own index: the library counts, and a stray one would shift all others."""
        if channel.index in _CHANNELS:
            self._channels[channel.index] = channel

    def _status(self, status: Status) -> None:
        self.free = status.free
        self._mail.put(status)

    def _rebooted(self) -> None:
        if self.isConnected.is_set():
            self._end(Loss.RESTARTED)
        else:
            self._mail.put(News.RESTARTED)
