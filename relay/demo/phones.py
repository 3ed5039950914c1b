"""The phones: each person's screen, drawn as messages come."""

import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateways.simulated.client import Air

COLUMNS = 44
WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a phone."""

    name: str
    number: str
    says: str


class Phones:
    """Shows what the people on an air send and see; `say` prints a line."""

    def __init__(self, air: Air, owners: tuple[Owner, ...], say: Callable[[str], None]) -> None:
        self._air = air
        self._say = say
        self._seen = dict.fromkeys((owner.number for owner in owners), 0)
        self._began = time.monotonic()

    def text(self, owner: Owner, modem: str, words: str) -> None:
        """Somebody texts the node."""
        self._say(f"{self._clock()}  {owner.name} texts: {words}")
        self._air.text(owner.number, modem, words)

    def expect(self, owner: Owner, more: int = 1) -> None:
        """Wait until a phone has that many messages more than were shown, and show them."""
        count = self._seen[owner.number] + more
        shown = self._air.wait_for(owner.number, count, WAIT_S)
        for message in shown[self._seen[owner.number] :]:
            self._draw(owner, message["text"], message["segments"])
        self._seen[owner.number] = len(shown)

    def count(self, owner: Owner) -> int:
        """How many messages a phone has shown."""
        return len(self._air.phone(owner.number))

    def _clock(self) -> str:
        return f"{time.monotonic() - self._began:5.1f} s"

    def _draw(self, owner: Owner, text: str, segments: int) -> None:
        title = f" {owner.name} ({owner.says}) - {segments} SMS "
        self._say(f"{self._clock()}  +{title.center(COLUMNS + 2, '-')}+")
        for line in text.split("\n"):
            for row in textwrap.wrap(line, COLUMNS) or [""]:
                self._say(f"{'':9}| {row.ljust(COLUMNS)} |")
        self._say(f"{'':9}+{'-' * (COLUMNS + 2)}+")
