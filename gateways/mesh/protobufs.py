"""The radio's protobufs as values of ours, and back: all that knows their fields.

Whatever a radio says, or somebody on the air made it pass on, is either read or
counted as broken; nothing here raises.
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]
from meshtastic.protobuf import (  # type: ignore[import-untyped]
    channel_pb2,
    config_pb2,
    mesh_pb2,
    telemetry_pb2,
)

from gateways.mesh.facts import RadioFacts, preset_name
from gateways.mesh.hearing import Packet, Port
from gateways.mesh.mailbox import Status
from gateways.mesh.outgoing import Outgoing

_LORA, _DEVICE = config_pb2.Config.LoRaConfig, config_pb2.Config.DeviceConfig
_GPS_ON = config_pb2.Config.PositionConfig.GpsMode.ENABLED
_DISABLED = channel_pb2.Channel.Role.DISABLED
# `bandwidth` is in kHz but for these (RadioInterface.cpp of the firmware).
_BANDWIDTHS_HZ = {31: 31_250, 62: 62_500, 200: 203_125, 400: 406_250, 800: 812_500, 1600: 1_625_000}
_BANDWIDTH_KHZ, _SPREADING_FACTOR, _CODING_RATE = 250, 11, 5  # of LONG_FAST
_MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Name:
    """What a node says of itself."""

    node: int
    long_name: str
    unmessagable: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """How the radio is; `busy`: channel utilization in percent, `time`: its clock, 0 if unset."""

    busy: float | None
    time: int


def _parsed(kind: Callable[[], Any], octets: bytes) -> Any:
    """A message of this kind, None where the octets are none."""
    message = kind()
    try:
        message.ParseFromString(octets)
    except DecodeError:
        return None
    return message


def from_radio(octets: bytes) -> Any:
    """What a frame holds, None where it is broken."""
    return _parsed(mesh_pb2.FromRadio, octets)


def status(message: Any) -> Status:
    """Read a QueueStatus."""
    return Status(message.mesh_packet_id, message.res, message.free, message.maxlen)


def name(node: int, user: Any) -> Name:
    """Read a User."""
    return Name(node, user.long_name, user.is_unmessagable)


def packet(message: Any, own: int) -> Packet | Name | Metrics | None:
    """Read a MeshPacket; None where it is sealed, broken, or says nothing that matters."""
    sender = getattr(message, "from")
    if not sender or not message.HasField("decoded"):
        return None
    if sender == own and message.rx_rssi:
        return None  # what came over the air in our radio's name is not its word
    data = message.decoded
    if data.portnum == Port.NODE_INFO:
        user = _parsed(mesh_pb2.User, data.payload)
        return None if user is None else name(sender, user)
    if data.portnum == Port.TELEMETRY:
        return _metrics(data.payload) if sender == own else None
    if data.portnum == Port.ROUTING:
        return _routing(message, sender, own)
    return _as_packet(message, sender, own, payload=data.payload)


def _as_packet(message: Any, sender: int, own: int, **more: Any) -> Packet:
    data = message.decoded
    return Packet(
        own=own,
        sender=sender,
        to=message.to,
        identity=message.id,
        port=data.portnum,
        request=data.request_id,
        reaction=data.emoji != 0,
        via_mqtt=message.via_mqtt,
        **more,
    )


def _routing(message: Any, sender: int, own: int) -> Packet | None:
    """Word of a packet of ours; a routing packet may also be about routes."""
    routing = _parsed(mesh_pb2.Routing, message.decoded.payload)
    if routing is None or routing.WhichOneof("variant") not in {"error_reason", None}:
        return None
    return _as_packet(message, sender, own, error=routing.error_reason)


def _metrics(payload: bytes) -> Metrics | None:
    telemetry = _parsed(telemetry_pb2.Telemetry, payload)
    if telemetry is None:
        return None
    for kind in ("device_metrics", "local_stats"):
        if telemetry.HasField(kind):
            busy = getattr(telemetry, kind).channel_utilization
            return Metrics(busy if 0 <= busy <= _MOST_PERCENT else None, telemetry.time)
    return Metrics(None, telemetry.time)


def mesh_packet(outgoing: Outgoing) -> Any:
    """A MeshPacket; the library adds to whom, the hop limit and whether to acknowledge."""
    made = mesh_pb2.MeshPacket(
        id=outgoing.identity, channel=outgoing.channel, priority=outgoing.priority
    )
    made.decoded.portnum = Port.TEXT
    made.decoded.payload = outgoing.text
    return made


def is_complete(local_config: Message) -> bool:
    """Whether a radio told how it sends; without, it would be taken for one that relays nothing."""
    return bool(local_config.HasField("lora"))


@dataclass(frozen=True, slots=True)
class Portrait:
    """What the library gathered of a radio: its protobufs, and its own name."""

    node: int
    long_name: str
    metadata: Any
    local: Any
    modules: Any
    channels: Iterable[Any]


def facts(of: Portrait, wanted: str | int) -> RadioFacts:
    """Read a whole configuration; `wanted` is our channel, by name or index."""
    lora, position = of.local.lora, of.local.position
    preset = _enum(_LORA.ModemPreset, lora.modem_preset) if lora.use_preset else ""
    names = {
        channel.index: channel.settings.name or ("" if channel.index else preset_name(preset))
        for channel in of.channels
        if channel.role != _DISABLED
    }
    index = next((at for at, name in names.items() if wanted in (at, name)), None)
    psk = next((c.settings.psk for c in of.channels if c.index == index), b"")
    return RadioFacts(
        node=of.node,
        long_name=of.long_name,
        firmware=of.metadata.firmware_version if of.metadata is not None else "",
        region=_enum(_LORA.RegionCode, lora.region),
        preset=preset,
        spreading_factor=lora.spread_factor or _SPREADING_FACTOR,
        bandwidth_hz=_BANDWIDTHS_HZ.get(lora.bandwidth, (lora.bandwidth or _BANDWIDTH_KHZ) * 1000),
        coding_rate=lora.coding_rate or _CODING_RATE,
        tx_power_dbm=lora.tx_power,
        tx_enabled=lora.tx_enabled,
        role=_enum(_DEVICE.Role, of.local.device.role),
        hop_limit=lora.hop_limit,
        gps=position.gps_mode == _GPS_ON,
        fixed_position=position.fixed_position,
        ok_to_mqtt=lora.config_ok_to_mqtt,
        mqtt=of.modules.mqtt.enabled,
        channel=index,
        channel_name="" if index is None else names[index],
        channel_key=_key(psk),
        channel_psk="" if _key(psk) == "own" else base64.b64encode(psk).decode(),
    )


def _key(psk: bytes) -> str:
    """What kind of key this is: one octet counts the published ones, 0 is none."""
    if psk in {b"", b"\0"}:
        return "none"
    return "default" if len(psk) == 1 else "own"


def _enum(kind: Any, value: int) -> str:
    """Its name; a newer radio may use values that the library does not know."""
    found = kind.DESCRIPTOR.values_by_number.get(value)
    return str(value) if found is None else str(found.name)
