"""What a radio remembers of its client, by the rules of the firmware's PhoneAPI."""

from collections import deque
from dataclasses import dataclass, field

from gateways.simulated.radio.node import QUEUE
from gateways.simulated.radio.protobufs import FromRadio, MeshPacket, PortNum, QueueStatus

NO_ROOM = 32  # in a queueStatus: the firmware's ERRNO_UNKNOWN
_RECENT_IDS = 20
_TEXT_GAP_S = 2.0  # real seconds, at any speed: a rule for the client
_KEPT = 32  # packets for an absent client


@dataclass(slots=True, eq=False)
class Session:
    """What the radio remembers of one connection."""

    recent: deque[int] = field(default_factory=lambda: deque(maxlen=_RECENT_IDS))
    text_at: float | None = None
    configured: bool = False

    def had(self, packet_id: int) -> bool:
        """Say whether the id was among the last; remember it."""
        known = packet_id != 0 and packet_id in self.recent
        if packet_id and not known:
            self.recent.append(packet_id)
        return known

    def too_soon(self, portnum: int, now: float) -> bool:
        """Say whether this is a text too soon after the last one that passed."""
        if portnum != PortNum.TEXT_MESSAGE_APP:
            return False
        if self.text_at is not None and now - self.text_at < _TEXT_GAP_S:
            return True
        self.text_at = now
        return False


class Kept:
    """Packets for a client that is not there: the oldest text goes first."""

    def __init__(self) -> None:
        self._packets: list[MeshPacket] = []

    def __len__(self) -> int:
        return len(self._packets)

    def add(self, packet: MeshPacket) -> None:
        """Keep a packet, in place of an older one if need be."""
        if len(self._packets) >= _KEPT:
            texts = (
                at
                for at, each in enumerate(self._packets)
                if each.decoded.portnum == PortNum.TEXT_MESSAGE_APP
            )
            del self._packets[next(texts, 0)]
        self._packets.append(packet)

    def take(self) -> list[MeshPacket]:
        """Return all that was kept, and forget it."""
        packets, self._packets = self._packets, []
        return packets


def status(packet_id: int, free: int, res: int) -> FromRadio:
    """Say how the queue stands."""
    queue = QueueStatus(res=res, free=free, maxlen=QUEUE, mesh_packet_id=packet_id)
    return FromRadio(queueStatus=queue)
