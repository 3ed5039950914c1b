"""What a radio says of itself, once it has told its configuration; kept for `status`, `doctor`."""

from dataclasses import asdict, dataclass

import msgspec

from gateways.mesh.airtime import PRESETS, Modulation

USUAL, UNSET = "LONG_FAST", "UNSET"
# Presets that are newer than our table are for narrower channels; none of them is slower.
_SLOWEST_IN_USE = "LONG_MODERATE"
_SHORT = {"MODERATE": "Mod", "VERY": "V"}
# What a LoRa chip can do at all.
SPREADING_FACTORS = range(5, 13)
CODING_RATES = range(5, 9)
BANDWIDTHS_HZ = range(7_800, 1_700_000)


@dataclass(frozen=True, slots=True)
class RadioFacts:
    """One radio; names are those of the firmware's protobufs.

    Attributes:
        node: its own number.
        long_name: as others see it.
        firmware: version, empty where it did not say.
        region: whose rules it keeps, as "KZ_433".
        preset: as "LONG_FAST"; empty where the three below were set by hand.
        spreading_factor, bandwidth_hz, coding_rate: what counts where there is no preset.
        tx_power_dbm: 0 is as much as the region allows.
        tx_enabled: it sends at all.
        role: as "CLIENT".
        hop_limit: of what it sends by itself.
        gps: it looks for its place.
        fixed_position: it was told its place.
        ok_to_mqtt: whoever hears us may pass it on to the internet.
        mqtt: it is itself a bridge to the internet.
        channel: index of our channel, None where it has none of that name.
        channel_name: of that channel.
        channel_key: "none", "default" (published by the makers) or "own".
        channel_psk: base64, as one types it into an app; empty where it is of our own.
        malformed_frames: since it was connected, that nobody could read.
        dropped_packets: for which there was no room any more.
        clock_offset_s: how far its clock is ahead of ours, None where it has not told.
    """

    node: int = 0
    long_name: str = ""
    firmware: str = ""
    region: str = UNSET
    preset: str = USUAL
    spreading_factor: int = 0
    bandwidth_hz: int = 0
    coding_rate: int = 0
    tx_power_dbm: int = 0
    tx_enabled: bool = True
    role: str = "CLIENT"
    hop_limit: int = 3
    gps: bool = False
    fixed_position: bool = False
    ok_to_mqtt: bool = False
    mqtt: bool = False
    channel: int | None = None
    channel_name: str = ""
    channel_key: str = "none"
    channel_psk: str = ""
    malformed_frames: int = 0
    dropped_packets: int = 0
    clock_offset_s: float | None = None

    @property
    def modulation(self) -> Modulation:
        """How it puts packets on the air; rather too slow than too fast where it is not known."""
        slowest = PRESETS[_SLOWEST_IN_USE]
        if self.preset:
            return PRESETS.get(self.preset, slowest)
        possible = (
            self.spreading_factor in SPREADING_FACTORS
            and self.coding_rate in CODING_RATES
            and self.bandwidth_hz in BANDWIDTHS_HZ
        )
        by_hand = Modulation(self.spreading_factor, self.bandwidth_hz, self.coding_rate)
        return by_hand if possible else slowest

    @property
    def sends(self) -> bool:
        """Whether it puts anything on the air at all."""
        return self.tx_enabled and self.region != UNSET

    @property
    def network(self) -> str:
        """Preset and region, as the apps show them: "LongFast KZ_433"."""
        return f"{preset_name(self.preset)} {self.region}"

    def as_dict(self) -> dict[str, object]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> "RadioFacts | None":
        """What `as_dict` gave; what is missing has its usual value, what is unknown is left out.

        None where there is nothing, or it was written by another version of this program.
        """
        try:
            return msgspec.convert(values, type=cls) if values else None
        except ValueError:
            return None


def preset_name(preset: str) -> str:
    """As a primary channel without a name is called (firmware, DisplayFormatters.cpp)."""
    return "".join(_SHORT.get(word, word.capitalize()) for word in preset.split("_")) or "Custom"
