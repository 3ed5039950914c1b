"""How long a packet is on the air, by modem preset.

The formula is Semtech's (SX1276 data sheet 4.1.1.7; AN1200.13), with what
Meshtastic sets: a preamble of 16 symbols, explicit header, CRC.
"""

import math
from dataclasses import dataclass

_PREAMBLE_SYMBOLS = 16 + 4.25
_SLOW_SYMBOL_MS = 16.0  # from here on the low data rate optimization is on


@dataclass(frozen=True, slots=True)
class Modulation:
    """What a preset means."""

    spreading_factor: int
    bandwidth_khz: int
    coding_rate: int  # the N of 4/N

    @property
    def symbol_ms(self) -> float:
        """How long one symbol lasts."""
        return float(2**self.spreading_factor / self.bandwidth_khz)

    @property
    def slot_ms(self) -> float:
        """How long a slot of contention lasts: a look at the channel, and turning round."""
        return 2.5 * self.symbol_ms + 7.6


PRESETS = {
    "SHORT_TURBO": Modulation(7, 500, 5),
    "SHORT_FAST": Modulation(7, 250, 5),
    "SHORT_SLOW": Modulation(8, 250, 5),
    "MEDIUM_FAST": Modulation(9, 250, 5),
    "MEDIUM_SLOW": Modulation(10, 250, 5),
    "LONG_TURBO": Modulation(11, 500, 8),
    "LONG_FAST": Modulation(11, 250, 5),
    "LONG_MODERATE": Modulation(11, 125, 8),
    "LONG_SLOW": Modulation(12, 125, 8),
}


def time_on_air_ms(octets: int, modulation: Modulation) -> float:
    """Return how long `octets` (all that is on air, header too) take, in ms."""
    slow = modulation.symbol_ms >= _SLOW_SYMBOL_MS
    factor = modulation.spreading_factor
    bits = 8 * octets - 4 * factor + 44
    blocks = max(0, math.ceil(bits / (4 * (factor - 2 * slow))))
    symbols = _PREAMBLE_SYMBOLS + 8 + blocks * modulation.coding_rate
    return symbols * modulation.symbol_ms
