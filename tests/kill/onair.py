"""What the two witnesses of a mesh say: the air's own log, and the store."""

from collections import Counter
from dataclasses import dataclass

from gateways.mesh.hearing import Packet, Port, pack
from tests.kill import ether

TEXT = "TEXT_MESSAGE_APP"
_ROWS = """
SELECT p.id, p.kind, p.mask, p.tag, s.identity, s.state, s.unknowns, s.text_sealed, r.text,
 coalesce(p.cancel, p.error, '')
FROM parcel p JOIN segment s ON s.parcel = p.id
LEFT JOIN rendering_part r ON r.rendering = p.rendering AND r.part = s.part
WHERE p.medium = 'mesh'
"""


@dataclass(frozen=True)
class Row:
    """One segment of the store; `channel`: of a broadcast."""

    parcel: int
    kind: str
    channel: str
    tag: bytes
    identity: int | None
    state: str
    unknowns: int
    text: str | None
    why: str


@dataclass(frozen=True)
class OnAir:
    """A text of ours that a host handed to the radio, as it began on the air."""

    at: float
    identity: int
    to: str
    channel: str | None
    text: str


class MeshEvidence:
    """What is known after the last kill."""

    def __init__(self, site, world, keys, kills):
        self.site, self.crowd, self.keys, self.kills = site, world.crowd, keys, kills
        self.editions = world.editions
        self.events = site.mesh.events()
        self.own = site.mesh.node_id(ether.RADIO)
        # What the firmware repeats by itself is another copy, not another packet.
        self.packets = [
            OnAir(each["at"], each["id"], each["to"], each["channel"], each["text"])
            for each in ours(self.events, self.own)
            if each["copy"] == "first"
        ]
        self.times = Counter(packet.identity for packet in self.packets)
        self.rows = [self._row(row) for row in site.query(_ROWS)]
        self.by_identity = {row.identity: row for row in self.rows if row.identity}
        fingerprints = dict(site.query("SELECT fingerprint, id FROM inbound WHERE medium = 'mesh'"))
        self.kept = {who.name: self._kept(who, fingerprints) for who in self.crowd.all()}

    def _row(self, row):
        *facts, sealed, public, why = row
        text = self.keys.open("text", sealed).decode() if sealed else public
        return Row(*facts, text, why)

    def _kept(self, who, fingerprints):
        """Which of their packets were committed, in that order."""
        own = int(self.own[1:], 16)
        rows = {}
        for said in who.said:
            if said.kind == "nothing":
                continue
            packet = Packet(own, who.number, own, said.identity, Port.TEXT, said.words.encode())
            rows[said.identity] = fingerprints.get(self.keys.tag("fingerprint", pack(packet)))
        return sorted((one for one in rows if rows[one] is not None), key=rows.__getitem__)

    def tag(self, who):
        """How the store knows them."""
        return self.keys.tag("person", who.node)

    def lost(self):
        """Packets to us that the radio handed over and nobody committed, and for how long."""
        ends = [each["at"] for each in self.events if each["event"] == "disconnected"]
        for who in self.crowd.all():
            for said in who.said:
                if said.kind != "nothing" and said.identity not in self.kept[who.name]:
                    sent = self._heard_at(said.identity)
                    yield who, min((at - sent for at in ends if at >= sent), default=None)

    def _heard_at(self, identity):
        found = (e for e in self.events if e["event"] == "sent" and e["id"] == identity)
        return max(each["at"] + each["air_ms"] / 1000 for each in found)

    def given_up(self):
        """What two kills may have sent: parked, or left to the next time of a broadcast."""
        return [
            row
            for row in self.rows
            if row.unknowns > 1 and (row.state == "parked" or "by schedule" in row.why)
        ]

    def given_up_in_vain(self):
        """Of these, what was never on air."""
        return [row for row in self.given_up() if not self.times[row.identity]]

    def counts(self):
        """Figures for the report."""
        said = [said for who in self.crowd.all() for said in who.said if said.kind != "nothing"]
        lost = list(self.lost())
        states = Counter(row.state for row in self.rows)
        return {
            "direct messages in": len(said),
            "forgotten by the radio": len(lost),
            "packets out": len(self.packets),
            "under one id": len(self.times),
            "repeated under their id": sum(times > 1 for times in self.times.values()),
            "shown": sum(each["event"] == "shown" for each in self._shown()),
            "broadcasts": sum(packet.to == "^all" for packet in self.packets),
            "given up after two kills": len(self.given_up()),
            "of these never on air": len(self.given_up_in_vain()),
            "dropped": states["dropped"],
        }

    def aired(self):
        """The messages that were on air."""
        return {row.parcel for row in self.rows if row.identity and self.times[row.identity]}

    def _shown(self):
        return [
            each for each in self.events if each["event"] == "shown" and each["sender"] == self.own
        ]

    def shown_twice(self):
        """Which phone shows a packet more than once."""
        times = Counter((each["phone"], each["id"]) for each in self._shown())
        return [key for key, count in times.items() if count > 1]


def ours(events, own):
    """Every copy of a text of ours that our radio sent."""
    return [
        each
        for each in events
        if each["event"] == "sent"
        and each["node"] == ether.RADIO
        and each["from"] == own
        and each["portnum"] == TEXT
    ]


def airtime_behind(site):
    """What the ledger lacks of what was on air until now, in a sentence; "" where nothing."""
    aired_ms = sum(
        each["air_ms"] for each in ours(site.mesh.events("sent"), site.mesh.node_id(ether.RADIO))
    )
    charged_ms = site.query(
        "SELECT coalesce(sum(air_ms * copies * tries), 0) FROM spend WHERE gateway = ?",
        ether.RADIO,
    )[0][0]
    return "" if charged_ms >= aired_ms else f"{charged_ms} ms in the ledger, {aired_ms} on air"
