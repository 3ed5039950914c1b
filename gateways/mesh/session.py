"""One connection to a radio: opened, asked, given packets, closed."""

import contextlib
import time
from collections.abc import Callable

from meshtastic.stream_interface import StreamInterface  # type: ignore[import-untyped]

from gateways.mesh import protobufs
from gateways.mesh.facts import RadioFacts
from gateways.mesh.mailbox import Event, Loss, SessionLost, Status
from gateways.mesh.outgoing import Outgoing
from gateways.mesh.tamed import Tamed

_JOIN_S = 2.0
_LATE_S = 0.2  # a heartbeat is answered past the queue of statuses (PhoneAPI::getFromRadio)


class Session(Tamed):
    """What a serial and a TCP connection have in common; used once, then thrown away.

    For the owner's thread.
    """

    def start(self, wait_s: float) -> None:
        """Connect, and read the radio's configuration.

        Raises:
            OSError: there is nothing to connect to.
            SessionLost: there is, but it is of no use.
        """
        self._ready_by = time.monotonic() + wait_s
        self._open_line(wait_s)
        with self._contained():
            StreamInterface.connect(self)
        self._check()

    def reread(self, wait_s: float) -> None:
        """Read the configuration again: a channel may have been added over Bluetooth.

        Raises:
            SessionLost: it did not come.
        """
        self._ready_by = time.monotonic() + wait_s
        self.isConnected.clear()
        with self._contained():
            self._startConfig()
            self._waitConnected()
        self._check()

    def _check(self) -> None:
        if self.myInfo is None or not protobufs.is_complete(self.localNode.localConfig):
            self.give_up(Loss.HALF)
            raise SessionLost(Loss.HALF)

    def close(self) -> None:
        """Say good-bye, stop the reader, and let go of the line."""
        self._closing = True
        if self._rxThread.is_alive():
            # A radio that is not told keeps writing to a tty that nobody reads.
            with contextlib.suppress(SessionLost), self._contained():
                self._sendDisconnect()
        self.give_up(Loss.OURS)
        with contextlib.suppress(OSError):
            self._hang_up()
        if self._rxThread.is_alive():
            self._rxThread.join(_JOIN_S)
        with contextlib.suppress(OSError):
            self._close_line()

    def ask(self, wait_s: float) -> Status | None:
        """Send a heartbeat; the status that answers it, None if none comes.

        Raises:
            SessionLost: the connection is no more.
        """
        self._mail.forget(lambda _: True)
        with self._contained():
            self.sendHeartbeat()
        return self.next_status(lambda _: True, wait_s)

    def next_status(self, wanted: Callable[[Status], bool], wait_s: float) -> Status | None:
        """The next status that is wanted, None if none comes.

        Raises:
            SessionLost: the connection is no more.
        """

        def is_wanted(event: Event) -> bool:
            return isinstance(event, Status) and wanted(event)

        found = self._mail.take(is_wanted, wait_s)
        return found if isinstance(found, Status) else None

    def hand_over(self, outgoing: Outgoing) -> None:
        """Write a packet to the radio.

        Raises:
            SessionLost: it was not written, or not all of it.
        """
        self._mail.forget(lambda _: True)
        with self._contained():
            self._sendPacket(
                protobufs.mesh_packet(outgoing),
                outgoing.to,
                wantAck=outgoing.want_ack,
                hopLimit=outgoing.hop_limit,
            )

    def status_of(self, identity: int, wait_s: float) -> Status | None:
        """What the radio says of a packet that it was handed, None if it says nothing.

        Raises:
            SessionLost: the connection is no more.
        """
        return self.next_status(lambda status: status.identity == identity, wait_s)

    def ask_about(self, identity: int, wait_s: float) -> Status | None:
        """Ask by a heartbeat of a packet that the radio was silent on.

        What comes is its status if that is only late, else the answer to the heartbeat.
        """
        # Its status may have come at this very moment: only what answers no packet is stale.
        self._mail.forget(lambda event: not isinstance(event, Status) or not event.identity)
        with self._contained():
            self.sendHeartbeat()
        answer = self.next_status(lambda status: status.identity in {0, identity}, wait_s)
        if answer is None or answer.identity == identity:
            return answer
        return self.status_of(identity, _LATE_S) or answer

    def linger(self, wait_s: float) -> None:
        """Wait, unless the connection is lost meanwhile."""
        with contextlib.suppress(SessionLost):
            self._mail.take(lambda _: False, wait_s)

    def facts(self, channel: str | int) -> RadioFacts:
        """What the radio says of itself; `channel` is ours, by name or index."""
        return protobufs.facts(
            protobufs.Portrait(
                node=self._own,
                long_name=self._ears.long_name,
                metadata=self.metadata,
                local=self.localNode.localConfig,
                modules=self.localNode.moduleConfig,
                channels=tuple(self._channels.values()),
            ),
            channel,
        )
