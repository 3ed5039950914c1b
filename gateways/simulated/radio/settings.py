"""What a simulated mesh consists of: its folder, its nodes, its air."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from gateways.simulated.radio.airtime import PRESETS

Place = tuple[float, float]  # km east and north
_FIRST_FREE = 0x10  # node numbers below are the firmware's own


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """A channel: who has the same name and key hears it.

    A key of one octet is the well-known default key (firmware, Channels.cpp).
    """

    name: str = ""  # "": the preset's name
    key: bytes = b"\x01"


PRIMARY = ChannelConfig()
OWN = ChannelConfig("Jarshy", hashlib.sha256(b"Jarshy").digest()[:16])


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """One node: of a person with a phone, or a lone relay."""

    name: str
    number: int = 0  # 0: made from the name
    long_name: str = ""  # default: the name
    role: str = "CLIENT"
    place: Place = (0.0, 0.0)
    channels: tuple[ChannelConfig, ...] = (PRIMARY, OWN)  # the first is the primary
    hop_limit: int = 3
    key_known: bool = True  # others know its public key from the start
    unmessagable: bool = False
    via_mqtt: bool = False  # what it sends came over the internet

    def __post_init__(self) -> None:
        """Refuse names that are no file names, and roles that are none."""
        if not re.fullmatch(r"[\w-]+", self.name):
            raise ValueError(f"node {self.name!r}: letters, digits, - and _ make a name")
        if not self.channels:
            raise ValueError(f"node {self.name}: it needs a primary channel")

    @property
    def node_number(self) -> int:
        """The number on air."""
        made = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big")
        return self.number or min(max(made, _FIRST_FREE), 0xFFFFFFFE)

    @property
    def node_id(self) -> str:
        """The number as people write it."""
        return f"!{self.node_number:08x}"

    @property
    def public_key(self) -> bytes:
        """A key of the right length; nothing is enciphered here."""
        return hashlib.sha256(b"public key of " + self.name.encode()).digest()


@dataclass(frozen=True, slots=True)
class RadioConfig(NodeConfig):
    """One radio that a host is connected to; its tty is `NAME.tty`."""

    port: int = 0  # of TCP on 127.0.0.1; 0: any that is free
    region: str = "KZ_433"
    tx_power_dbm: int = 10
    firmware: str = "2.7.26.54e5f5d"
    telemetry_s: float = 60.0  # between own device metrics; 0: none
    client_silence_s: float = 900.0  # after which TCP is closed
    tells_rate_limit: bool = False  # as the newest firmware does
    ok_to_mqtt: bool = False
    position_s: int = 0  # between broadcasts of the place; 0: the firmware's default


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """Two nodes that hear each other, and how often they do not."""

    one: str
    other: str
    loss: float = 0.0


@dataclass(frozen=True, slots=True)
class MeshConfig:
    """One air, and the nodes on it.

    With `links`, these and no others hear each other; without, all within
    `range_km` do.
    """

    directory: Path
    radios: tuple[RadioConfig, ...]
    phones: tuple[NodeConfig, ...] = ()
    relays: tuple[NodeConfig, ...] = ()
    links: tuple[LinkConfig, ...] = ()
    range_km: float = 5.0
    preset: str = "LONG_FAST"
    speed: float = 1.0  # divides time on air and the waits of the firmware
    loss: float = 0.0  # of each reception
    collisions: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no air can be made of."""
        if self.preset not in PRESETS:
            raise ValueError(f"no preset {self.preset!r}; known: {', '.join(PRESETS)}")
        if self.speed <= 0 or not 0 <= self.loss <= 1:
            raise ValueError("speed is above 0, and loss from 0 to 1")
        names = [node.name for node in self.nodes]
        twice = {name for name in names if names.count(name) > 1}
        unknown = {name for link in self.links for name in (link.one, link.other)} - set(names)
        if twice or unknown:
            raise ValueError(f"names twice: {sorted(twice)}; unknown in links: {sorted(unknown)}")

    @property
    def nodes(self) -> tuple[NodeConfig, ...]:
        """All nodes on the air."""
        return (*self.radios, *self.phones, *self.relays)
