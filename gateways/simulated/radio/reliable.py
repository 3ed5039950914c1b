"""Acknowledgements: what is repeated until somebody says that it arrived.

Firmware, ReliableRouter: a packet that wants an acknowledgement is sent up
to three times.  Hearing anybody repeat it counts as one (the implicit
acknowledgement) and ends the repeating; the recipient of a direct message
answers besides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gateways.simulated.radio.medium import Medium
from gateways.simulated.radio.node import Node
from gateways.simulated.radio.packet import BROADCAST, Packet, routing
from gateways.simulated.radio.protobufs import MeshPacket, PortNum, Routing
from gateways.simulated.radio.settings import ChannelConfig

_TRIES = 3  # transmissions in all
_PROCESSING_S = 4.5  # that a neighbour may need (firmware, PROCESSING_TIME_MSEC)
_SLOTS = 2**3 + 2 * 8 + 2**5  # of contention, both ways

Verdict = Callable[[Packet, int, float], None]  # the packet, the error, now


@dataclass(slots=True)
class _Pending:
    packet: Packet
    left: int = _TRIES - 1
    due: float = 0.0  # when the next try is made, or given up


class Reliable:
    """Repeats a node's own packets, and acknowledges those to it."""

    def __init__(self, node: Node, medium: Medium, verdict: Verdict) -> None:
        self._node = node
        self._medium = medium
        self._verdict = verdict
        self._pending: dict[int, _Pending] = {}

    def send(self, packet: Packet, now: float) -> bool:
        """Send an own packet; say whether the queue took it."""
        taken = self._node.send(packet, now)
        if taken and packet.want_ack:
            self._pending[packet.id] = _Pending(packet)
            # Should it be evicted, it never is on air; that counts as lost, too.
            self._expect(self._pending[packet.id], now + _TRIES * self._patience_s(packet))
        return taken

    def transmitted(self, packet: Packet, now: float) -> None:
        """Begin to wait for the acknowledgement of what was just on air."""
        pending = self._pending.get(packet.id)
        if pending:
            self._expect(pending, now + self._patience_s(packet))

    def echoed(self, packet: Packet, now: float) -> None:
        """Take somebody's repeating of an own packet for an acknowledgement."""
        if self._pending.pop(packet.id, None):
            self._verdict(packet, Routing.Error.NONE, now)

    def received(self, packet: Packet) -> None:
        """End the repeating if this is the recipient's word."""
        said = packet.content
        if said.portnum == PortNum.ROUTING_APP and packet.to == self._node.number:
            self._pending.pop(said.request_id, None)

    def acknowledge(self, packet: Packet, now: float) -> None:
        """Tell the sender that its direct message arrived, if it wants to know."""
        if packet.want_ack and packet.to == self._node.number != BROADCAST:
            self.answer(packet, Routing.Error.NONE, packet.channel, now)

    def answer(self, packet: Packet, error: int, channel: ChannelConfig | None, now: float) -> None:
        """Tell the sender what became of its packet."""
        hops = _hops_back(packet, self._node.config.hop_limit)
        word = Packet(
            source=self._node.number,
            to=packet.source,
            id=self._medium.fresh_id(),
            channel=channel,
            data=routing(error, packet.id),
            hop_limit=hops,
            hop_start=hops,
            priority=MeshPacket.Priority.ACK,
        )
        self._node.send(word, now)

    def forget(self) -> None:
        """Forget all that is unacknowledged, as a restart does."""
        self._pending.clear()

    def _expect(self, pending: _Pending, due: float) -> None:
        pending.due = due
        self._medium.at(due, partial(self._overdue, pending))

    def _overdue(self, pending: _Pending, now: float) -> None:
        packet = pending.packet
        if self._pending.get(packet.id) is not pending or pending.due != now:
            return
        if pending.left == 0:
            del self._pending[packet.id]
            self._verdict(packet, Routing.Error.MAX_RETRANSMIT, now)
            return
        pending.left -= 1
        self._expect(pending, now + _TRIES * self._patience_s(packet))
        self._node.send(packet, now, copy="again")

    def _patience_s(self, packet: Packet) -> float:
        preset = self._node.antenna.preset
        contention_s = _SLOTS * self._medium.slot_s(preset)
        air_s = 2 * self._medium.air_s(packet, preset)
        return air_s + contention_s + _PROCESSING_S / self._medium.speed


def _hops_back(packet: Packet, usual: int) -> int:
    """Return the hops for an answer: as many as the question took, and two to spare."""
    if packet.hop_start == 0:
        return 0
    return max(packet.hops, min(usual, packet.hops + 2))
