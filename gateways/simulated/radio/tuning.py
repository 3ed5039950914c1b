"""Changing a radio's settings behind its client's back, as another program would."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from gateways.simulated.radio.airtime import PRESETS
from gateways.simulated.radio.protobufs import Config
from gateways.simulated.radio.settings import ChannelConfig
from gateways.simulated.radio.unit import Radio

_LORA, _DEVICE = Config.LoRaConfig, Config.DeviceConfig


def tune(radio: Radio, given: Mapping[str, Any]) -> None:
    """Set what is given; see `SETTINGS` for the names.

    Raises:
        ValueError: no such setting, or no such value.
        TypeError: a value of the wrong type.
    """
    unknown = set(given) - set(SETTINGS)
    if unknown:
        raise ValueError(f"no setting {sorted(unknown)}; known: {', '.join(SETTINGS)}")
    for name, value in given.items():
        SETTINGS[name](radio, value)


def _region(radio: Radio, value: str) -> None:
    radio.configuration.local.lora.region = _LORA.RegionCode.Value(value)


def _tx_power(radio: Radio, value: int) -> None:
    radio.configuration.local.lora.tx_power = value


def _hop_limit(radio: Radio, value: int) -> None:
    radio.configuration.local.lora.hop_limit = value


def _ok_to_mqtt(radio: Radio, value: bool) -> None:  # noqa: FBT001  one signature for all
    radio.configuration.local.lora.config_ok_to_mqtt = value


def _role(radio: Radio, value: str) -> None:
    radio.configuration.local.device.role = _DEVICE.Role.Value(value)
    radio.configuration.owner.role = _DEVICE.Role.Value(value)
    radio.node.role = value


def _position_s(radio: Radio, value: int) -> None:
    radio.configuration.local.position.position_broadcast_secs = value


def _gps(radio: Radio, value: bool) -> None:  # noqa: FBT001  one signature for all
    modes = Config.PositionConfig.GpsMode
    radio.configuration.local.position.gps_mode = modes.ENABLED if value else modes.DISABLED


def _firmware(radio: Radio, value: str) -> None:
    radio.configuration.firmware = str(value)


def _long_name(radio: Radio, value: str) -> None:
    radio.configuration.owner.long_name = value


def _channels(radio: Radio, value: list[dict[str, str]]) -> None:
    """Have these: each with `name`, and `key` in base64."""
    try:
        channels = tuple(ChannelConfig(str(each["name"]), _key(each["key"])) for each in value)
    except KeyError as error:
        raise ValueError(f"each channel has name and key, one has no {error}") from None
    if not channels:
        raise ValueError("a primary channel is needed")
    radio.configuration.set_channels(channels)
    radio.node.channels = tuple(radio.configuration.channels.values())


def _key(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("a key is base64") from None


def _preset(radio: Radio, value: str) -> None:
    if value not in PRESETS:
        raise ValueError(f"known presets: {', '.join(PRESETS)}")
    radio.configuration.local.lora.modem_preset = _LORA.ModemPreset.Value(value)
    radio.node.antenna.preset = value


SETTINGS: Mapping[str, Callable[[Radio, Any], None]] = {
    "region": _region,
    "tx_power": _tx_power,
    "hop_limit": _hop_limit,
    "ok_to_mqtt": _ok_to_mqtt,
    "role": _role,
    "position_broadcast_secs": _position_s,
    "gps": _gps,
    "firmware": _firmware,
    "long_name": _long_name,
    "channels": _channels,
    "preset": _preset,
}
