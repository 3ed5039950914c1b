"""A mesh under test: no port, no tty, no socket, and the time is what the test says."""

import contextlib
import itertools
from collections import deque
from pathlib import Path

from google.protobuf.message import DecodeError
from meshtastic.protobuf.mesh_pb2 import Data, FromRadio, Heartbeat, MeshPacket, Routing, ToRadio
from meshtastic.protobuf.portnums_pb2 import PortNum

from gateways.simulated.asking import Later
from gateways.simulated.radio.control import Desk, answer
from gateways.simulated.radio.frames import Unframer, frame
from gateways.simulated.radio.settings import LinkConfig, MeshConfig, NodeConfig, RadioConfig
from gateways.simulated.radio.simulation import Simulation

START = 1_767_600_000.0  # 2026-01-05T08:00:00Z
ALL = 0xFFFFFFFF
ONE, AIGUL, BEK = RadioConfig("one", telemetry_s=0), NodeConfig("aigul"), NodeConfig("bek")
RELAY = NodeConfig("relay")


class Outside:
    """The ports of the radios, as far as a test cares."""

    def __init__(self):
        self.open_ports, self.ttys, self.frozen = set(), set(), set()
        self.unframer = Unframer()
        self.octets = bytearray()
        self.hung_up = []

    def write(self, _name, _way, octets):
        self.octets += octets
        self.unframer.feed(octets)

    def hang_up(self, name):
        self.hung_up.append(name)

    def open(self, name):
        self.open_ports.add(name)

    def shut(self, name):
        self.open_ports.discard(name)

    def freeze(self, name, *, frozen):
        (self.frozen.add if frozen else self.frozen.discard)(name)

    def plug(self, name):
        self.ttys.add(name)

    def unplug(self, name):
        self.ttys.discard(name)


class Bench:
    """Plays the client of radio `one`, and the clock."""

    def __init__(self, radio=ONE, phones=(AIGUL, BEK), *, connect=True, **mesh):
        self.now = START
        self.events = deque()
        self.outside = Outside()
        config = MeshConfig(Path(), (radio,), phones, **mesh)
        self.simulation = Simulation(config, self.outside, self._record)
        self.desk = Desk(self.simulation, "tcp://127.0.0.1:{}".format, self.events)
        self.radio = self.simulation.radios["one"]
        self.simulation.begin(self.now)
        self.config = []
        if connect:
            self.connect()

    def _record(self, event, now, **facts):
        self.events.append({"at": now, "event": event, **facts})

    def connect(self, nonce=7):
        """Come by TCP and read the configuration."""
        self.simulation.connected("one", self.now)
        self.config = self.ask(ToRadio(want_config_id=nonce))
        return self.config

    def hear(self, octets, way="tcp"):
        """Write octets; return what the radio says at once."""
        self.simulation.hear("one", way, octets, self.now)
        return self.said()

    def ask(self, word, way="tcp"):
        """Write one frame; return what the radio says at once."""
        return self.hear(frame(word.SerializeToString()), way)

    def said(self):
        """Everything that the radio said since last asked."""
        words = []
        while (payload := self.outside.unframer.next()) is not None:
            with contextlib.suppress(DecodeError):  # as every client must
                words.append(FromRadio.FromString(payload))
        return words

    def beat(self):
        return self.ask(ToRadio(heartbeat=Heartbeat()))

    def send(self, text="hello", to=ALL, portnum=PortNum.TEXT_MESSAGE_APP, **fields):
        """Send a packet; return what the radio says at once."""
        said = Data(portnum=portnum, payload=text if isinstance(text, bytes) else text.encode())
        given = {"id": 1, "hop_limit": 3, **fields}
        return self.ask(ToRadio(packet=MeshPacket(to=to, decoded=said, **given)))

    def wait(self, seconds):
        """Let time pass; return what the radio says meanwhile."""
        agenda, until = self.simulation.agenda, self.now + seconds
        while (due := agenda.next_at()) is not None and due <= until:
            self.now = max(self.now, due)
            agenda.run(self.now)
        self.now = until
        return self.said()

    def control(self, op, **given):
        """Ask as a client does; a question that waits is asked once."""
        result = answer(self.desk, {"op": op, **given}, self.now)
        return result.ask() if isinstance(result, Later) else result

    def fault(self, name, times=None, **given):
        self.control("fault", radio="one", name=name, times=times, given=given)

    def direct(self, phone, text="hi", to="one", **how):
        return self.control("direct", phone=phone, to=to, text=text, how=how)

    def say(self, phone, text="hi", channel=0, **how):
        return self.control("say", phone=phone, text=text, channel=channel, how=how)

    def shown(self, phone):
        return [each["text"] for each in self.control("shown", phone=phone)]

    def of(self, event, **match):
        return [
            each for each in self.events if each["event"] == event and match.items() <= each.items()
        ]

    def number(self, node):
        return self.simulation.nodes()[node].number


def chain(*names):
    """Links from each node to the next."""
    return tuple(LinkConfig(one, other) for one, other in itertools.pairwise(names))


def statuses(words):
    """The queueStatus among what a radio said: (packet id, res)."""
    found = [each.queueStatus for each in words if each.HasField("queueStatus")]
    return [(each.mesh_packet_id, each.res) for each in found]


def packets(words, portnum=None):
    """The packets among what a radio said."""
    found = [each.packet for each in words if each.HasField("packet")]
    return [each for each in found if portnum in {None, each.decoded.portnum}]


def verdicts(words):
    """What a radio said became of packets: (request id, error, from)."""
    return [
        (
            each.decoded.request_id,
            Routing.Error.Name(Routing.FromString(each.decoded.payload).error_reason),
            getattr(each, "from"),
        )
        for each in packets(words, PortNum.ROUTING_APP)
    ]
