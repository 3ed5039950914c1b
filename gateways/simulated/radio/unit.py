"""A radio in its place: between its client and the air.

What it tells its client goes out as frames; what it hears for its client
while none is there is kept.  Ports and the clock are the server's.
"""

from collections.abc import Iterable
from typing import Protocol

from gateways.simulated.agenda import Act
from gateways.simulated.faults import Faults
from gateways.simulated.radio.api import NO_ROOM, Kept, Session, status
from gateways.simulated.radio.configuration import Configuration
from gateways.simulated.radio.faults import KINDS, spoil
from gateways.simulated.radio.frames import Unframer, frame
from gateways.simulated.radio.incoming import for_client, from_self, verdict
from gateways.simulated.radio.known import Known
from gateways.simulated.radio.medium import Medium, Signal
from gateways.simulated.radio.node import Node
from gateways.simulated.radio.packet import BROADCAST, Packet, error_of, node_id
from gateways.simulated.radio.protobufs import FromRadio, MeshPacket, PortNum, Routing, name_of
from gateways.simulated.radio.reliable import Reliable
from gateways.simulated.radio.settings import NodeConfig, RadioConfig

TCP, TTY = "tcp", "tty"  # the ways a client may come


class Lines(Protocol):
    """The outside of the radios: a TCP port and a tty each."""

    def write(self, name: str, way: str, octets: bytes) -> None:
        """Write to the client of radio `name`, if one is there."""
        ...

    def hang_up(self, name: str) -> None:
        """Close the TCP connection of radio `name`."""
        ...


class Radio:
    """One radio in its place on the air."""

    def __init__(
        self, config: RadioConfig, others: Iterable[NodeConfig], medium: Medium, lines: Lines
    ) -> None:
        self.config = config
        self.name = config.name
        self.medium = medium
        self.node = Node(config, medium, self)
        self.reliable = Reliable(self.node, medium, self._settled)
        self.configuration = Configuration(config, medium.preset)
        self.known = Known(others)
        self.faults = Faults(KINDS)
        self.up = True  # it has power and has started
        self.utilization: float | None = None  # in percent, if it is not the true one
        self.way: str | None = None  # how the client came
        self.session = Session()
        self.kept = Kept()
        self.spoken_at = 0.0  # when the client last wrote
        self.held: str | None = None  # the point where it is stopped
        self.unframer = Unframer()
        self._lines = lines
        self._resume: Act | None = None
        self._tty_session = Session()  # a serial line never ends, and so does this
        self._told = 0  # the id of the last FromRadio

    def meet(self, way: str, now: float) -> None:
        """Meet a new client, in the place of any other."""
        if way == TTY:
            self._lines.hang_up(self.name)
        self.lose(now)
        self.way = way
        self.session = Session() if way == TCP else self._tty_session
        self.spoken_at = now
        self.unframer.clear()
        self.log("connected", now, way=way)

    def lose(self, now: float) -> None:
        """Lose the client."""
        if self.way is not None:
            self.log("disconnected", now, way=self.way)
            self.session.configured = False
            self.way = None

    def tell(self, word: FromRadio) -> None:
        """Write one frame to the client."""
        if self.way is None or self.mute:
            return
        self._told += 1
        word.id = self._told
        octets = frame(word.SerializeToString())
        garbage = self.faults.take("garbage")
        if garbage:
            octets = spoil(octets, str(garbage["where"]), self.medium.chance)
        self._lines.write(self.name, self.way, octets)

    @property
    def mute(self) -> bool:
        """Whether it says nothing at all."""
        return self.faults.has("silent") or self.faults.has("half_open")

    def pass_on(self, packet: MeshPacket) -> None:
        """Give the client a packet, now or when it is there."""
        if self.way and self.session.configured and not self.mute:
            self.tell(FromRadio(packet=packet))
        else:
            self.kept.add(packet)

    def say_of_self(self, data: bytes, now: float) -> None:
        """Give the client a packet by which the radio itself speaks."""
        self.pass_on(from_self(self.node.number, self.medium.fresh_id(), data, now))

    def say_status(self, packet_id: int, res: int = 0) -> None:
        """Answer a packet or a heartbeat."""
        if packet_id and self.faults.happens("status_lost"):
            return
        if packet_id and self.faults.happens("stale_status"):
            packet_id ^= 1
        full = res == NO_ROOM or self.faults.has("queue_full")
        free = 0 if full else self.node.free
        self.tell(status(packet_id, free, res))

    def say_verdict(self, about: int, error: int, now: float) -> None:
        """Tell the client what became of its packet, as far as the radio knows."""
        self.log_verdict(about, error, self.node.number, now)
        if not self.faults.happens("ack_lost"):
            number, fresh = self.node.number, self.medium.fresh_id()
            self.pass_on(verdict(number, fresh, about, error, now))

    def at_point(self, point: str, now: float, then: Act) -> None:
        """Go on with `then`, or stop here until released if a fault says so."""
        if not self.faults.happens("hold", point=point):
            then(now)
            return
        self.held, self._resume = point, then
        self.log("held", now, point=point)

    def let_go(self, now: float) -> None:
        """Go on where it was stopped."""
        resume, self._resume, self.held = self._resume, None, None
        if resume:
            resume(now)

    def forget(self) -> None:
        """Forget what a restart makes a radio forget."""
        self.held = self._resume = None
        self.unframer.clear()
        self._tty_session = self.session = Session()
        self.kept.take()
        self.reliable.forget()
        self.node.forget()

    def log(self, event: str, now: float, **facts: object) -> None:
        """Write an event of this radio."""
        self.medium.record(event, now, radio=self.name, **facts)

    def log_verdict(self, about: int, error: int, speaker: int, now: float) -> None:
        """Write what somebody says became of a packet of the client's."""
        facts = {"id": about, "error": name_of(Routing.Error, error), "by": node_id(speaker)}
        self.log("verdict", now, **facts)

    # What the node hears.

    def received(self, packet: Packet, signal: Signal, now: float) -> None:
        """Take a packet to this node or to all, once."""
        key = self.known.key(packet.source)
        if packet.channel is None and not key:
            primary = self.node.channels[0]
            self.reliable.answer(packet, Routing.Error.PKI_UNKNOWN_PUBKEY, primary, now)
            return
        self.known.learn(packet, signal, now)
        self.reliable.received(packet)
        self.reliable.acknowledge(packet, now)
        said = packet.content
        if said.portnum == PortNum.ROUTING_APP and packet.to != BROADCAST:
            self.log_verdict(said.request_id, error_of(said), packet.source, now)
            if self.faults.happens("ack_lost"):
                return
        channels = self.configuration.channels
        self.pass_on(for_client(packet, signal, channels, key, now))

    def repeated(self, packet: Packet, now: float) -> None:
        """Acknowledge once more what the sender repeats."""
        self.reliable.acknowledge(packet, now)

    def echoed(self, packet: Packet, now: float) -> None:
        """Hear an own packet repeated."""
        self.reliable.echoed(packet, now)

    def transmitted(self, packet: Packet, now: float) -> None:
        """Wait for word of what was on air."""
        self.reliable.transmitted(packet, now)

    def queue_moved(self, free_before: int) -> None:
        """Tell the client that there is room again."""
        if free_before == 0 and self.session.configured:
            self.say_status(0)

    def _settled(self, packet: Packet, error: int, now: float) -> None:
        self.say_verdict(packet.id, error, now)
