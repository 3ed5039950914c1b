"""A node of the mesh: what it sends waits its turn, what it hears it relays.

Managed flooding (firmware, FloodingRouter and RadioInterface): each node
waits the longer the better it heard a packet, repeats it with one hop
fewer, and keeps silent if somebody else was first; a ROUTER goes before
all others and is never silenced.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Protocol

from gateways.simulated.radio.medium import Antenna, Medium, Signal
from gateways.simulated.radio.packet import BROADCAST, Packet
from gateways.simulated.radio.protobufs import MeshPacket, PortNum
from gateways.simulated.radio.settings import NodeConfig

QUEUE = 16  # packets that may wait for the air
_ROUTERS = {"ROUTER", "REPEATER"}
_MUTE = {"CLIENT_MUTE"}
_REMEMBERED = 512  # packets that a node knows it heard
_LEAST_WINDOW, _MOST_WINDOW = 3, 8  # exponents of the contention window
_SNR_FLOOR_DB, _SNR_CEILING_DB = -20.0, 10.0


class Upper(Protocol):
    """Who is told what a node hears."""

    def received(self, packet: Packet, signal: Signal, now: float) -> None:
        """Take a packet to this node or to all, once, that it can read."""
        ...

    def repeated(self, packet: Packet, now: float) -> None:
        """Take a packet to this node that it had before."""
        ...

    def echoed(self, packet: Packet, now: float) -> None:
        """Learn that somebody repeats one's own packet."""
        ...

    def transmitted(self, packet: Packet, now: float) -> None:
        """Learn that one's own packet is on its way."""
        ...

    def queue_moved(self, free_before: int) -> None:
        """Learn that the queue got shorter."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A packet in the queue."""

    packet: Packet
    copy: str  # first, again, relay
    due: float


class Node:
    """One node."""

    def __init__(self, config: NodeConfig, medium: Medium, upper: Upper | None = None) -> None:
        self.config = config
        self.number = config.node_number
        self.channels = config.channels
        self.role = config.role
        self.antenna = Antenna(config, medium.preset)
        self._upper = upper
        self._medium = medium
        self._queue: list[Waiting] = []
        self._seen: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._wakes_at: float | None = None
        medium.join(self)

    @property
    def free(self) -> int:
        """How many more packets may wait."""
        return QUEUE - len(self._queue)

    def send(self, packet: Packet, now: float, copy: str = "first") -> bool:
        """Let an own packet wait for the air; say whether there was room."""
        self._remember(packet)
        slots = self._medium.chance.randrange(2**_LEAST_WINDOW)
        return self._enqueue(Waiting(packet, copy, now + self._slots_s(slots)), now)

    def can_read(self, packet: Packet) -> bool:
        """Say whether the packet is on a channel of this node, or sealed for it."""
        if packet.channel is None:
            return packet.to == self.number
        return packet.channel in self.channels

    def forget(self) -> None:
        """Forget what waits and what was heard, as a restart does."""
        self._queue.clear()
        self._seen.clear()

    def hear(self, packet: Packet, signal: Signal, now: float) -> None:
        """Take a packet that arrived whole."""
        if packet.source == self.number:
            if self._upper:
                self._upper.echoed(packet, now)
        elif (packet.source, packet.id) in self._seen:
            self._hear_again(packet, now)
        else:
            self._remember(packet)
            if self._upper and packet.to in {self.number, BROADCAST} and self.can_read(packet):
                self._upper.received(packet, signal, now)
            if self._relays(packet):
                self._relay(packet, signal, now)

    def sent(self, packet: Packet, now: float) -> None:
        """Go on after an own transmission."""
        if self._upper and packet.source == self.number:
            self._upper.transmitted(packet, now)
        self._book(now)

    def _hear_again(self, packet: Packet, now: float) -> None:
        if self.role not in _ROUTERS:
            key = (packet.source, packet.id)
            self._queue = [
                each for each in self._queue if (each.packet.source, each.packet.id) != key
            ]
        # Relays repeat a packet once only: another copy at its first hop
        # means that the sender itself repeats it.
        if self._upper and packet.to == self.number and packet.hops == 0 and self.can_read(packet):
            self._upper.repeated(packet, now)

    def _relays(self, packet: Packet) -> bool:
        if packet.to == self.number or packet.hop_limit == 0 or self.role in _MUTE:
            return False
        # Of what they can read, routers repeat core port numbers only.
        private = packet.content.portnum == PortNum.PRIVATE_APP
        return not (private and self.role in _ROUTERS and self.can_read(packet))

    def _relay(self, packet: Packet, signal: Signal, now: float) -> None:
        onward = replace(
            packet,
            hop_limit=packet.hop_limit - 1,
            priority=MeshPacket.Priority.DEFAULT,
            relay=self.number & 0xFF,
        )
        due = now + self._slots_s(self._relay_slots(signal))
        self._enqueue(Waiting(onward, "relay", due), now)

    def _relay_slots(self, signal: Signal) -> int:
        """Draw how many slots to wait: the better it was heard, the more."""
        quality = (signal.snr_db - _SNR_FLOOR_DB) / (_SNR_CEILING_DB - _SNR_FLOOR_DB)
        window = round(_LEAST_WINDOW + min(1.0, max(0.0, quality)) * (_MOST_WINDOW - _LEAST_WINDOW))
        if self.role in _ROUTERS:
            return self._medium.chance.randrange(2 * window)
        return 2 * _MOST_WINDOW + self._medium.chance.randrange(2**window)

    def _slots_s(self, slots: int) -> float:
        return slots * self._medium.slot_s(self.antenna.preset)

    def _enqueue(self, waiting: Waiting, now: float) -> bool:
        """Add to the queue; when it is full, a less urgent one goes for it."""
        if self.free == 0:
            least = min(self._queue, key=_priority)
            goes = least if _priority(least) < _priority(waiting) else waiting
            facts = {"node": self.config.name, "id": goes.packet.id, "reason": "queue_full"}
            self._medium.record("dropped", now, **facts)
            if goes is waiting:
                return False
            self._queue.remove(least)
        self._queue.append(waiting)
        self._book(now)
        return True

    def _book(self, now: float) -> None:
        """See to it that the node wakes when the next packet is due."""
        if not self._queue:
            return
        wake_at = max(now, self.antenna.sending_until, min(each.due for each in self._queue))
        if self._wakes_at is None or wake_at < self._wakes_at:
            self._wakes_at = wake_at
            self._medium.at(wake_at, self._wake)

    def _wake(self, now: float) -> None:
        if now != self._wakes_at:
            return  # an earlier waking was booked after this one
        self._wakes_at = None
        ready = [each for each in self._queue if each.due <= now]
        free_at = self._medium.free_at(self.antenna, now)
        if ready and free_at <= now:
            # An own packet goes in the turn of any other, if it is more urgent.
            own = [each for each in self._queue if each.copy != "relay"]
            self._transmit(max([*ready, *own], key=_priority), now)
            return
        # Once the channel is free, lots are drawn anew, or all would speak at once.
        for each in ready:
            slots = 1 + self._medium.chance.randrange(2**_LEAST_WINDOW)
            self._queue.remove(each)
            self._queue.append(replace(each, due=free_at + self._slots_s(slots)))
        self._book(now)

    def _transmit(self, first: Waiting, now: float) -> None:
        free_before = self.free
        self._queue.remove(first)
        self._medium.transmit(self, first.packet, first.copy, now)
        if self._upper:
            self._upper.queue_moved(free_before)

    def _remember(self, packet: Packet) -> None:
        self._seen[(packet.source, packet.id)] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _priority(waiting: Waiting) -> int:
    return waiting.packet.priority or int(MeshPacket.Priority.DEFAULT)
