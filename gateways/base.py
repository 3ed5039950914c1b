"""What every way out of the node promises, whatever its medium.

The promise is stated once, in `Gateway`, and one test runs it over all of
them.  A gateway knows nothing of bulletins, people or the store: it hands a
`Transmission` to a network and says which of four things became of it, and
it hands over what it hears as raw octets, which it forgets only when told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

ON_CHANNEL = "^channel"  # everybody on the node's own channel of the mesh
ON_PRIMARY = "^primary"  # everybody on the public one


@dataclass(frozen=True, slots=True)
class Transmission:
    """What goes on air at once: one short message or one packet.

    Attributes:
        recipient: address on the medium: E.164 with `+` for SMS; `!` and 8 hex digits for
            a node of the mesh, `ON_CHANNEL` or `ON_PRIMARY` for everybody there.
        text: of this segment alone.
        wide: the whole message needs the wide alphabet (UCS-2 on SMS).
        reference: joins the segments of one message, 0-255.
        part: 1 to `parts`.
        parts: segments of the whole message.
        validity_s: the network may try no longer than this.
        report: ask for a delivery report.
        still_good: asked at the last moment, when the device is ready to take the text.
        identity: what names it on a medium where the sender chooses that (the id of a
            packet): committed before the hand-over and kept over all tries.  Else 0.
        again: it may have been handed over before, under this identity.
        urgent: where the medium has a faster or farther way, this takes it.
    """

    recipient: str
    text: str
    wide: bool
    reference: int
    part: int
    parts: int
    validity_s: int
    report: bool
    still_good: Callable[[], bool] = lambda: True
    identity: int = 0
    again: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The network took it; `reference` is what a delivery report will name."""

    reference: int


class TryAgainLater(Exception):
    """The network did not take it, and may take it later."""

    def __init__(self, reason: str, *, rest: bool = False) -> None:
        """`rest`: the gateway is at fault, not the message; it should rest."""
        super().__init__(reason)
        self.rest = rest


class NeverAgain(Exception):
    """The network will not take this, however often it is tried."""

    def __init__(self, reason: str, *, recipient: bool = False) -> None:
        """`recipient`: the address is at fault, not the text."""
        super().__init__(reason)
        self.recipient = recipient


class Unknown(Exception):
    """It may be out, it may not: nobody may send it again on a hunch."""


class GatewayDown(Exception):
    """The device is not there or not usable.

    Attributes:
        mend: what the operator can do about it, in a sentence.
        by_hand: it will not heal by itself; trying again would do harm.
    """

    def __init__(self, reason: str, mend: str, *, by_hand: bool = False) -> None:
        super().__init__(reason)
        self.mend = mend
        self.by_hand = by_hand


@dataclass(frozen=True, slots=True)
class Raw:
    """Something heard, as the device gave it.

    `slot` is where the device keeps it until `forget`; `octets` is all of it.
    """

    slot: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Health:
    """How a device is: signal as the medium counts it, None where unknown.

    Attributes:
        reachable: it is in a network and can send.
        busy: how much of the channel is in use, percent; None where it has none or is silent.
        own_channel: it has the node's own channel, where the medium has such.
        trouble, mend: it does not work as it should; what, and what to do about it.
        facts: what else there is to know of the device, as JSON holds it.
    """

    signal: int | None = None
    network: str | None = None
    reachable: bool = True
    busy: float | None = None
    own_channel: bool = True
    trouble: str = ""
    mend: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class Gateway(Protocol):
    """One way out of the node, and back in.

    Calls block, but never without end.  One thread owns a gateway.
    """

    name: str
    medium: str

    def open(self) -> None:
        """Make the device ready.

        Raises:
            GatewayDown: and nothing else.
        """
        ...

    def close(self) -> None:
        """Let go of the device; harmless when it is not open."""
        ...

    def receive(self) -> list[Raw]:
        """All that the device has heard and was not told to forget, each time again.

        Raises:
            GatewayDown: and nothing else.
        """
        ...

    def forget(self, raw: Raw) -> None:
        """Delete from the device what is committed by now.

        Only what was received last, and once: its slot may hold something else by now.

        Raises:
            GatewayDown: and nothing else.
        """
        ...

    def send(self, transmission: Transmission) -> Taken:
        """Hand it to the network; return once it was taken.

        Raises:
            TryAgainLater, NeverAgain, Unknown: what became of it.  What cannot be written
                for the medium at all is NeverAgain.
            GatewayDown: it is certainly not out, and the device is gone.
        """
        ...

    def held(self) -> list[Raw]:
        """What the gateway has heard and its device no longer has, open or not.

        It is lost with the process; it is among what `receive` gives.
        """
        ...

    def pause_s(self) -> float:
        """How long it should not be given anything, s; 0 where it is ready.

        Who waits so long decides as late as can be what goes next; `send` waits by itself.

        Raises:
            GatewayDown: and nothing else.
        """
        ...

    def health(self) -> Health:
        """Ask the device how it is.

        Raises:
            GatewayDown: and nothing else.
        """
        ...

    def air_ms(self, octets: int, *, direct: bool) -> int:
        """Time on air of a text of so many octets, ms, sent once; 0 where air is not what it costs.

        `direct`: to one person rather than to everybody.
        """
        ...


class Outcome(Enum):
    """What a delivery report says of one segment."""

    DELIVERED = "delivered"
    TRYING = "trying"
    FAILED = "failed"
    LATER = "not on air; it may be tried again"


@dataclass(frozen=True, slots=True)
class HeardText:
    """A text, or a part of one, from an address that may be a person.

    `refusal` says why its sender is never answered, None where it may be.
    `part`, `parts`, `reference` are 1, 1, 0 for a text that came whole; `wide`: the
    reference has 16 bits.
    """

    sender: str
    text: str
    refusal: str | None
    sent_at: datetime | None
    reference: int = 0
    part: int = 1
    parts: int = 1
    wide: bool = False


@dataclass(frozen=True, slots=True)
class HeardReport:
    """A delivery report: of which segment, to whom, and how it ended.

    `recipient` is empty where our own device speaks, which knows only the reference.
    """

    reference: int
    recipient: str
    sent_at: datetime | None
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class HeardNothing:
    """Not for us to read: `reason` says what it is; `broken` if it is no message at all."""

    reason: str
    broken: bool


Heard = HeardText | HeardReport | HeardNothing
