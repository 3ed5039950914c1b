"""What a packet that the radio heard means to the node.

Only what is for us is kept: texts sent to our own node, and word of what we
sent.  It is kept as JSON with nothing in it that differs between two receptions
of one packet (signal, hops, time), so that it packs alike and is known again.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, IntEnum

import msgspec

from gateways.base import Heard, HeardNothing, HeardReport, HeardText, Outcome
from gateways.mesh import refusals
from gateways.mesh.addresses import node_name


class Port(IntEnum):
    """What a payload is (portnums.proto); all that we look at."""

    TEXT = 1
    NODE_INFO = 4
    ROUTING = 5
    TELEMETRY = 67


class Refusal(Enum):
    """Why a sender is never answered."""

    OWN = "own-packet"
    BOT = "bot"
    MQTT = "over-mqtt"
    REACTION = "reaction"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Packet:
    """What of a packet of the mesh matters.

    Attributes:
        own: number of our own node when it came.
        sender, to: numbers of nodes; a sender may be forged by anybody on the air.
        identity: which the sender gave it.
        port: see `Port`.
        payload: octets of the text; of a routing packet nothing.
        request: identity of the packet that it answers, 0 where it answers none.
        error: `Routing.Error` of a routing packet.
        reaction: it is an emoji set under another text.
        via_mqtt: it came over the internet somewhere on its way.
        bot: its sender is a program.
    """

    own: int
    sender: int
    to: int
    identity: int
    port: int
    payload: bytes = b""
    request: int = 0
    error: int = 0
    reaction: bool = False
    via_mqtt: bool = False
    bot: bool = False


# A name that ends in BOT by the custom of the mesh; behind it only signs.
_BOT = re.compile(r"bot[\W_]*", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zs", "Zl", "Zp"})


def is_bot_name(long_name: str) -> bool:
    """Whether a node so named is a program by its own word."""
    at = long_name.lower().rfind("bot")
    return at >= 0 and _BOT.fullmatch(long_name, at) is not None


def is_for_us(packet: Packet) -> bool:
    """Whether a packet is worth keeping: the chatter on channels is not."""
    if packet.to != packet.own or not packet.sender:
        return False
    return packet.port == Port.TEXT or (packet.port == Port.ROUTING and packet.request != 0)


def pack(packet: Packet) -> bytes:
    """All of a packet, alike for each time that it is heard."""
    return msgspec.json.encode(packet)


def interpret(octets: bytes) -> Heard:
    """Read what `pack` wrote.  Whatever the octets, it answers."""
    try:
        packet = msgspec.json.decode(octets, type=Packet)
    except ValueError:
        return HeardNothing("no packet of the mesh", broken=True)
    if not is_for_us(packet):
        return HeardNothing("not for us", broken=False)
    return _report(packet) if packet.port == Port.ROUTING else _text(packet)


def _text(packet: Packet) -> Heard:
    try:
        text = packet.payload.decode("utf-8")
    except UnicodeDecodeError:
        return HeardNothing("a text that is not UTF-8", broken=True)
    refusal = _refusal(packet, text)
    return HeardText(
        sender=node_name(packet.sender),
        text=text,
        refusal=None if refusal is None else refusal.value,
        sent_at=None,
    )


def _refusal(packet: Packet, text: str) -> Refusal | None:
    reasons = {
        Refusal.OWN: packet.sender == packet.own,
        Refusal.BOT: packet.bot,
        Refusal.MQTT: packet.via_mqtt,
        Refusal.REACTION: packet.reaction,
        Refusal.EMPTY: all(unicodedata.category(sign) in _UNSEEN for sign in text),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _report(packet: Packet) -> HeardReport:
    """Our own radio knows only whether a neighbour repeated it, the recipient that it is there."""
    ours = packet.sender == packet.own
    if packet.error == refusals.NONE:
        outcome = Outcome.TRYING if ours else Outcome.DELIVERED
        reason = "a neighbour passed it on" if ours else "acknowledged"
    else:
        refusal = refusals.of_report(packet.error, by_our_radio=ours)
        outcome, reason = refusal.outcome, refusal.reason
    return HeardReport(
        reference=packet.request,
        recipient="" if ours else node_name(packet.sender),
        sent_at=None,
        outcome=outcome,
        reason=reason,
    )
