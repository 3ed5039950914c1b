"""Modems on an air, without I/O: who is told what, and when.

The server feeds octets and requests in and carries octets out; all that
happens later is booked with the agenda.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from gateways.simulated import call_commands, calling, commands, receiving, sending, sms_commands
from gateways.simulated.agenda import Agenda
from gateways.simulated.faults import Value, acts_at_once, arguments_of
from gateways.simulated.lexer import Heard
from gateways.simulated.modem import (
    Acknowledged,
    Action,
    AskText,
    Modem,
    RadioChanged,
    Removed,
    Restart,
    Say,
    Text,
    Ussd,
    point_of,
)
from gateways.simulated.network import Network, Record
from gateways.simulated.settings import SimulationConfig
from gateways.simulated.unit import Unit, at_point

BANNER = b"\r\n^SYSSTART\r\n"
_TABLE = {**commands.TABLE, **call_commands.TABLE, **sms_commands.TABLE}


class Ports(Protocol):
    """The outside of the simulation: one tty a modem."""

    def write(self, name: str, octets: bytes) -> None:
        """Write to the host of modem `name`, if one is there."""
        ...

    def plug(self, name: str) -> None:
        """Make the tty of modem `name`."""
        ...

    def unplug(self, name: str) -> None:
        """Take the tty of modem `name` away."""
        ...


class Simulation:
    """One air with its modems."""

    def __init__(self, config: SimulationConfig, ports: Ports, record: Record) -> None:
        self.config = config
        self.agenda = Agenda()
        self.record = record
        self.network = Network(config, self.agenda, record)
        self._ports = ports
        self.units: dict[str, Unit] = {}
        for each in config.modems:
            modem = Modem(each, config.smsc, config.zone_quarters, _TABLE)
            unit = self.units[each.name] = Unit(each, modem)
            self.network.join(each.number, partial(receiving.offer, self, unit))

    def hear(self, name: str, octets: bytes, now: float) -> None:
        """Take what the host wrote to a modem."""
        unit = self.units[name]
        unit.modem.lexer.feed(octets)
        self.pump(unit, now)

    def pump(self, unit: Unit, now: float) -> None:
        """Let the modem read on, as far as it is free to."""
        while not unit.waits:
            heard = unit.modem.lexer.next()
            if heard is None:
                return
            act = partial(self._answer, unit, heard)
            point = point_of(heard)
            if point:
                at_point(self, unit, point, now, act)
            else:
                act(now)

    def _answer(self, unit: Unit, heard: Heard, now: float) -> None:
        if self.config.log_commands:
            said = heard.octets.decode("latin-1")
            self.record("command", now, modem=unit.config.name, octets=said)
        self.do(unit, unit.modem.hear(heard, now), now)

    def do(self, unit: Unit, actions: list[Action], now: float) -> None:
        """Carry out what a modem wants."""
        for action in actions:
            self._do(unit, action, now)

    def say(self, unit: Unit, octets: bytes, now: float) -> None:
        """Write to the host: at once, or octet by octet if the modem is slow."""
        slow = unit.modem.faults.take("slow")
        pace_s = float(slow["octet_s"]) if slow else 0.0
        if not pace_s and unit.silent_until <= now:
            self._ports.write(unit.config.name, octets)
            return
        pieces = [bytes([octet]) for octet in octets] if pace_s else [octets]
        for piece in pieces:
            unit.silent_until = max(now, unit.silent_until) + pace_s
            write = partial(self._write_booked, unit, unit.boots, piece)
            self.agenda.at(unit.silent_until, write)

    def fault(
        self, name: str, fault: str, given: Mapping[str, Value], times: int | None, now: float
    ) -> None:
        """Let something go wrong with a modem.

        Raises:
            UnknownFaultError: no such fault or argument.
        """
        unit = self.units[name]
        arguments = arguments_of(fault, given)
        if not acts_at_once(fault):
            unit.modem.faults.add(fault, arguments, times)
        elif fault == "noise":
            self.say(unit, bytes.fromhex(str(arguments["octets_hex"])), now)
        elif fault == "hang":
            self._hang(unit, float(arguments["for_s"]), now)
        else:
            unit.modem.sim.lock(str(arguments["pin"]))

    def clear_faults(self, name: str, now: float) -> None:
        """Let everything go right again."""
        unit = self.units[name]
        unit.modem.faults.clear()
        self.do(unit, unit.modem.flush(), now)
        self.network.retry(unit.config.number, now)

    def release(self, name: str, now: float) -> None:
        """Let a held modem go on."""
        unit = self.units[name]
        resume, unit.resume, unit.held = unit.resume, None, None
        unit.waits.discard("hold")
        if resume:
            resume(now)
        self.pump(unit, now)

    def unplug(self, name: str) -> None:
        """Take a modem out: its tty is gone, the network does not reach it."""
        unit = self.units[name]
        unit.plugged = False
        self._forget(unit)
        self._ports.unplug(name)

    def plug(self, name: str, now: float) -> None:
        """Put a modem back, as after power on."""
        unit = self.units[name]
        unit.plugged = True
        self._ports.plug(name)
        self.network.retry(unit.config.number, now)

    def reboot(self, name: str, now: float, *, drop: bool, down_s: float) -> None:
        """Restart a modem: with `drop` its tty goes away for `down_s`."""
        if drop:
            self.unplug(name)
            self.agenda.at(now + down_s, partial(self.plug, name))
            return
        unit = self.units[name]
        self._forget(unit)
        self.say(unit, BANNER, now)
        self.network.retry(unit.config.number, now)

    def call(self, name: str, sender: str, rings: int, now: float) -> None:
        """Let a modem ring."""
        unit = self.units[name]
        unit.modem.caller = sender
        calling.ring(self, unit, sender, rings, now)

    def _do(self, unit: Unit, action: Action, now: float) -> None:
        match action:
            case Say(octets):
                self.say(unit, octets, now)
            case AskText():
                sending.prompt(self, unit, now)
            case Text(tpdu, wrong):
                sending.text(self, unit, tpdu, wrong, now)
            case Removed(memory, slots):
                for slot in slots:
                    facts: dict[str, Any] = {"modem": unit.config.name, "memory": memory}
                    self.record("deleted", now, **facts, slot=slot)
                self.network.retry(unit.config.number, now)
            case Acknowledged():
                unit.unacknowledged = None
                self.network.retry(unit.config.number, now)
            case Ussd(code):
                calling.dial_ussd(self, unit, code, now)
            case RadioChanged():
                self.network.retry(unit.config.number, now)
            case Restart():
                self.agenda.at(
                    now, lambda at: self.reboot(unit.config.name, at, drop=False, down_s=0)
                )

    def _hang(self, unit: Unit, for_s: float, now: float) -> None:
        unit.waits.add("hang")
        unit.silent_until = now + for_s
        self.agenda.at(now + for_s, partial(self._wake, unit))

    def _wake(self, unit: Unit, now: float) -> None:
        unit.waits.discard("hang")
        self.pump(unit, now)

    def _forget(self, unit: Unit) -> None:
        """What a restart does to a modem."""
        unit.boots += 1
        unit.waits.clear()
        unit.held, unit.resume, unit.unacknowledged = None, None, None
        unit.silent_until = 0.0
        unit.modem.forget()
        unit.modem.sim.lock()

    def _write_booked(self, unit: Unit, boots: int, octets: bytes, _now: float) -> None:
        if unit.boots == boots:
            self._ports.write(unit.config.name, octets)
