"""A phone on the air: it puts the segments together and shows messages."""

from dataclasses import dataclass, field
from typing import Any

from gateways.simulated.fields import Concat
from gateways.simulated.tpdu import Submit

REUSE_AFTER_S = 3600.0  # the same part this much later belongs to a new message


@dataclass(slots=True)
class Shown:
    """One message as the phone has it so far."""

    sender: str
    concat: Concat | None
    first: Submit
    received_at: float
    parts: dict[int, str] = field(default_factory=dict)
    duplicates: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many segments the message has."""
        return self.concat.total if self.concat else 1

    @property
    def complete(self) -> bool:
        """Whether all segments are there."""
        return len(self.parts) == self.total

    def as_json(self) -> dict[str, Any]:
        """Say what the phone shows."""
        return {
            "from": self.sender,
            "text": "".join(self.parts[place] for place in sorted(self.parts)),
            "received_at": self.received_at,
            "segments": len(self.parts),
            "total": self.total,
            "complete": self.complete,
            "duplicates": self.duplicates,
            "class": self.first.message_class,
            "validity_s": self.first.validity_s,
            "alphabet": str(self.first.alphabet),
        }


class Phone:
    """All that one number has received, oldest first."""

    def __init__(self) -> None:
        self.messages: list[Shown] = []
        self._joined: dict[tuple[str, int, int, bool], Shown] = {}

    def receive(self, sender: str, submit: Submit, now: float) -> None:
        """Take one segment off the air."""
        text = submit.text if submit.text is not None else submit.data.octets.hex()
        concat = submit.concat
        place = concat.sequence if concat else 1
        shown = self._message(sender, submit, now, place, text)
        if shown.parts.get(place) == text:
            shown.duplicates.append(place)
        shown.parts[place] = text
        shown.received_at = now

    def complete(self) -> list[dict[str, Any]]:
        """Return the messages of which every segment is there."""
        return [shown.as_json() for shown in self.messages if shown.complete]

    def as_json(self) -> list[dict[str, Any]]:
        """Return every message, whole or not."""
        return [shown.as_json() for shown in self.messages]

    def _message(self, sender: str, submit: Submit, now: float, place: int, text: str) -> Shown:
        """Find the message that the segment belongs to, or begin one."""
        concat = submit.concat
        if concat is None:
            return self._begin(sender, submit, now)
        key = (sender, concat.reference, concat.total, concat.wide)
        shown = self._joined.get(key)
        if shown is None or _reused(shown, place, text, now):
            shown = self._joined[key] = self._begin(sender, submit, now)
        return shown

    def _begin(self, sender: str, submit: Submit, now: float) -> Shown:
        shown = Shown(sender, submit.concat, submit, now)
        self.messages.append(shown)
        return shown


def _reused(shown: Shown, place: int, text: str, now: float) -> bool:
    """Say whether the part belongs to a later message of the same reference."""
    there = shown.parts.get(place)
    return there is not None and (there != text or now - shown.received_at > REUSE_AFTER_S)
