"""From a transmission to a packet as the radio is given it: what fits, how far, how urgent.

Routine broadcasts go no farther than 3 hops and behind everything else in the
radio's queue; urgent ones go 5 hops and before.  What we ask for is at most
what the operator's hop limit says, but for urgent ones.
"""

from dataclasses import dataclass

from gateways.base import ON_CHANNEL, NeverAgain, Transmission, TryAgainLater
from gateways.mesh import addresses, packets
from gateways.mesh.facts import RadioFacts

ROUTINE_HOPS, MOST_HOPS = 3, 5
BACKGROUND, RELIABLE, HIGH = 10, 70, 100  # MeshPacket.Priority
_IDENTITIES = range(1, 1 << 32)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text as the radio is given it; `to` and `identity` are numbers of 32 bits."""

    identity: int
    to: int
    channel: int
    text: bytes
    hop_limit: int
    priority: int
    want_ack: bool


def checked(transmission: Transmission) -> tuple[bytes, int]:
    """The octets of a text and the number it goes to.

    Raises:
        NeverAgain: no mesh could carry it.
    """
    to = addresses.node_number(transmission.recipient)
    try:
        text = transmission.text.encode("utf-8")
    except UnicodeEncodeError:
        raise NeverAgain("the text is no Unicode") from None
    most = packets.MOST_BROADCAST if to == addresses.BROADCAST else packets.MOST_DIRECT
    if not 0 < len(text) <= most:
        raise NeverAgain(f"the text has {len(text)} octets, a packet carries 1 to {most}")
    if transmission.identity not in _IDENTITIES:
        raise NeverAgain("the packet has no identity of 32 bits")
    return text, to


def prepared(transmission: Transmission, facts: RadioFacts, channel: str | int) -> Outgoing:
    """The packet for a radio that is set so; `channel` is the one it should have.

    Raises:
        NeverAgain: no mesh could carry it.
        TryAgainLater: the radio lacks our channel.
    """
    text, to = checked(transmission)
    if to == facts.node:
        raise NeverAgain("the recipient is this node itself", recipient=True)
    direct = to != addresses.BROADCAST
    if direct:
        hops, priority = min(facts.hop_limit, MOST_HOPS), RELIABLE
    elif transmission.urgent:
        hops, priority = MOST_HOPS, HIGH
    else:
        hops, priority = min(facts.hop_limit, ROUTINE_HOPS), BACKGROUND
    return Outgoing(
        identity=transmission.identity,
        to=to,
        channel=_index(transmission.recipient, facts, channel),
        text=text,
        hop_limit=max(1, hops),  # with 0 nobody passes it on
        priority=priority,
        want_ack=direct and transmission.report,
    )


def _index(recipient: str, facts: RadioFacts, channel: str | int) -> int:
    """Direct messages have no channel of their own: the firmware seals them."""
    if recipient != ON_CHANNEL:
        return addresses.PRIMARY
    if facts.channel is None:
        raise TryAgainLater(missing(channel))
    return facts.channel


def missing(channel: str | int) -> str:
    """What to say where the radio lacks our channel."""
    return f"the radio has no channel {channel!r}"
