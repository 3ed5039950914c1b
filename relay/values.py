"""The values that the trunk passes around: states, urgencies, bulletins, parcels.

Times are whole milliseconds of UTC since 1970 in the store and in these
values (`…_ms`), aware datetimes where people read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum


class Urgency(IntEnum):
    """How soon a parcel goes; larger goes first."""

    ROUTINE = 0
    PRIORITY = 1
    URGENT = 2

    @property
    def label(self) -> str:
        """The word used in settings, commands and JSON."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> "Urgency":
        """The urgency called `label`."""
        return cls[label.upper()]


class State(Enum):
    """Where a segment is, and by its segments a parcel."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    PARKED = "parked"
    DROPPED = "dropped"


class Kind(Enum):
    """What a parcel is, as the operator sees it."""

    REPLY = "reply"
    BULLETIN = "bulletin"
    CORRECTION = "correction"
    BROADCAST = "broadcast"
    INVITE = "invite"
    PLAIN = "plain"


class PersonState(Enum):
    """How a person stands to the node."""

    CONTACT = "contact"
    INVITED = "invited"
    ACTIVE = "active"
    STOPPED = "stopped"


class BulletinState(Enum):
    """Where a bulletin is in its life."""

    PENDING = "pending"
    LIVE = "live"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Notice(Enum):
    """What an edition is towards the one before it."""

    NEWS = "news"
    UPDATE = "update"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class Mode(Enum):
    """What the operator lets the node do by itself."""

    AUTO = "auto"
    STANDBY = "standby"
    BLACKOUT = "blackout"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Person:
    """One person on one medium, as the node knows them.

    `tag` finds them without their number; `number_sealed` is None once they
    have stopped.  `topics` is a set of the names in `config.topics`.  Volunteers get drills.
    `chose_language`: they said how they read; until then they are answered as they write.
    """

    id: int
    tag: bytes
    medium: str
    mask: str
    state: PersonState
    language: str
    script: str
    topics: frozenset[str]
    greeted: bool
    gateway: str | None
    number_sealed: bytes | None
    volunteer: bool
    chose_language: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody on one medium who reads alike."""

    medium: str
    language: str
    script: str

    @property
    def form(self) -> str:
        """How a rendering for them is known: by the script, and the medium where it is not SMS."""
        return self.script if self.medium == "sms" else f"{self.medium} {self.script}"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One edition of what may be broadcast.

    `number` is what people see and type, 200-999; `id` is the row, `global_id` the hash
    that names it between nodes.  `texts` by language.
    """

    id: int
    number: int
    global_id: str
    edition: int
    notice: Notice
    topic: str
    urgency: Urgency
    place: str
    origin: str
    level: str
    state: BulletinState
    valid_from_ms: int
    expires_ms: int
    texts: Mapping[str, str]
    sources: Sequence[str]
    exercise: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a bulletin is made of before it has a number."""

    topic: str
    urgency: Urgency
    texts: Mapping[str, str]
    place: str
    origin: str
    level: str
    valid_from_ms: int
    expires_ms: int
    sources: Sequence[str] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class NewParcel:
    """A message to one recipient, ready to be queued.

    `parts` are the texts of its segments; their sum costs `len(parts)` segments.
    """

    medium: str
    tag: bytes
    recipient_sealed: bytes
    mask: str
    kind: Kind
    urgency: Urgency
    parts_sealed: tuple[bytes, ...]
    wide: bool
    expires_ms: int
    gateway: str | None = None
    reserve: bool = False
    ephemeral: bool = False
    bulletins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A segment committed as `sending`, with all that the gateway needs to send it.

    `everybody` is the channel of a broadcast, empty for a message to one person.  `again`: it
    may be out already, under this `identity`.  `octets` are those of its text in UTF-8.
    """

    parcel: int
    part: int
    parts: int
    attempts: int
    kind: Kind
    urgency: Urgency
    everybody: str
    identity: int
    again: bool
    wide: bool
    reference: int
    recipient_sealed: bytes
    part_sealed: bytes | None
    part_text: str | None
    octets: int
    expires_ms: int
