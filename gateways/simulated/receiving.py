"""How a message from the network gets to the host: stored or direct.

Where it goes is for +CNMI to say (TS 27.005 3.4.1); what a full SIM
refuses stays with the network.
"""

from functools import partial

from gateways.simulated.modem import Route
from gateways.simulated.network import Delivery
from gateways.simulated.unit import Stage, Unit


def offer(stage: Stage, unit: Unit, delivery: Delivery, now: float) -> bool:
    """Offer a message to a modem; say whether it is off the network's hands."""
    if not unit.plugged or not unit.modem.registered or unit.unacknowledged:
        return False
    route = unit.modem.route(report=delivery.report, message_class=delivery.message_class)
    memory, slot = None, None
    if route is Route.STORE:
        place = unit.modem.store(delivery.pdu, report=delivery.report)
        if place is None:
            _refuse(stage, unit, delivery, now)
            return False
        memory, slot = place
    facts = {**delivery.facts, "memory": memory, "slot": slot}
    stage.record(
        _event(delivery), now, modem=unit.config.name, direct=route is Route.DIRECT, **facts
    )
    unit.counters["reports" if delivery.report else "delivered"] += 1
    if route is Route.DIRECT:
        _direct(stage, unit, delivery, now)
    elif route is Route.STORE and (delivery.report or unit.modem.cnmi[1]):
        head = "+CDSI" if delivery.report else "+CMTI"
        stage.do(unit, unit.modem.unsolicited(f'{head}: "{memory}",{slot}'), now)
    return True


def _event(delivery: Delivery) -> str:
    return "report" if delivery.report else "deliver"


def _refuse(stage: Stage, unit: Unit, delivery: Delivery, now: float) -> None:
    if not delivery.refused:
        delivery.refused = True
        facts = {**delivery.facts, "what": _event(delivery)}
        stage.record("dropped_full", now, modem=unit.config.name, **facts)


def _direct(stage: Stage, unit: Unit, delivery: Delivery, now: float) -> None:
    """Show the message itself; with +CSMS=1 wait for +CNMA."""
    pdu = delivery.pdu
    length = len(pdu) - 1 - pdu[0]
    head = f"+CDS: {length}" if delivery.report else f"+CMT: ,{length}"
    stage.do(unit, unit.modem.unsolicited(head, pdu.hex().upper()), now)
    if unit.modem.registers.get("+CSMS") == "1":
        unit.unacknowledged = delivery
        act = partial(_unacknowledged, stage, unit, delivery)
        stage.agenda.at(now + stage.config.acknowledge_s, act)


def _unacknowledged(stage: Stage, unit: Unit, delivery: Delivery, now: float) -> None:
    """No +CNMA came: direct delivery ends, the message goes back to the network."""
    if unit.unacknowledged is delivery:
        unit.unacknowledged = None
        unit.modem.cnmi[1] = unit.modem.cnmi[3] = 0
        stage.network.again(delivery, now)
