"""What the control socket of a mesh understands: one function an operation."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateways.simulated.asking import BadRequestError, Later, dispatch
from gateways.simulated.faults import Value
from gateways.simulated.radio import telemetry, tuning
from gateways.simulated.radio.faults import POINTS
from gateways.simulated.radio.node import Node
from gateways.simulated.radio.person import Person, Writing
from gateways.simulated.radio.settings import ChannelConfig
from gateways.simulated.radio.simulation import Simulation
from gateways.simulated.radio.unit import Radio

MOST_OCTETS = 237  # more fits no frame of the mesh; what apps allow is less

_NUMBERS = 1 << 32


@dataclass(slots=True)
class Desk:
    """What operations work on."""

    simulation: Simulation
    address: Callable[[str], str]  # of a radio, by name
    recent: deque[dict[str, Any]]  # events, newest last


def answer(desk: Desk, request: object, now: float) -> object:
    """Do what a request asks; a `Later` if it is to wait.

    Raises:
        BadRequestError: it asks for nothing that there is.
    """
    return dispatch(OPERATIONS, desk, request, now)


def _say(  # noqa: PLR0913  a request has as many fields
    desk: Desk, now: float, *, phone: str, text: str, channel: str | int, how: dict[str, int]
) -> int:
    """Let a person write to all on a channel; return the packet's id."""
    person = _person(desk, phone)
    _check(text)
    hops = {"hop_limit": person.config.hop_limit}
    return person.text(text, Writing(channel=_channel(person, channel), **{**hops, **how}), now)


def _direct(  # noqa: PLR0913  a request has as many fields
    desk: Desk, now: float, *, phone: str, to: str, text: str, how: dict[str, int]
) -> int:
    """Let a person write to one node; return the packet's id."""
    person = _person(desk, phone)
    _check(text)
    usual = {"hop_limit": person.config.hop_limit, "want_ack": True}
    # Who has no key (firmware before 2.5) uses the primary channel's.
    channel = None if person.config.key_known else person.node.channels[0]
    how = {"to": _number(desk, to), **usual, **how}
    return person.text(text, Writing(channel=channel, **how), now)


def _check(text: str) -> None:
    """Refuse what no app lets people write."""
    octets = len(text.encode())
    if octets > MOST_OCTETS:
        raise BadRequestError(f"a text of {octets} octets; {MOST_OCTETS} are the most")


def _announce(desk: Desk, now: float, phone: str, changes: dict[str, str | bool]) -> int:
    """Let a phone tell its name and key, changed or not; return the packet's id."""
    person = _person(desk, phone)
    for name, value in changes.items():
        if name not in {"long_name", "short_name", "is_unmessagable"}:
            raise BadRequestError(f"a phone cannot change its {name}")
        setattr(person.user, name, value)
    return person.announce(now)


def _shown(desk: Desk, _now: float, phone: str) -> list[dict[str, Any]]:
    return _on_screen(_person(desk, phone), {})


def _wait_for(
    desk: Desk, _now: float, phone: str, count: int, match: dict[str, Any], timeout_s: float
) -> Later:
    person = _person(desk, phone)

    def ask() -> list[dict[str, Any]] | None:
        shown = _on_screen(person, match)
        return shown if len(shown) >= count else None

    def otherwise() -> str:
        return f"{len(_on_screen(person, match))} of {count} came"

    return Later(ask, timeout_s, otherwise)


def _wait_event(
    desk: Desk, _now: float, match: dict[str, Any], timeout_s: float, since: float
) -> Later:
    def ask() -> dict[str, Any] | None:
        late = (each for each in desk.recent if each["at"] >= since)
        return next((each for each in late if match.items() <= each.items()), None)

    return Later(ask, timeout_s, lambda: f"no {match.get('event')} came")


def _wait_held(desk: Desk, _now: float, radio: str, timeout_s: float) -> Later:
    one = _radio(desk, radio)
    return Later(lambda: one.held, timeout_s, lambda: f"{radio} is not held")


def _fault(
    desk: Desk, _now: float, *, radio: str, name: str, times: int | None, given: dict[str, Value]
) -> None:
    if name == "hold" and given.get("point", "taken") not in POINTS:
        raise BadRequestError(f"hold knows the points {', '.join(POINTS)}")
    desk.simulation.fault(_radio(desk, radio).name, name, given, times)


def _clear_faults(desk: Desk, now: float, radio: str) -> None:
    desk.simulation.clear_faults(_radio(desk, radio).name, now)


def _release(desk: Desk, now: float, radio: str) -> None:
    desk.simulation.release(_radio(desk, radio).name, now)


def _unplug(desk: Desk, now: float, radio: str) -> None:
    desk.simulation.unplug(_radio(desk, radio).name, now)


def _plug(desk: Desk, _now: float, radio: str) -> None:
    desk.simulation.plug(_radio(desk, radio).name)


def _reboot(desk: Desk, now: float, radio: str, down_s: float = 1.0) -> None:
    desk.simulation.reboot(_radio(desk, radio).name, down_s, now)


def _set_deaf(desk: Desk, _now: float, node: str, *, deaf: bool) -> None:
    _node(desk, node).antenna.deaf = deaf


def _set_utilization(desk: Desk, now: float, radio: str, percent: float | None) -> None:
    one = _radio(desk, radio)
    one.utilization = percent
    telemetry.tell(one, now)


def _set_loss(desk: Desk, _now: float, loss: float) -> None:
    if not 0 <= loss <= 1:
        raise BadRequestError("loss is from 0 to 1")
    desk.simulation.medium.loss = loss


def _set_config(desk: Desk, _now: float, radio: str, settings: dict[str, Any]) -> None:
    tuning.tune(_radio(desk, radio), settings)


def _forget_key(desk: Desk, _now: float, radio: str, node: str) -> None:
    _radio(desk, radio).known.forget_key(_number(desk, node))


def _state(desk: Desk, now: float, radio: str) -> dict[str, Any]:
    one = _radio(desk, radio)
    return {
        "name": one.name,
        "id": one.config.node_id,
        "number": one.node.number,
        "address": desk.address(one.name),
        "up": one.up,
        "client": one.way,
        "configured": one.session.configured,
        "held": one.held,
        "free": one.node.free,
        "kept": len(one.kept),
        "utilization": telemetry.utilization(one, now),
        "faults": one.faults.names(),
    }


def _nodes(desk: Desk, _now: float) -> list[dict[str, Any]]:
    return [
        {"name": name, "number": node.number, "id": node.config.node_id}
        for name, node in desk.simulation.nodes().items()
    ]


def _on_screen(person: Person, match: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in person.shown if match.items() <= each.items()]


def _radio(desk: Desk, name: str) -> Radio:
    radios = desk.simulation.radios
    if name not in radios:
        raise BadRequestError(f"no such radio; known: {', '.join(radios)}")
    return radios[name]


def _person(desk: Desk, name: str) -> Person:
    people = desk.simulation.people
    if name not in people:
        raise BadRequestError(f"no such phone; known: {', '.join(people)}")
    return people[name]


def _node(desk: Desk, name: str) -> Node:
    nodes = desk.simulation.nodes()
    if name not in nodes:
        raise BadRequestError(f"no such node; known: {', '.join(nodes)}")
    return nodes[name]


def _number(desk: Desk, node: str) -> int:
    """Return a node's number, by its id (which need not exist) or its name."""
    return int(node[1:], 16) % _NUMBERS if node.startswith("!") else _node(desk, node).number


def _channel(person: Person, channel: str | int) -> ChannelConfig:
    """Return a phone's channel by name or index."""
    for index, each in enumerate(person.node.channels):
        if channel in {index, each.name}:
            return each
    raise BadRequestError("no such channel; they go by name or index")


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "say": _say,
    "direct": _direct,
    "announce": _announce,
    "shown": _shown,
    "wait_for": _wait_for,
    "wait_event": _wait_event,
    "wait_held": _wait_held,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "release": _release,
    "unplug": _unplug,
    "plug": _plug,
    "reboot": _reboot,
    "set_deaf": _set_deaf,
    "set_utilization": _set_utilization,
    "set_loss": _set_loss,
    "set_config": _set_config,
    "forget_key": _forget_key,
    "state": _state,
    "nodes": _nodes,
}
