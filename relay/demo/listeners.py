"""The listeners: people with the stock Meshtastic app, and what it shows them."""

from dataclasses import dataclass

from gateways.simulated.client import Json
from gateways.simulated.radio.client import Mesh
from relay.demo.mesh import CHANNEL, PUBLIC, RADIO
from relay.demo.screen import Screen

COLUMNS = 64
WAIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody with a radio and the stock app."""

    name: str
    phone: str


class Listeners:
    """Shows what people on a mesh ask and see."""

    def __init__(self, mesh: Mesh, people: tuple[Listener, ...], screen: Screen) -> None:
        self._mesh = mesh
        self._people = people
        self._screen = screen
        self._heard = 0
        self._answered: dict[Listener, int] = {}  # direct messages before the last question

    def expect(self) -> str:
        """Wait until all have one packet more on our channel, and show it; its text."""
        self._heard += 1
        shown = [
            self._mesh.wait_for(one.phone, self._heard, WAIT_S, channel=CHANNEL)[self._heard - 1]
            for one in self._people
        ]
        names = ", ".join(one.name for one in self._people)
        text = str(shown[0]["text"])
        title = f"{names} (mesh, channel {CHANNEL}) - {self._weight(shown[0]['id'])}"
        self._screen.frame(title, text, COLUMNS)
        return text

    def expect_in_public(self, text: str) -> None:
        """Wait until all have the same text on the public channel, and say so."""
        for one in self._people:
            self._mesh.wait_for(one.phone, 1, WAIT_S, channel=PUBLIC, text=text)
        self._screen.event("the same once on the public channel, as lives are in danger")

    def ask(self, listener: Listener, words: str) -> None:
        """Somebody sends the node a direct message."""
        self._screen.event(f"{listener.name}, by direct message: {words}")
        self._answered[listener] = len(direct_messages(self._mesh, listener.phone))
        self._mesh.direct(listener.phone, RADIO, words)

    def expect_answer(self, listener: Listener) -> None:
        """Wait until the answer is there, and the node knows that it is; show it."""
        known = self._answered[listener]
        packet = self._mesh.wait_for(listener.phone, known + 1, WAIT_S, channel=None)[known]
        self._acknowledged(listener, packet["id"])
        title = f"{listener.name} (direct message) - {self._weight(packet['id'])}, acknowledged"
        self._screen.frame(title, packet["text"], COLUMNS)

    def _acknowledged(self, listener: Listener, packet: int) -> None:
        """Wait for the recipient's own word, which the relay carries back."""
        recipient = self._mesh.node_id(listener.phone)
        self._mesh.wait_event("verdict", WAIT_S, radio=RADIO, id=packet, by=recipient)

    def _weight(self, packet: int) -> str:
        """How long a packet of the node is, and for how long each copy is on the air."""
        sent = self._mesh.wait_event("sent", WAIT_S, node=RADIO, id=packet)
        return f"{sent['octets']} octets, {sent['air_ms'] / 1000:.2f} s on air"


def direct_messages(mesh: Mesh, phone: str) -> list[Json]:
    """The direct messages that a phone shows, oldest first."""
    return [one for one in mesh.shown(phone) if one["channel"] is None]
