"""What can be made to go wrong with a radio, as a table: one line a fault.

To add one, add its line here and ask `Faults.take` for it where it bites.
"""

import random

from gateways.simulated.faults import Kind
from gateways.simulated.radio.frames import START

# Where a radio can be held while it takes a packet from its client.
POINTS = ("before_take", "taken")
_NOISE_OCTETS = 40
_BROKEN = START + b"\x00\x03\x12\x7f\x01"  # a frame that promises a field of 127 octets

KINDS: tuple[Kind, ...] = (
    Kind("hold", "stops at point: before_take (read), taken (no status yet)", {"point": "taken"}),
    Kind("silent", "reads and discards everything, says nothing; lasts until cleared"),
    Kind("half_open", "neither reads, writes nor accepts; TCP stays open; lasts until cleared"),
    Kind("status_lost", "the packet is taken, its queueStatus never comes"),
    Kind("stale_status", "the queueStatus names another packet"),
    Kind("queue_full", "refuses every packet: free is 0"),
    Kind("refuse", "a direct message comes back with this routing error", {"error": 5}),
    Kind("ack_lost", "no word of what became of a packet reaches the client"),
    Kind("no_config", "the configuration never completes"),
    Kind("slow_config", "each part of the configuration takes its time", {"part_s": 0.1}),
    Kind("garbage", "noise where: between frames, or inside the next one", {"where": "between"}),
)


def spoil(octets: bytes, where: str, chance: random.Random) -> bytes:
    """Put noise and a broken protobuf before a frame, or noise into it."""
    if where == "inside":
        at = chance.randrange(len(octets))
        return octets[:at] + bytes([octets[at] ^ 0xFF]) + octets[at + 1 :]
    return chance.randbytes(_NOISE_OCTETS) + b"\n" + _BROKEN + octets
