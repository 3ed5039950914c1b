"""A node without devices for tests: its store, its keys, a clock that stands still, and people."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

from config.settings import parse
from relay import assembly
from relay.clock import aware, millis
from relay.delivery import taken
from relay.desk import Desk
from relay.keys import Keys, public_key
from relay.mode import chosen_mode, in_force
from relay.posting import Newcomer, Post
from relay.render import Reader
from relay.routing import Router
from relay.store import Store
from relay.store.sending import ALL, Lane
from relay.upkeep import Upkeep
from relay.values import Draft, Kind, NewParcel, State, Urgency
from tests.gateways.sms import pdus

NOW = millis(datetime(2026, 1, 5, 9, 20, tzinfo=UTC))  # 14:20 in Almaty
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
SECRET, OTHER_SECRET = bytes(range(32)), bytes(range(1, 33))
AIGUL, BOLAT, DANA, ERLAN = (f"+7701555012{digit}" for digit in range(3, 7))
RADIO = "mesh"
LANE = Lane("sms", "beeline")
SECOND_LANE = Lane("sms", "kcell")
SETTINGS = """
[node]
name = "test-1"
languages = ["kk", "ru", "en"]
[[modem]]
name = "beeline"
port = "/dev/null/beeline"
segments_per_day = 200
[[modem]]
name = "kcell"
port = "/dev/null/kcell"
segments_per_day = 200
[[radio]]
name = "mesh"
address = "tcp://127.0.0.1:9"
[[source]]
name = "akimat"
url = "https://example.org/rss"
origin = "official"
owner = "Акимат"
language = "ru"
"""


def make_keys(secret=SECRET, *, locked=False):
    return Keys(public_key(secret), None if locked else secret)


@dataclass
class StillClock:
    """A clock that goes on when told."""

    wall: int = NOW
    meter: int = 10 * DAY
    trusted: bool = True
    suspect: bool = False
    told: list = field(default_factory=list)

    def now_ms(self):
        return self.wall

    def meter_ms(self):
        return self.meter

    def is_trusted(self):
        return self.trusted

    def is_suspect(self):
        return self.suspect

    def witness(self, told_ms):
        self.told.append(told_ms)

    def passes(self, ms):
        self.wall += ms
        self.meter += ms


def letter(keys, number=AIGUL, parts=("text",), **changes):
    made = NewParcel(
        medium="sms",
        tag=keys.tag("person", number),
        recipient_sealed=keys.seal("number", number),
        mask="…" + number[-2:],
        kind=Kind.PLAIN,
        urgency=Urgency.ROUTINE,
        parts_sealed=tuple(keys.seal("text", part) for part in parts),
        wide=False,
        expires_ms=NOW + DAY,
    )
    return replace(made, **changes)


def draft(words="Дорога закрыта до 18:00.", language="ru", **changes):
    made = Draft(
        topic="danger",
        urgency=Urgency.PRIORITY,
        texts={language: words},
        place="Алматы",
        origin="official",
        level="confirmed_by_editor",
        valid_from_ms=NOW,
        expires_ms=NOW + 6 * HOUR,
        sources=("akimat",),
    )
    return replace(made, **changes)


def pdu(words, sender=AIGUL, sent_ms=NOW, part=None):
    """A text as a modem lists it; `part` is reference, parts, place."""
    header = pdus.header(pdus.element(0, part)) if part else b""
    facts = {
        "sender": pdus.number(sender),
        "when": pdus.stamp(aware(sent_ms).astimezone(timezone(timedelta(hours=5)))),
        "udh": bool(part),
    }
    if all(letter in pdus.CODES for letter in words):
        return pdus.deliver(pdus.packed(header, pdus.septet_codes(words)), **facts)
    return pdus.deliver(pdus.wide(header, words), dcs=pdus.UCS2, **facts)


def report_pdu(number, reference, status=0, sent_ms=NOW):
    """A delivery report as a modem lists it."""
    sent = aware(sent_ms).astimezone(timezone(timedelta(hours=5)))
    return pdus.report(status, reference=reference, recipient=number, sent=sent, done=sent)


class World:
    """All of a node but its threads and devices; what people text it and what it queues."""

    def __init__(self, state_dir, settings=SETTINGS, *, locked=False):
        self.settings = parse(settings, state_dir / "jarshy.toml")
        self.store = Store(state_dir)
        self.clock = StillClock()
        self.renders = assembly.renderers(self.settings)
        self.render = self.renders["sms"]
        self.heard = 0
        self.start(locked=locked)

    def start(self, *, locked):
        """As a process that begins, with its key or without."""
        self.keys = make_keys(locked=locked)
        self.reception = assembly.reception(
            self.settings, self.store, self.keys, self.clock, self.renders
        )
        self.desk = Desk(self.store, self.settings.node.name)
        self.router = Router(self.store, self.renders)
        self.announcer = assembly.announcer(
            self.settings, self.store, self.keys, self.renders["mesh"]
        )
        self.upkeep = Upkeep(self.store, self.settings)
        self.post = Post(self.store, self.keys, self.settings)

    # In.

    def keep(self, octets, gateway="beeline", medium="sms"):
        """Commit what a device hears, as its worker does."""
        if isinstance(octets, str):
            octets = octets.encode()
        return self.store.inbox.keep(
            self.keys.tag("fingerprint", octets),
            self.keys.seal("inbound", octets),
            gateway,
            medium,
            self.clock.now_ms(),
        )

    def hears(self, words, sender=AIGUL, **facts):
        """Somebody texts; returns what the node queues for them because of it."""
        self.heard += 1  # the centre's clock shows seconds: no two texts are alike
        sent_ms = self.clock.now_ms() - DAY // 10 + self.heard * SECOND
        self.keep(pdu(words, sender, facts.pop("sent_ms", sent_ms), **facts))
        return self.handles(sender)

    def handles(self, person=AIGUL):
        """Handle what came in; returns the texts that are queued for `person` by it."""
        newest = self.store.sending.newest()
        self.reception.work()
        return self.queued_for(person, newest)

    def person(self, number=AIGUL):
        return self.store.people.find(self.keys.tag("person", number))

    def tag(self, number=AIGUL):
        return self.keys.tag("person", number)

    # Out.

    def enrol(self, number=AIGUL, language="ru", script="cyrillic", **facts):
        """Somebody who gets bulletins."""
        who = {"topics": frozenset({"danger", "news"}), "consented": True, "volunteer": False}
        who |= facts
        newcomer = Newcomer(number, Reader(language, script), **who)
        return self.post.enrol(newcomer, self.render, self.clock.now_ms())

    def publish(self, made=None):
        """Make a bulletin live and queue it; returns it."""
        bulletin = self.desk.add(made or draft(), self.clock.now_ms(), publish=True)
        self.route()
        return bulletin

    def route(self):
        self.router.work(in_force(chosen_mode(self.store)), self.clock.now_ms())

    def announce(self):
        self.announcer.work(
            in_force(chosen_mode(self.store)), self.clock.now_ms(), self.clock.meter_ms()
        )

    def ticks(self):
        """A second of upkeep."""
        self.upkeep.each_second(
            self.clock.now_ms(), self.clock.meter_ms(), may_end=not self.clock.is_suspect()
        )

    def queue(self, number=AIGUL, **changes):
        with self.store.transaction():
            return self.store.outbox.add(letter(self.keys, number, **changes), self.clock.now_ms())

    @staticmethod
    def mesh_lane(permit=ALL, identity=1):
        return Lane("mesh", RADIO, permit, identity=identity)

    def claim(self, lane=LANE):
        with self.store.transaction():
            return self.store.sending.claim(lane, self.clock.now_ms(), self.clock.meter_ms())

    def settle(self, claim, settled):
        with self.store.transaction():
            self.store.sending.settle(claim.parcel, claim.part, settled, self.clock.now_ms())

    def send(self, lane=LANE, outcome=None, reference=7):
        """Claim and settle one segment; returns the claim, None where nothing may go."""
        claim = self.claim(lane)
        if claim is not None:
            self.settle(claim, outcome or taken(reference))
        return claim

    def send_all(self, lane=LANE):
        """Send what may go; returns the people's numbers, in the order in which they were sent."""
        sent = []
        while (claim := self.send(lane)) is not None:
            sent.append(self.open("number", claim.recipient_sealed))
            assert len(sent) < 1000
        return sent

    def open(self, purpose, sealed):
        return self.keys.open(purpose, sealed).decode()

    def states(self, parcel):
        """Of the parcel and of its segments; None where it is gone."""
        query = self.store.connection.query
        row = query("SELECT state FROM parcel WHERE id = ?", [parcel])
        if not row:
            return None
        parts = query("SELECT state FROM segment WHERE parcel = ? ORDER BY part", [parcel])
        return State(row[0][0]), [State(state) for (state,) in parts]

    def state(self, parcel):
        found = self.states(parcel)
        return found and found[0]

    def of(self, parcel, column):
        sql = f"SELECT {column} FROM parcel WHERE id = ?"  # noqa: S608  # a column that the test names
        return self.store.connection.scalar(sql, [parcel])

    def parcels(self, number=AIGUL, after=0, state="%"):
        rows = self.store.connection.query(
            "SELECT id FROM parcel WHERE tag = ? AND id > ? AND state LIKE ? ORDER BY id",
            [self.tag(number), after, state],
        )
        return [parcel for (parcel,) in rows]

    def text(self, parcel):
        """All words of a parcel."""
        rows = self.store.connection.query(
            "SELECT text_sealed, text FROM segment JOIN parcel ON parcel.id = segment.parcel"
            " LEFT JOIN rendering_part ON rendering_part.rendering = parcel.rendering"
            " AND rendering_part.part = segment.part WHERE parcel.id = ? ORDER BY segment.part",
            [parcel],
        )
        return "".join(self.open("text", sealed) if sealed else text for sealed, text in rows)

    def queued_for(self, number=AIGUL, after=0):
        return [self.text(parcel) for parcel in self.parcels(number, after, "queued")]

    def spent(self, gateway="beeline"):
        return self.store.ledger.segments(gateway, self.clock.meter_ms() - DAY)

    def dump(self):
        """Every value in the database, as it lies on the disk."""
        tables = self.store.connection.query("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [
            value
            for (table,) in tables
            for row in self.store.connection.query(f"SELECT * FROM {table}")  # noqa: S608  # our own tables
            for value in row
        ]
