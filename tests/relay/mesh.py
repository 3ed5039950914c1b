"""People on the mesh, for tests: what they send, and what a radio says of what it was given."""

from gateways.mesh.hearing import Packet, Port, pack
from tests.relay.world import RADIO, SECOND

OWN = 0x1234ABCD
ASEL, BERIK = "!0a0b0c01", "!0a0b0c02"


def number(node):
    return int(node[1:], 16)


class MeshPeople:
    """Talks to the node of a `World` by its radio."""

    def __init__(self, world):
        self.world = world
        self.packets = 0

    def says(self, words, sender=ASEL, **facts):
        """Somebody sends a direct message; returns what the node queues for them because of it."""
        self.packets += 1
        facts = {"to": OWN, "identity": self.packets, "payload": words.encode()} | facts
        self.hears(Packet(own=OWN, sender=number(sender), port=Port.TEXT, **facts))
        return self.world.handles(sender)

    def answers_for(self, identity, sender=ASEL, error=0):
        """A routing packet comes: from a recipient, or from our own radio (`OWN`)."""
        sender = sender if isinstance(sender, int) else number(sender)
        self.packets += 1
        self.hears(
            Packet(
                own=OWN,
                sender=sender,
                to=OWN,
                identity=self.packets,
                port=Port.ROUTING,
                request=identity,
                error=error,
            )
        )
        self.world.reception.work()

    def hears(self, packet):
        self.world.keep(pack(packet), gateway=RADIO, medium="mesh")

    def sends(self, identity=500, after_ms=SECOND, **outcome):
        """The radio takes the next packet; returns its claim, None where nothing may go."""
        claim = self.world.send(self.world.mesh_lane(identity=identity), **outcome)
        self.world.clock.passes(after_ms)
        return claim

    def on_air(self, most=50):
        """Everything that may go now goes: channel or person, and the words."""
        gone = []
        while (claim := self.sends(identity=900 + len(gone), after_ms=0)) is not None:
            words = claim.part_text or self.world.open("text", claim.part_sealed)
            to = claim.everybody or self.world.open("number", claim.recipient_sealed)
            gone.append((to, words))
            assert len(gone) < most
        return gone
