"""Radios, people and relays on one air, without I/O.

The server feeds octets and requests in and carries octets out; all that
happens later is booked with the agenda.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from gateways.simulated.agenda import Agenda
from gateways.simulated.faults import Value
from gateways.simulated.radio import hearing, telemetry
from gateways.simulated.radio.medium import Medium, Record
from gateways.simulated.radio.node import Node
from gateways.simulated.radio.person import Person
from gateways.simulated.radio.protobufs import FromRadio
from gateways.simulated.radio.settings import MeshConfig
from gateways.simulated.radio.unit import TCP, TTY, Lines, Radio


class Ports(Lines, Protocol):
    """The outside of the simulation: a TCP port and a tty for each radio."""

    def open(self, name: str) -> None:
        """Open the TCP port of radio `name`."""
        ...

    def shut(self, name: str) -> None:
        """Close the TCP port of radio `name`, and the connection."""
        ...

    def freeze(self, name: str, *, frozen: bool) -> None:
        """Neither read, write nor accept on the TCP port of radio `name`, or do again."""
        ...

    def plug(self, name: str) -> None:
        """Make the tty of radio `name`."""
        ...

    def unplug(self, name: str) -> None:
        """Take the tty of radio `name` away."""
        ...


class Simulation:
    """One air with all that is on it."""

    def __init__(self, config: MeshConfig, ports: Ports, record: Record) -> None:
        self.config = config
        self.agenda = Agenda()
        self.record = record
        self.medium = Medium(config, self.agenda, record)
        self._ports = ports
        self.radios = {
            each.name: Radio(
                each, [other for other in config.nodes if other is not each], self.medium, ports
            )
            for each in config.radios
        }
        self.people = {each.name: Person(each, self.medium) for each in config.phones}
        self.relays = {each.name: Node(each, self.medium) for each in config.relays}

    def begin(self, now: float) -> None:
        """Start what goes on by itself."""
        for radio in self.radios.values():
            telemetry.begin(radio, now)

    def nodes(self) -> dict[str, Node]:
        """Return all nodes by name."""
        radios = {name: radio.node for name, radio in self.radios.items()}
        people = {name: person.node for name, person in self.people.items()}
        return {**radios, **people, **self.relays}

    def connected(self, name: str, now: float) -> None:
        """Let a client come by TCP."""
        radio = self.radios[name]
        radio.meet(TCP, now)
        self._watch(radio, now)

    def disconnected(self, name: str, now: float) -> None:
        """Let the client that came by TCP go."""
        if self.radios[name].way == TCP:
            self.radios[name].lose(now)

    def hear(self, name: str, way: str, octets: bytes, now: float) -> None:
        """Take what the client wrote to a radio."""
        hearing.hear(self.radios[name], way, octets, now)

    def fault(self, name: str, fault: str, given: Mapping[str, Value], times: int | None) -> None:
        """Let something go wrong with a radio.

        Raises:
            UnknownFaultError: no such fault or argument.
        """
        self.radios[name].faults.add(fault, given, times)
        if fault == "half_open":
            self._ports.freeze(name, frozen=True)

    def clear_faults(self, name: str, now: float) -> None:
        """Let everything go right again."""
        radio = self.radios[name]
        radio.faults.clear()
        self._ports.freeze(name, frozen=False)
        hearing.pump(radio, now)

    def release(self, name: str, now: float) -> None:
        """Let a held radio go on."""
        hearing.release(self.radios[name], now)

    def unplug(self, name: str, now: float) -> None:
        """Take a radio away: its port is closed, its tty is gone, the air does not reach it."""
        self._power_off(self.radios[name], now)
        self._ports.unplug(name)

    def plug(self, name: str) -> None:
        """Put a radio back, as after power on."""
        self._ports.plug(name)
        self._power_on(self.radios[name])

    def reboot(self, name: str, down_s: float, now: float) -> None:
        """Restart a radio: TCP is down for a while, on the tty it says that it restarted."""
        radio = self.radios[name]
        way = radio.way
        self._power_off(radio, now)
        self.medium.at(now + down_s, partial(self._come_up, radio, way))

    def _power_off(self, radio: Radio, now: float) -> None:
        radio.up = False
        radio.node.antenna.deaf = True
        radio.lose(now)
        radio.forget()
        self._ports.shut(radio.name)

    def _power_on(self, radio: Radio) -> None:
        radio.up = True
        radio.node.antenna.deaf = False
        radio.configuration.reboots += 1
        self._ports.open(radio.name)

    def _come_up(self, radio: Radio, way: str | None, now: float) -> None:
        self._power_on(radio)
        if way == TTY:
            radio.meet(TTY, now)
            radio.tell(FromRadio(rebooted=True))

    def _watch(self, radio: Radio, now: float) -> None:
        """See to it that a client that says nothing is hung up on."""
        due = now + radio.config.client_silence_s
        self.medium.at(due, partial(self._tire, radio, radio.session))

    def _tire(self, radio: Radio, session: object, now: float) -> None:
        if radio.session is not session or radio.way != TCP:
            return
        if now - radio.spoken_at < radio.config.client_silence_s:
            self._watch(radio, radio.spoken_at)
            return
        self._ports.hang_up(radio.name)
        radio.lose(now)
