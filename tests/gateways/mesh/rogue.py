"""A radio that does what a test says: for what no well-behaved one would do."""

import contextlib
import socket
import threading

from meshtastic.protobuf.channel_pb2 import Channel
from meshtastic.protobuf.config_pb2 import Config
from meshtastic.protobuf.mesh_pb2 import (
    Data,
    FromRadio,
    MeshPacket,
    MyNodeInfo,
    NodeInfo,
    QueueStatus,
    ToRadio,
    User,
)

OWN, OTHER = 0x2C67A1B0, 0xA5BCE6FA


def frame(octets):
    """Octets as they go over the line."""
    return b"\x94\xc3" + len(octets).to_bytes(2, "big") + octets


def framed(**variant):
    """One FromRadio as it goes over the line."""
    return frame(FromRadio(**variant).SerializeToString())


def packet(**fields):
    """A packet that comes from the mesh; a text to us unless said otherwise."""
    data = {"portnum": 1, "payload": b"hello", **fields.pop("decoded", {})}
    given = {"from": OTHER, "to": OWN, "id": 1, **fields}
    return framed(packet=MeshPacket(decoded=Data(**data), **given))


def named(number, name, **user):
    """A node that the radio knows."""
    return framed(node_info=NodeInfo(num=number, user=User(long_name=name, **user)))


def lora(**fields):
    """How it sends."""
    given = {"use_preset": True, "region": 23, "hop_limit": 3, "tx_enabled": True, **fields}
    return framed(config=Config(lora=Config.LoRaConfig(**given)))


def channel(index, name="", role=2):
    """One channel."""
    made = Channel(index=index, role=role)
    made.settings.name = name
    return framed(channel=made)


MY_INFO = framed(my_info=MyNodeInfo(my_node_num=OWN))
USUAL = (MY_INFO, named(OWN, "Almaty BOT"), channel(0, role=1), channel(1, "Jarshy"), lora())


def complete(asked):
    """The end of a configuration."""
    return framed(config_complete_id=asked.want_config_id)


def status(identity=0, res=0, free=16):
    """A word on the queue."""
    return framed(queueStatus=QueueStatus(mesh_packet_id=identity, res=res, free=free, maxlen=16))


class Rogue:
    """One TCP port; what it answers is in three functions from what was asked to octets."""

    def __init__(self):
        self.on_config = lambda asked: b"".join(USUAL) + complete(asked)
        self.on_heartbeat = lambda _asked: status()
        self.on_packet = lambda asked: status(asked.packet.id)
        self.asked = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._line = None
        self.connected = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        """As the settings have it."""
        return f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"

    def say(self, octets):
        """Say something unasked."""
        self._line.sendall(octets)

    def hang_up(self):
        """Close the connection; the port stays open."""
        self._line.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Close all."""
        self._listening.close()
        if self._line is not None:
            self._line.close()

    def packets(self):
        """What it was given to send."""
        return [asked.packet for asked in self.asked if asked.HasField("packet")]

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                self._line, _ = self._listening.accept()
                self.connections += 1
                self.connected.set()
                with contextlib.suppress(OSError):
                    self._talk(self._line)

    def _talk(self, line):
        read = b""
        while octets := line.recv(4096):
            read += octets
            while True:
                start = read.find(b"\x94\xc3")
                if start < 0 or len(read) < start + 4:
                    break
                end = start + 4 + int.from_bytes(read[start + 2 : start + 4], "big")
                if len(read) < end:
                    break
                asked, read = ToRadio.FromString(read[start + 4 : end]), read[end:]
                self.asked.append(asked)
                line.sendall(self._answer(asked))

    def _answer(self, asked):
        answers = {
            "want_config_id": self.on_config,
            "heartbeat": self.on_heartbeat,
            "packet": self.on_packet,
        }
        return answers.get(asked.WhichOneof("payload_variant"), lambda _: b"")(asked)
