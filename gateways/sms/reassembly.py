"""Put the parts of long messages together again.

A part names its message by the sender's reference, of which there are 256,
and by the number of parts (3GPP TS 23.040 9.2.3.24.1).  Parts come late, out
of order, and more than once; references come again, many phones begin at 0
after each start.  So a part whose place is taken by other words, or that
comes a day after the first one, belongs to a newer message.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateways.sms.udh import Concat

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Part:
    """One part, as it was stored.

    Attributes:
        id: of the row, whatever its type.
        sender: parts of other senders are never joined.
        concat: its place.
        text: of the part alone.
        received_at: aware.
    """

    id: Hashable
    sender: Hashable
    concat: Concat
    text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Assembled:
    """A message as far as it is there.

    Attributes:
        text: of the whole message, None while parts are missing.
        used: ids of its parts, duplicates too, in order of arrival.
        missing: sequence numbers that have not come.
        first_at: when the first part came.
    """

    text: str | None
    used: tuple[Hashable, ...]
    missing: tuple[int, ...]
    first_at: datetime


class _Message:
    """A message while its parts are being gathered."""

    def __init__(self, part: Part) -> None:
        self.first_at = part.received_at
        self.total = part.concat.total
        self.texts: dict[int, str] = {}
        self.used: list[Hashable] = []

    def fits(self, part: Part) -> bool:
        in_time = part.received_at - self.first_at <= WINDOW
        return in_time and self.texts.get(part.concat.sequence, part.text) == part.text

    def add(self, part: Part) -> None:
        self.texts[part.concat.sequence] = part.text
        self.used.append(part.id)

    def assembled(self) -> Assembled:
        places = range(1, self.total + 1)
        missing = tuple(place for place in places if place not in self.texts)
        text = None if missing else "".join(self.texts[place] for place in places)
        return Assembled(text, tuple(self.used), missing, self.first_at)


def assemble(parts: Iterable[Part]) -> list[Assembled]:
    """All messages that `parts` belong to, whole or not, in order of their first part."""
    messages: list[_Message] = []
    newest: dict[Hashable, _Message] = {}
    for part in sorted(parts, key=lambda part: part.received_at):
        key = (part.sender, part.concat.reference, part.concat.wide, part.concat.total)
        message = newest.get(key)
        if message is None or not message.fits(part):
            message = newest[key] = _Message(part)
            messages.append(message)
        message.add(part)
    return [message.assembled() for message in messages]
