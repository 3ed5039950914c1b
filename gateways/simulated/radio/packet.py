"""One packet as the air carries it.

16 octets of header, then the enciphered `Data`; a packet to one node whose
key is known has 12 more (its nonce and tag).  All of it is at most 255.
"""

from dataclasses import dataclass
from typing import Any

from gateways.simulated.radio.protobufs import Data, MeshPacket, PortNum, Routing, name_of
from gateways.simulated.radio.settings import ChannelConfig

BROADCAST = 0xFFFFFFFF
MOST_ON_AIR = 255
_HEADER_OCTETS, _SEAL_OCTETS = 16, 12


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: `data` is the serialized `Data` that stands in it."""

    source: int
    to: int
    id: int
    channel: ChannelConfig | None  # None: sealed with the recipient's key
    data: bytes
    hop_limit: int
    hop_start: int
    want_ack: bool = False
    priority: int = int(MeshPacket.Priority.DEFAULT)  # not on air: the sender's own order
    via_mqtt: bool = False
    relay: int = 0  # the last octet of the node that sent this copy

    @property
    def octets(self) -> int:
        """How long it is on air, in octets."""
        return _HEADER_OCTETS + len(self.data) + (_SEAL_OCTETS if self.channel is None else 0)

    @property
    def content(self) -> Data:
        """What it says."""
        return Data.FromString(self.data)

    @property
    def hops(self) -> int:
        """How often it was relayed."""
        return self.hop_start - self.hop_limit

    def facts(self) -> dict[str, Any]:
        """Return what the log says of it."""
        said = self.content
        facts = {
            "from": node_id(self.source),
            "to": node_id(self.to),
            "id": self.id,
            "channel": self.channel.name if self.channel else None,
            "portnum": name_of(PortNum, said.portnum),
            "octets": len(said.payload),
            "hop_limit": self.hop_limit,
            "hop_start": self.hop_start,
            "want_ack": self.want_ack,
            "priority": self.priority,
            "request_id": said.request_id,
        }
        if said.portnum == PortNum.TEXT_MESSAGE_APP:
            facts["text"] = said.payload.decode(errors="replace")
        return facts


def node_id(number: int) -> str:
    """Write a node number as people do."""
    return "^all" if number == BROADCAST else f"!{number:08x}"


def routing(error: int, request_id: int) -> bytes:
    """Write the `Data` that acknowledges a packet, or says why not."""
    said = Data(
        portnum=PortNum.ROUTING_APP,
        payload=Routing(error_reason=error).SerializeToString(),
        request_id=request_id,
        bitfield=0,
    )
    return bytes(said.SerializeToString())


def error_of(data: Data) -> int:
    """Read which routing error a packet tells; 0 is none."""
    return int(Routing.FromString(data.payload).error_reason)
