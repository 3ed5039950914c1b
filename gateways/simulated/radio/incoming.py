"""What the air brought, as a client is told it."""

from gateways.simulated.radio.medium import Signal
from gateways.simulated.radio.packet import Packet, routing
from gateways.simulated.radio.protobufs import MeshPacket
from gateways.simulated.radio.settings import ChannelConfig


def for_client(
    packet: Packet, signal: Signal, channels: dict[int, ChannelConfig], key: bytes, now: float
) -> MeshPacket:
    """Write a packet that was heard as the client gets it.

    Args:
        packet: what was heard.
        signal: and how.
        channels: the radio's own, by index.
        key: the sender's public key, for a packet that is sealed.
        now: unix seconds.
    """
    heard = MeshPacket(
        to=packet.to,
        id=packet.id,
        decoded=packet.content,
        rx_time=int(now),
        rx_snr=signal.snr_db,
        rx_rssi=signal.rssi_dbm,
        hop_limit=packet.hop_limit,
        hop_start=packet.hop_start,
        want_ack=packet.want_ack,
        via_mqtt=packet.via_mqtt,
        relay_node=packet.relay,
    )
    setattr(heard, "from", packet.source)
    if packet.channel is None:
        heard.pki_encrypted, heard.public_key = True, key
    else:
        heard.channel = next(at for at, each in channels.items() if each == packet.channel)
    return heard


def from_self(number: int, packet_id: int, data: bytes, now: float) -> MeshPacket:
    """Write a packet by which radio `number` itself speaks to its client."""
    word = MeshPacket(to=number, id=packet_id, rx_time=int(now), priority=MeshPacket.Priority.ACK)
    setattr(word, "from", number)
    word.decoded.ParseFromString(data)
    return word


def verdict(number: int, packet_id: int, about: int, error: int, now: float) -> MeshPacket:
    """Write what radio `number` says became of the client's packet `about`."""
    return from_self(number, packet_id, routing(error, about), now)
