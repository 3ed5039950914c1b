"""A modem in its place, and the stage that the acts on it play on."""

from typing import Protocol

from gateways.simulated.agenda import Act, Agenda
from gateways.simulated.modem import Action, Modem
from gateways.simulated.network import Delivery, Network, Record
from gateways.simulated.settings import ModemConfig, SimulationConfig


class Unit:
    """A modem in its place on the air."""

    def __init__(self, config: ModemConfig, modem: Modem) -> None:
        self.config = config
        self.modem = modem
        self.plugged = True
        self.boots = 0  # what was booked before a restart is void
        self.reference = 0  # the next TP-MR
        self.waits: set[str] = set()  # why it does not read its input
        self.held: str | None = None  # the point where it is stopped
        self.resume: Act | None = None
        self.unacknowledged: Delivery | None = None
        self.silent_until = 0.0  # output is booked up to here
        self.counters = dict.fromkeys(("submitted", "refused", "delivered", "reports"), 0)


class Stage(Protocol):
    """What the acts of sending, receiving and calling may use."""

    config: SimulationConfig
    agenda: Agenda
    record: Record
    network: Network

    def say(self, unit: Unit, octets: bytes, now: float) -> None:
        """Write to the host of a modem."""
        ...

    def do(self, unit: Unit, actions: list[Action], now: float) -> None:
        """Carry out what a modem wants."""
        ...

    def pump(self, unit: Unit, now: float) -> None:
        """Let a modem read on."""
        ...


def at_point(stage: Stage, unit: Unit, point: str, now: float, then: Act) -> None:
    """Go on with `then`, or stop here until released if a fault says so."""
    if not unit.modem.faults.happens("hold", point=point):
        then(now)
        return
    unit.waits.add("hold")
    unit.held, unit.resume = point, then
    stage.record("held", now, modem=unit.config.name, point=point)
