"""The phones: what people text, and what they get by SMS, shown as it comes."""

from dataclasses import dataclass

from gateways.simulated.client import Air
from relay.demo.screen import Screen

COLUMNS = 44
WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a phone."""

    name: str
    number: str
    says: str


class Phones:
    """Shows what the people on an air send and see."""

    def __init__(self, air: Air, owners: tuple[Owner, ...], screen: Screen) -> None:
        self._air = air
        self._screen = screen
        self._seen = dict.fromkeys((owner.number for owner in owners), 0)

    def text(self, owner: Owner, modem: str, words: str) -> None:
        """Somebody texts the node."""
        self._screen.event(f"{owner.name} texts: {words}")
        self._air.text(owner.number, modem, words)

    def expect(self, owner: Owner, more: int = 1) -> None:
        """Wait until a phone has that many messages more than were shown, and show them."""
        count = self._seen[owner.number] + more
        shown = self._air.wait_for(owner.number, count, WAIT_S)
        for message in shown[self._seen[owner.number] :]:
            title = f"{owner.name} ({owner.says}) - {message['segments']} SMS"
            self._screen.frame(title, message["text"], COLUMNS)
        self._seen[owner.number] = len(shown)

    def count(self, owner: Owner) -> int:
        """How many messages a phone has shown."""
        return len(self._air.phone(owner.number))
