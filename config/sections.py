"""The shape of the settings: what a node is told, as frozen values.

No default stands here: each stands once, in `defaults.toml`, with its unit
and its sentence.  Names of fields are the keys of the file.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, cast

from msgspec import Meta, Struct, field

from config.durations import LONGEST_S
from config.topics import Language, Topic

# Upper bounds keep sums of times within what `datetime` and SQLite can count.


Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Seconds = Annotated[int, Meta(ge=1, le=LONGEST_S)]
# What a thread waits for may be shorter than a second.
Wait = Annotated[float, Meta(gt=0, le=LONGEST_S)]
Share = Annotated[float, Meta(ge=0, le=1)]

# A description ends the sentence "... is no ...".
Line = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", description="text of one line that says something")
]
Name = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z", description="name of a-z, 0-9 and -, 32 at most"),
]
Prefix = Annotated[
    str, Meta(pattern=r"^\+[1-9][0-9]{0,14}\Z", description="prefix of + and 1 to 15 digits")
]
# ITU-T E.164: a country code has 1 to 3 digits, a whole number 15 at most.
CountryCode = Annotated[
    str, Meta(pattern=r"^[1-9][0-9]{0,2}\Z", description="country code of 1 to 3 digits")
]
TrunkPrefix = Annotated[str, Meta(pattern=r"^[0-9]{0,3}\Z", description="prefix of 0 to 3 digits")]
OwnNumber = Annotated[
    str,
    Meta(
        pattern=r"^(\+[1-9][0-9]{6,14})?\Z",
        description="phone number of + and 7 to 15 digits",
    ),
]
# 3GPP TS 31.101 9.5.1: a PIN has 4 to 8 digits.
Pin = Annotated[str, Meta(pattern=r"^([0-9]{4,8})?\Z", description="PIN of 4 to 8 digits")]


class Section(Struct, frozen=True, kw_only=True):
    """One section of the settings file."""


class Node(Section, frozen=True):
    """This node, and the people it may write to."""

    name: Name
    state_dir: Path
    key_file: Path
    allowed_prefixes: tuple[Prefix, ...]
    timezone: Line
    languages: tuple[Language, ...]
    country_code: CountryCode
    trunk_prefix: TrunkPrefix


class Modem(Section, frozen=True):
    """A GSM modem with its SIM card."""

    name: Name
    port: Line
    baud: Positive
    pin: Pin
    own_number: OwnNumber
    enabled: bool
    segments_per_minute: Count
    segments_per_day: Count
    urgent_reserve: Count
    delivery_reports: bool
    report_wait_s: Wait
    poll_s: Wait
    command_wait_s: Wait
    prompt_wait_s: Wait
    verdict_wait_s: Wait
    retry_min_s: Wait
    retry_max_s: Wait
    release_after_s: Wait

    def __repr__(self) -> str:
        # Settings may end up in a log; the PIN and the number may not.
        return f"Modem(name={self.name!r}, port={self.port!r}, ...)"


class Source(Section, frozen=True):
    """A place that words come from."""

    name: Name
    url: Line
    origin: Literal["official", "media", "independent", "eyewitness", "operator"]
    owner: Line
    language: Language
    kind: Literal["feed", "cap", "signed"]
    topics: tuple[Topic, ...]
    publish: Literal["ask", "single", "corroborated"]
    allow_private: bool
    ca_file: Path | None


class Radio(Section, frozen=True):
    """A Meshtastic radio."""

    name: Name
    address: Line
    enabled: bool
    channel: Annotated[int, Meta(ge=0, le=7)] | Line
    languages: tuple[Language, ...]
    airtime_share: Share
    relay_copies: Annotated[int, Meta(ge=0, le=100)]
    open_wait_s: Wait
    answer_wait_s: Wait
    heartbeat_s: Wait
    linger_s: Wait
    text_gap_s: Wait
    spread_s: Wait
    ack_wait_s: Wait
    retry_min_s: Wait
    retry_max_s: Wait


class Network(Section, frozen=True):
    """How the node learns that the internet is cut."""

    probe: bool


class Replies(Section, frozen=True):
    """Bounds on answers."""

    per_person_per_hour: Positive
    per_person_per_day: Positive
    unknown_per_person_per_day: Count
    per_node_per_hour: Positive
    expire_s: Seconds


class Bulletins(Section, frozen=True):
    """What is told to people; `expires_s` has a time for each topic."""

    # 3GPP TS 23.040 9.2.3.24.1: the header can count 255 parts.
    max_segments: Annotated[int, Meta(ge=1, le=255)]
    news_in_answer: Positive
    expires_s: Mapping[Topic, Seconds]

    def lives_s(self, topic: str) -> int:
        """How long a bulletin on `topic` lives where nobody says otherwise."""
        return self.expires_s[cast("Topic", topic)]


class Outbox(Section, frozen=True):
    """Messages on their way out."""

    expire_s: Seconds
    transient_retry_s: Wait
    transient_retry_max_s: Wait


class Retention(Section, frozen=True):
    """How long things are kept."""

    inbox_days: Annotated[int, Meta(ge=1, le=3650)]
    outbox_days: Annotated[int, Meta(ge=1, le=3650)]
    ballast_octets: Count


class Proxies(Section, frozen=True):
    """Proxy links for those who ask."""

    enabled: bool
    per_person: Positive


class Settings(Struct, frozen=True, kw_only=True):
    """All that the operator decided.  Paths in it are whole."""

    node: Node
    modems: tuple[Modem, ...] = field(name="modem")
    sources: tuple[Source, ...] = field(name="source")
    radios: tuple[Radio, ...] = field(name="radio")
    network: Network
    replies: Replies
    bulletins: Bulletins
    outbox: Outbox
    retention: Retention
    proxies: Proxies

    @property
    def not_built(self) -> tuple[str, ...]:
        """What the settings ask for and this version cannot do, a sentence each."""
        return tuple(_not_built(self))


# An entry cannot be without these, and no default could be right.
MUST_BE_SET: Final[Mapping[str, frozenset[str]]] = {
    "modem": frozenset({"name", "port"}),
    "source": frozenset({"name", "url", "origin", "owner", "language"}),
    "radio": frozenset({"name", "address"}),
}


def _not_built(settings: Settings) -> Iterator[str]:
    if settings.network.probe:
        yield (
            "network: this version does not watch the network yet; mode auto sends what the"
            " operator approves"
        )
    for source in settings.sources:
        if source.kind != "feed":
            yield f'source {source.name}: kind "{source.kind}" is not built yet; it is not fetched'
        if source.publish != "ask":
            yield (
                f'source {source.name}: publish "{source.publish}" is not built yet;'
                " the operator is asked"
            )
