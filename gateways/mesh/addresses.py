"""Where a radio is, and where a packet goes.

A radio has an address of the settings, `tcp://host[:port]` or `serial:///dev/x`;
a node of the mesh has a number of 32 bits, written `!` and 8 hex digits
(https://meshtastic.org/docs/overview/mesh-algo).
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateways.base import ON_CHANNEL, ON_PRIMARY, NeverAgain

TCP_PORT = 4403
BROADCAST = 0xFFFFFFFF
PRIMARY = 0  # the index of the public channel, in every radio
_LEAST_NODE = 4  # 0 to 3 are reserved by the firmware, as is `BROADCAST`
_NODE = re.compile(r"!([0-9a-f]{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tcp:
    """A radio in the network."""

    host: str
    port: int = TCP_PORT


@dataclass(frozen=True, slots=True)
class Serial:
    """A radio at a cable."""

    path: str


def parse(address: str) -> Tcp | Serial:
    """Read an address of the settings.

    Raises:
        ValueError: it is none; says what would be right.
    """
    scheme, _, rest = address.partition("://")
    if scheme == "serial" and rest.startswith("/"):
        return Serial(rest)
    if scheme == "tcp":
        with suppress(ValueError):  # the library's words for a wrong port help nobody
            found = urlsplit(address)
            if found.hostname and found.port != 0 and found.path in {"", "/"}:
                return Tcp(found.hostname, found.port or TCP_PORT)
    raise ValueError(f"{address!r} is neither tcp://host:port nor serial:///dev/ttyUSB0")


def node_name(number: int) -> str:
    """How a node is written as a sender or recipient."""
    return f"!{number:08x}"


def node_number(recipient: str) -> int:
    """The number of a node, `BROADCAST` for everybody on a channel.

    Raises:
        NeverAgain: nothing can have this address.
    """
    if recipient in {ON_CHANNEL, ON_PRIMARY}:
        return BROADCAST
    found = _NODE.fullmatch(recipient)
    number = int(found[1], 16) if found else 0
    if not _LEAST_NODE <= number < BROADCAST:
        raise NeverAgain("the recipient is no node of the mesh", recipient=True)
    return number


def mask(node: str) -> str:
    """A node as the operator may see it: its last two digits."""
    return f"!…{node[-2:]}"
