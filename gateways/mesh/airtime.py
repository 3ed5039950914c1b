"""How long a packet is on the air, by how it is modulated.

The formula is Semtech's (AN1200.13, "LoRa Modem Designer's Guide"), with
what the Meshtastic firmware sets: a preamble of 16 symbols, an explicit
header, a checksum, and low data rate optimization where a symbol lasts 16 ms
or more.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PREAMBLE_SYMBOLS = 16 + 4.25  # those the firmware asks for, and the sync word
LEAST_PAYLOAD_SYMBOLS = 8
SLOW_SYMBOL_MS = 16

HEADER_OCTETS = 16  # in clear: to, from, id, flags, hash of the channel, next hop, relay
PKI_OCTETS = 12  # of a direct message: 8 that authenticate it, 4 of the nonce
PORT_OCTETS = 2  # `Data.portnum`: its tag, and a number below 128
BITFIELD_OCTETS = 2  # `Data.bitfield`: its tag, and a number below 128; the firmware adds it
LONG_TEXT = 128  # octets; from here on the length of a text takes two octets itself


@dataclass(frozen=True, slots=True)
class Modulation:
    """How a packet is put on the air.

    Attributes:
        spreading_factor: 7-12; a symbol carries so many bits.
        bandwidth_hz: of the channel.
        coding_rate: 5-8, the second number of "4/5" to "4/8".
    """

    spreading_factor: int
    bandwidth_hz: int
    coding_rate: int

    @property
    def symbol_ms(self) -> float:
        """How long one symbol lasts."""
        return (1 << self.spreading_factor) * 1000 / self.bandwidth_hz


PRESETS: Mapping[str, Modulation] = MappingProxyType(
    {
        "SHORT_TURBO": Modulation(7, 500_000, 5),
        "SHORT_FAST": Modulation(7, 250_000, 5),
        "SHORT_SLOW": Modulation(8, 250_000, 5),
        "MEDIUM_FAST": Modulation(9, 250_000, 5),
        "MEDIUM_SLOW": Modulation(10, 250_000, 5),
        "LONG_TURBO": Modulation(11, 500_000, 8),
        "LONG_FAST": Modulation(11, 250_000, 5),
        "LONG_MODERATE": Modulation(11, 125_000, 8),
        "LONG_SLOW": Modulation(12, 125_000, 8),
        "VERY_LONG_SLOW": Modulation(12, 62_500, 8),
    }
)
"""The firmware's presets, by their names in `Config.LoRaConfig.ModemPreset`."""


def time_on_air_ms(octets_on_air: int, modulation: Modulation) -> float:
    """How long a packet of `octets_on_air`, its header included, is on the air."""
    factor, symbol_ms = modulation.spreading_factor, modulation.symbol_ms
    bits = 8 * octets_on_air - 4 * factor + 28 + 16  # 28: explicit header, 16: checksum
    slow = symbol_ms >= SLOW_SYMBOL_MS
    blocks = max(0, math.ceil(bits / (4 * (factor - 2 * slow))))
    payload_symbols = LEAST_PAYLOAD_SYMBOLS + blocks * modulation.coding_rate
    return (PREAMBLE_SYMBOLS + payload_symbols) * symbol_ms


def packet_octets(text_octets: int, *, direct: bool) -> int:
    """How many octets on the air a text of `text_octets` is.

    Behind the header stands a `Data` message in protobuf: the port (2 octets),
    the tag of the payload (1) and its length (1, from 128 octets on 2), the
    text, and the bit field (2).  So a broadcast is 22 octets more than its
    text, from 128 on 23: a text of 232 fills the 255 of a frame.

    Args:
        text_octets: of UTF-8.
        direct: to one node, sealed with its public key.
    """
    length_octets = 1 if text_octets < LONG_TEXT else 2
    data_octets = PORT_OCTETS + 1 + length_octets + text_octets + BITFIELD_OCTETS
    return HEADER_OCTETS + data_octets + (PKI_OCTETS if direct else 0)


def text_air_ms(modulation: Modulation, octets: int, *, direct: bool) -> int:
    """How long a text of so many octets is on the air, sent once; whole ms, rounded up."""
    return math.ceil(time_on_air_ms(packet_octets(octets, direct=direct), modulation))
