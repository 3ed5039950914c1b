"""What the control socket of the modems understands: one function an operation."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateways.simulated import texting
from gateways.simulated.asking import BadRequestError, Later, dispatch
from gateways.simulated.faults import POINTS, Value
from gateways.simulated.network import Delivery, resolve
from gateways.simulated.simulation import Simulation
from gateways.simulated.texting import Texting
from gateways.simulated.unit import Unit


@dataclass(slots=True)
class Desk:
    """What operations work on."""

    simulation: Simulation
    recent: deque[dict[str, Any]]  # events, newest last
    references: int = 0  # for the texts of phones


def answer(desk: Desk, request: object, now: float) -> object:
    """Do what a request asks; a `Later` if it is to wait.

    Raises:
        BadRequestError: it asks for nothing that there is.
    """
    return dispatch(OPERATIONS, desk, request, now)


def _text(  # noqa: PLR0913  a request has as many fields
    desk: Desk, now: float, *, sender: str, to: str, text: str, how: dict[str, Any]
) -> int:
    """A phone texts a modem; returns the number of segments."""
    texting_how = Texting(**how)
    desk.references += 1
    reference = desk.references % (0x10000 if texting_how.wide_reference else 0x100)
    data = texting.segments(text, reference, texting_how)
    number = _number(desk, to)
    for each in data:
        desk.simulation.network.text(sender, number, each, now, pid=texting_how.pid)
    return len(data)


def _pdu(desk: Desk, now: float, to: str, hex: str) -> None:  # noqa: A002  the protocol's word
    """Something hands a modem this PDU, whatever it is."""
    pdu = bytes.fromhex(hex)
    if not pdu:
        raise BadRequestError("hex digits are needed")
    facts = {"from": "", "text": None, "concat": None, "pdu": hex}
    desk.simulation.network.deliver(Delivery(_number(desk, to), "", pdu, facts), now)


def _phone(desk: Desk, _now: float, number: str) -> list[dict[str, Any]]:
    return desk.simulation.network.phone(resolve(number)).as_json()


def _phones(desk: Desk, _now: float) -> list[str]:
    return sorted(desk.simulation.network.phones)


def _phone_off(desk: Desk, _now: float, number: str) -> None:
    desk.simulation.network.switch_off(resolve(number))


def _phone_on(desk: Desk, now: float, number: str) -> None:
    desk.simulation.network.switch_on(resolve(number), now)


def _wait_for(desk: Desk, _now: float, number: str, count: int, timeout_s: float) -> Later:
    phone = desk.simulation.network.phone(resolve(number))

    def ask() -> list[dict[str, Any]] | None:
        messages = phone.complete()
        return messages if len(messages) >= int(count) else None

    return Later(ask, float(timeout_s), lambda: f"{len(phone.complete())} of {count} came")


def _wait_event(
    desk: Desk, _now: float, match: dict[str, Any], timeout_s: float, since: float
) -> Later:
    def ask() -> dict[str, Any] | None:
        late = (each for each in desk.recent if each["at"] >= since)
        return next((each for each in late if match.items() <= each.items()), None)

    return Later(ask, float(timeout_s), lambda: f"no {match.get('event')} came")


def _wait_held(desk: Desk, _now: float, modem: str, timeout_s: float) -> Later:
    unit = _unit(desk, modem)
    return Later(lambda: unit.held, float(timeout_s), lambda: f"{modem} is not held")


def _fault(  # noqa: PLR0913  a request has as many fields
    desk: Desk, now: float, *, modem: str, name: str, times: int | None, given: dict[str, Value]
) -> None:
    if name == "hold" and given.get("point", "taken") not in POINTS:
        raise BadRequestError(f"hold knows the points {', '.join(POINTS)}")
    desk.simulation.fault(_unit(desk, modem).config.name, name, given, times, now)


def _clear_faults(desk: Desk, now: float, modem: str) -> None:
    desk.simulation.clear_faults(_unit(desk, modem).config.name, now)


def _release(desk: Desk, now: float, modem: str) -> None:
    desk.simulation.release(_unit(desk, modem).config.name, now)


def _unplug(desk: Desk, _now: float, modem: str) -> None:
    desk.simulation.unplug(_unit(desk, modem).config.name)


def _plug(desk: Desk, now: float, modem: str) -> None:
    desk.simulation.plug(_unit(desk, modem).config.name, now)


def _reboot(desk: Desk, now: float, modem: str, *, drop: bool = False, down_s: float = 1.0) -> None:
    desk.simulation.reboot(_unit(desk, modem).config.name, now, drop=drop, down_s=down_s)


def _call(desk: Desk, now: float, sender: str, to: str, rings: int = 1) -> None:
    desk.simulation.call(_unit(desk, to).config.name, sender, rings, now)


def _state(desk: Desk, _now: float, modem: str) -> dict[str, Any]:
    unit = _unit(desk, modem)
    memories = unit.modem.memories
    return {
        "name": unit.config.name,
        "number": unit.config.number,
        "plugged": unit.plugged,
        "registered": unit.modem.registered,
        "in_text": unit.modem.lexer.in_text,
        "held": unit.held,
        "busy": sorted(unit.waits),
        "pin_tries": unit.modem.sim.pin_tries,
        "faults": unit.modem.faults.names(),
        "waiting": desk.simulation.network.waiting(unit.config.number),
        "used": {name: len(memory.slots) for name, memory in memories.items()},
        "slots": {name: memory.capacity for name, memory in memories.items()},
        "stored": [
            {"memory": name, "slot": slot, "state": stored.state, "pdu": stored.pdu.hex().upper()}
            for name, memory in memories.items()
            for slot, stored in sorted(memory.slots.items())
        ],
        **unit.counters,
    }


def _modems(desk: Desk, _now: float) -> list[dict[str, str]]:
    units = desk.simulation.units.values()
    return [{"name": unit.config.name, "number": unit.config.number} for unit in units]


def _unit(desk: Desk, modem: str) -> Unit:
    """Find a modem by its name or number."""
    for unit in desk.simulation.units.values():
        if modem in {unit.config.name, unit.config.number}:
            return unit
    raise BadRequestError(f"no such modem; known: {', '.join(desk.simulation.units)}")


def _number(desk: Desk, modem: str) -> str:
    return _unit(desk, modem).config.number


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "text": _text,
    "pdu": _pdu,
    "phone": _phone,
    "phones": _phones,
    "phone_off": _phone_off,
    "phone_on": _phone_on,
    "wait_for": _wait_for,
    "wait_event": _wait_event,
    "wait_held": _wait_held,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "release": _release,
    "unplug": _unplug,
    "plug": _plug,
    "reboot": _reboot,
    "call": _call,
    "state": _state,
    "modems": _modems,
}
