"""What the modem answers about messages: TS 27.005, in PDU mode."""

from collections.abc import Mapping

from gateways.simulated.at import Command, Form, cme, cms
from gateways.simulated.modem import Acknowledged, AskText, Context, Handler, Removed
from gateways.simulated.storage import ALL, READ, SENT, UNREAD, UNSENT, Memory, Stored

_NOT_ALLOWED, _BAD_PDU_MODE, _BAD_INDEX = 302, 304, 321
_MOST_TPDU = 164  # octets of an SMS-SUBMIT (TS 23.040 9.2.2.2)
# <delflag> of +CMGD: which states go
_FLAGS = {
    1: {READ},
    2: {READ, SENT},
    3: {READ, SENT, UNSENT},
    4: {UNREAD, READ, SENT, UNSENT},
}
_CNMI_MOST = (3, 3, 3, 2, 1)


def mode(_context: Context, command: Command) -> list[str]:
    """`+CMGF`: PDU mode is the only one."""
    if command.form is Form.READ:
        return ["+CMGF: 0"]
    if command.form is Form.TEST:
        return ["+CMGF: (0)"]
    if command.argument not in {"", "0"}:
        raise cms(303)
    return []


def service(context: Context, command: Command) -> list[str]:
    """`+CSMS`: 1 asks for +CNMA after each direct message."""
    current = context.modem.registers.get("+CSMS", "0")
    if command.form is Form.READ:
        return [f"+CSMS: {current},1,1,1"]
    if command.form is Form.TEST:
        return ["+CSMS: (0,1)"]
    if command.argument not in {"0", "1"}:
        raise cms(_NOT_ALLOWED)
    context.modem.registers["+CSMS"] = command.argument
    return ["+CSMS: 1,1,1"]


def centre(context: Context, command: Command) -> list[str]:
    """`+CSCA`: the centre's address, kept by the SIM."""
    _need_sim(context)
    if command.form is Form.READ:
        return [f'+CSCA: "{context.modem.smsc}",145']
    if command.form is Form.SET:
        context.modem.smsc = command.arguments()[0]
    return []


def storage(context: Context, command: Command) -> list[str]:
    """`+CPMS`: which memory to read, to write, to receive into."""
    modem = context.modem
    _need_sim(context)
    if command.form is Form.TEST:
        return ['+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")']
    used = [(modem.memories[name], name) for name in modem.chosen]
    if command.form is Form.READ:
        return ["+CPMS: " + ",".join(f'"{name}",{_fill(memory)}' for memory, name in used)]
    wanted = [name for name in command.arguments() if name]
    if any(name not in modem.memories or (at and name == "SR") for at, name in enumerate(wanted)):
        raise cms(_NOT_ALLOWED)
    modem.chosen[: len(wanted)] = wanted
    return ["+CPMS: " + ",".join(_fill(modem.memories[name]) for name in modem.chosen)]


def indications(context: Context, command: Command) -> list[str]:
    """`+CNMI`: how the modem tells of messages."""
    modem = context.modem
    if command.form is Form.READ:
        return ["+CNMI: " + ",".join(map(str, modem.cnmi))]
    if command.form is Form.TEST:
        return ["+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)"]
    wanted = [_number(command, place, now) for place, now in enumerate(modem.cnmi)]
    if any(value > most for value, most in zip(wanted, _CNMI_MOST, strict=True)):
        raise cms(_NOT_ALLOWED)
    modem.cnmi = wanted
    return []


def listing(context: Context, command: Command) -> list[str]:
    """`+CMGL`: the messages in a state; unread ones become read."""
    if command.form is Form.TEST:
        return ["+CMGL: (0-4)"]
    state = _number(command, 0, UNREAD)
    if state > ALL:
        raise cms(_BAD_PDU_MODE)
    said: list[str] = []
    for slot, stored in _memory(context).listed(state):
        said += [f"+CMGL: {slot},{stored.state},,{stored.tpdu_octets}", stored.pdu.hex().upper()]
        _seen(stored)
    return said


def reading(context: Context, command: Command) -> list[str]:
    """`+CMGR`: one message."""
    if command.form is Form.TEST:
        return []
    stored = _memory(context).slots.get(_slot(context, command))
    if stored is None:
        raise cms(_BAD_INDEX)
    said = [f"+CMGR: {stored.state},,{stored.tpdu_octets}", stored.pdu.hex().upper()]
    _seen(stored)
    return said


def deleting(context: Context, command: Command) -> list[str]:
    """`+CMGD`: one message, or all in some states."""
    memory = _memory(context)
    if command.form is Form.TEST:
        return [f"+CMGD: ({','.join(map(str, sorted(memory.slots)))}),(0-4)"]
    flag = _number(command, 1, 0)
    if flag:
        if flag not in _FLAGS:
            raise cms(_BAD_PDU_MODE)
        gone = memory.drop(lambda stored: stored.state in _FLAGS[flag])
    else:
        slot = _slot(context, command)
        gone = [slot] if memory.slots.pop(slot, None) else []
    if gone:
        context.actions.append(Removed(memory.name, tuple(gone)))
    return []


def sending(context: Context, command: Command) -> list[str]:
    """`+CMGS`: ask for the text; the answer to it comes later."""
    if command.form is Form.TEST:
        return []
    _need_sim(context)
    length = _number(command, 0, 0)
    if command.form is not Form.SET or not 1 <= length <= _MOST_TPDU:
        raise cms(_BAD_PDU_MODE)
    context.modem.text_length = length
    context.modem.lexer.expect_text()
    context.actions.append(AskText())
    return []


def acknowledging(context: Context, command: Command) -> list[str]:
    """`+CNMA`: the host has the direct message."""
    if command.form is Form.TEST:
        return ["+CNMA: (0-2)"]
    if context.modem.registers.get("+CSMS", "0") != "1":
        raise cms(340)
    context.actions.append(Acknowledged())
    return []


def _memory(context: Context) -> Memory:
    _need_sim(context)
    return context.modem.memories[context.modem.chosen[0]]


def _slot(context: Context, command: Command) -> int:
    slot = _number(command, 0, 0)
    known = 1 <= slot <= _memory(context).capacity
    if not known or context.modem.faults.happens("bad_index"):
        raise cms(_BAD_INDEX)
    return slot


def _seen(stored: Stored) -> None:
    if stored.state == UNREAD:
        stored.state = READ


def _fill(memory: Memory) -> str:
    return f"{len(memory.slots)},{memory.capacity}"


def _need_sim(context: Context) -> None:
    sim = context.modem.sim
    if not sim.puk_tries:
        raise cme(13)
    if not sim.ready:
        raise cms(316 if sim.state == "SIM PUK" else 311)


def _number(command: Command, place: int, default: int) -> int:
    try:
        return command.number(place, default)
    except ValueError:
        raise cms(_BAD_PDU_MODE) from None


TABLE: Mapping[str, Handler] = {
    "+CMGF": mode,
    "+CSMS": service,
    "+CSCA": centre,
    "+CPMS": storage,
    "+CNMI": indications,
    "+CMGL": listing,
    "+CMGR": reading,
    "+CMGD": deleting,
    "+CMGS": sending,
    "+CNMA": acknowledging,
}
