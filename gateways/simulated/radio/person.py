"""A person with a phone: what it shows, and what is written on it."""

from dataclasses import asdict, dataclass
from typing import Any

from gateways.simulated.radio.configuration import user
from gateways.simulated.radio.medium import Medium, Signal
from gateways.simulated.radio.node import Node
from gateways.simulated.radio.packet import BROADCAST, Packet, error_of, node_id
from gateways.simulated.radio.protobufs import Data, MeshPacket, PortNum, Routing, name_of
from gateways.simulated.radio.reliable import Reliable
from gateways.simulated.radio.settings import ChannelConfig, NodeConfig


@dataclass(frozen=True, slots=True)
class Writing:
    """How a person sends something.

    Raises:
        ValueError: there are no such hops, or no such id.
    """

    to: int = BROADCAST
    channel: ChannelConfig | None = None  # None: sealed for the recipient
    id: int = 0  # 0: a fresh one
    hop_limit: int = 3
    want_ack: int = 0
    reply_id: int = 0
    emoji: int = 0

    def __post_init__(self) -> None:
        """Refuse what no packet can hold."""
        if not 0 <= self.hop_limit <= 7:  # noqa: PLR2004  three bits of the header
            raise ValueError("hop_limit is 0 to 7")
        if not all(0 <= each < 1 << 32 for each in (self.id, self.reply_id, self.emoji)):
            raise ValueError("id, reply_id and emoji have 32 bits")


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as a phone shows it."""

    sender: str
    to: str  # "^all", or the phone's own id
    id: int
    channel: str | None  # None: a direct message
    text: str
    emoji: bool
    reply_id: int
    hops: int


class Person:
    """Somebody who reads and writes on a phone."""

    def __init__(self, config: NodeConfig, medium: Medium) -> None:
        self.config = config
        self.user = user(config)
        self.shown: list[dict[str, Any]] = []  # each a `Shown`, and when
        self.node = Node(config, medium, self)
        self._medium = medium
        self._reliable = Reliable(self.node, medium, self._settled)

    def text(self, text: str, how: Writing, now: float) -> int:
        """Send a text; return the packet's id."""
        said = Data(
            portnum=PortNum.TEXT_MESSAGE_APP,
            payload=text.encode(),
            reply_id=how.reply_id,
            emoji=how.emoji,
        )
        return self._send(said, how, now)

    def announce(self, now: float) -> int:
        """Tell everybody the phone's name and key; return the packet's id."""
        said = Data(portnum=PortNum.NODEINFO_APP, payload=self.user.SerializeToString())
        return self._send(said, Writing(channel=self.node.channels[0]), now)

    def received(self, packet: Packet, _signal: Signal, now: float) -> None:
        """Show a text; acknowledge what wants it."""
        self._reliable.received(packet)
        self._reliable.acknowledge(packet, now)
        said = packet.content
        if said.portnum == PortNum.TEXT_MESSAGE_APP:
            self._show(packet, said, now)
        elif said.portnum == PortNum.ROUTING_APP and packet.to == self.node.number:
            self._log_verdict(said.request_id, error_of(said), packet.source, now)

    def repeated(self, packet: Packet, now: float) -> None:
        """Acknowledge once more, and show nothing."""
        self._reliable.acknowledge(packet, now)

    def echoed(self, packet: Packet, now: float) -> None:
        """Hear an own packet repeated."""
        self._reliable.echoed(packet, now)

    def transmitted(self, packet: Packet, now: float) -> None:
        """Wait for word of what was on air."""
        self._reliable.transmitted(packet, now)

    def queue_moved(self, _free_before: int) -> None:
        """Nobody looks at a phone's queue."""

    def _send(self, said: Data, how: Writing, now: float) -> int:
        said.bitfield = 0
        packet = Packet(
            source=self.node.number,
            to=how.to,
            id=how.id or self._medium.fresh_id(),
            channel=how.channel,
            data=said.SerializeToString(),
            hop_limit=how.hop_limit,
            hop_start=how.hop_limit,
            want_ack=bool(how.want_ack),
            priority=MeshPacket.Priority.RELIABLE,
            via_mqtt=self.config.via_mqtt,
        )
        self._reliable.send(packet, now)
        return packet.id

    def _settled(self, packet: Packet, error: int, now: float) -> None:
        self._log_verdict(packet.id, error, self.node.number, now)

    def _log_verdict(self, about: int, error: int, speaker: int, now: float) -> None:
        facts = {"id": about, "error": name_of(Routing.Error, error), "by": node_id(speaker)}
        self._medium.record("verdict", now, phone=self.config.name, **facts)

    def _show(self, packet: Packet, said: Data, now: float) -> None:
        shown = Shown(
            sender=node_id(packet.source),
            to=node_id(packet.to),
            id=packet.id,
            channel=packet.channel.name if packet.channel else None,
            text=said.payload.decode(errors="replace"),
            emoji=bool(said.emoji),
            reply_id=said.reply_id,
            hops=packet.hops,
        )
        facts = asdict(shown)
        self.shown.append({"at": now, **facts})
        self._medium.record("shown", now, phone=self.config.name, **facts)
