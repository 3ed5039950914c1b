"""What a client wants sent: taken, refused, or dropped without a word.

The order of the checks is the firmware's (PhoneAPI, then MeshService, then
Router).  A packet whose id is among the last 20 of this connection is
dropped and not even answered; a text too soon after the last is dropped
although the answer sounds as if it was taken.
"""

from gateways.simulated.radio import admin
from gateways.simulated.radio.api import NO_ROOM
from gateways.simulated.radio.packet import BROADCAST, MOST_ON_AIR, Packet
from gateways.simulated.radio.protobufs import Data, MeshPacket, PortNum, Routing, name_of
from gateways.simulated.radio.unit import Radio

_OK_TO_MQTT, _WANT_RESPONSE = 1, 2  # bits of Data.bitfield
_MOST_HOPS = 7
_REASONS = {
    Routing.Error.TOO_LARGE: "too_large",
    Routing.Error.NO_CHANNEL: "no_channel",
    Routing.Error.PKI_SEND_FAIL_PUBLIC_KEY: "no_key",
}


def take(radio: Radio, asked: MeshPacket, now: float) -> None:
    """Take a client's packet."""
    if radio.session.had(asked.id):
        _drop(radio, asked, "duplicate_id", now)
        return
    if radio.session.too_soon(asked.decoded.portnum, now):
        _drop(radio, asked, "rate_limit", now)
        radio.say_status(asked.id)
        if radio.config.tells_rate_limit:
            radio.say_verdict(asked.id, Routing.Error.RATE_LIMIT_EXCEEDED, now)
        return
    asked.id = asked.id or radio.medium.fresh_id()
    if asked.to == radio.node.number:
        radio.say_status(asked.id)
        admin.take(radio, asked, now)
        return
    _send(radio, asked, now)


def _send(radio: Radio, asked: MeshPacket, now: float) -> None:
    packet = _packet(radio, asked)
    error = _error(radio, packet)
    if error:
        _drop(radio, asked, _REASONS[error], now)
        radio.say_status(asked.id, error)
        radio.say_verdict(asked.id, error, now)
        return
    refusal = None if asked.to == BROADCAST else radio.faults.take("refuse")
    if refusal:
        _drop(radio, asked, "refused", now)
        radio.say_status(asked.id)
        radio.say_verdict(asked.id, int(refusal["error"]), now)
        return
    if radio.faults.happens("queue_full"):
        _drop(radio, asked, "queue_full", now)
        radio.say_status(asked.id, NO_ROOM)
        return
    if not radio.reliable.send(packet, now):
        radio.say_status(asked.id, NO_ROOM)
        return
    radio.at_point("taken", now, lambda _now: radio.say_status(asked.id))


def _packet(radio: Radio, asked: MeshPacket) -> Packet:
    """Make of a client's packet what goes on air."""
    said = Data()
    said.CopyFrom(asked.decoded)
    said.bitfield = _OK_TO_MQTT * radio.configuration.local.lora.config_ok_to_mqtt
    said.bitfield |= _WANT_RESPONSE * said.want_response
    hops = min(asked.hop_limit, _MOST_HOPS)
    channels = radio.configuration.channels
    return Packet(
        source=radio.node.number,
        to=asked.to,
        id=asked.id,
        channel=channels.get(asked.channel) if asked.to == BROADCAST else None,
        data=said.SerializeToString(),
        hop_limit=hops,
        hop_start=hops,
        want_ack=asked.want_ack,
        priority=asked.priority,
    )


def _error(radio: Radio, packet: Packet) -> int:
    """Return why the packet cannot go on air, or 0."""
    if packet.to == BROADCAST and packet.channel is None:
        return int(Routing.Error.NO_CHANNEL)
    if packet.to != BROADCAST and not radio.known.key(packet.to):
        return int(Routing.Error.PKI_SEND_FAIL_PUBLIC_KEY)
    if packet.octets > MOST_ON_AIR:
        return int(Routing.Error.TOO_LARGE)
    return int(Routing.Error.NONE)


def _drop(radio: Radio, asked: MeshPacket, reason: str, now: float) -> None:
    portnum = name_of(PortNum, asked.decoded.portnum)
    radio.log("dropped", now, id=asked.id, reason=reason, portnum=portnum)
